import { CommitFailed } from '#adapters/simulated/index.ts';
import { AwsError } from '#aws/errors.ts';
import type { Log, LogFields } from '#ports/world/log.ts';
import { stackOf } from './host.ts';
import type { Trace } from './trace.ts';

/** The server's own log, as lines of the trace; an error that no fault explains is a bug. */
export function traceLog(trace: Trace): Log {
  const write = (level: string, message: string, fields: LogFields = {}): void => {
    const { error } = fields;
    trace.add(`${level}: ${message}${error instanceof Error ? `: ${error.message}` : ''}`);
  };
  return {
    debug: () => {},
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => {
      write('error', message, fields);
      const error = fields?.['error'];
      const isExpected = error instanceof CommitFailed || error instanceof AwsError;
      if (error !== undefined && !isExpected) trace.complain(`${message}: ${stackOf(error)}`);
    },
  };
}
