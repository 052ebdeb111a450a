import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import type { Log, LogFields } from '#ports/world/log.ts';
import { formatLine } from './format-line.ts';

export interface PinoLogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** JSON lines for machines; `pretty` for a terminal. */
  readonly format: 'json' | 'pretty';
  /** Colours, where the format is `pretty`. */
  readonly hasColors?: boolean;
  /** Where lines go; the process's standard error where nothing is said. */
  readonly destination?: { write(line: string): void };
}

/** The server's log on pino; written at once, so that the last line before a crash is there. */
export function openPinoLog(options: PinoLogOptions): Log {
  const destination = options.destination ?? process.stderr;
  const stream: DestinationStream =
    options.format === 'json'
      ? { write: (line) => destination.write(line) }
      : { write: (line) => destination.write(formatLine(line, options.hasColors === true)) };
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { error: pino.stdSerializers.err },
    },
    stream,
  );
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields?: LogFields): void => {
      logger[level](fields ?? {}, message);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
