/*
 * What one execution environment writes into its log stream.
 *
 * Owns: unfinished lines, the tail of the invocation in hand.
 * Does not own: the stream's storage (LogSink).
 *
 * I1  Lines reach the sink in the order in which they were written; the platform's own lines stand
 *     where they belong: START before, END and REPORT after the function's.
 */
import { utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { LoggingConfiguration } from '#lambda/model/function-version.ts';
import type { LogLine, LogSink, LogStreamName } from '#ports/peers/log-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import { LOG_AGE_MS_MAX, LOG_AHEAD_MS_MAX, LOG_TAIL_BYTES } from './limits.ts';
import { LineCutter } from './log-frames.ts';
import type { OutputLine } from './log-frames.ts';
import { platformLines, rank } from './platform-log.ts';
import type { PlatformRecord } from './platform-log.ts';

export interface LogTapOptions {
  readonly sink: LogSink;
  readonly clock: Clock;
  readonly stream: LogStreamName;
  readonly logging: LoggingConfiguration;
  /** Plain lines are filtered by the `level` that they carry as JSON: custom runtimes. */
  readonly filtersLines: boolean;
}

/** Hears every line of the function and every record of the platform: the Telemetry API. */
export interface LogObserver {
  onLine(line: LogLine, output: 'stdout' | 'stderr'): void;
  onRecord(record: PlatformRecord, timestampMs: number): void;
}

export class LogTap {
  readonly #options: LogTapOptions;
  /** Of the environment that writes now. */
  observer: LogObserver | undefined;
  readonly #cutters = { stdout: new LineCutter(), stderr: new LineCutter() };
  #tail: string[] | undefined;
  #tailBytes = 0;

  constructor(options: LogTapOptions) {
    this.#options = options;
  }

  get stream(): LogStreamName {
    return this.#options.stream;
  }

  /** Takes output of the environment's processes. */
  write(output: 'stdout' | 'stderr', chunk: Uint8Array): void {
    this.#append(this.#cutters[output].push(chunk), output);
  }

  /** Writes what came without a line end, as at the end of an invocation. */
  flush(): void {
    this.#append(this.#cutters.stdout.flush(), 'stdout');
    this.#append(this.#cutters.stderr.flush(), 'stderr');
  }

  /** Writes records of the platform, as one batch. */
  record(...records: readonly PlatformRecord[]): void {
    const timestampMs = this.#options.clock.now();
    const lines: LogLine[] = [];
    for (const record of records) {
      this.observer?.onRecord(record, timestampMs);
      for (const message of platformLines(record, this.#options.logging, timestampMs)) {
        lines.push({ timestampMs, message });
      }
    }
    this.#send(lines);
  }

  /** Begins to gather the last bytes of the log, where that has not begun. */
  openTail(): void {
    this.#tail ??= [];
  }

  /** Forgets what was gathered, and gathers no more. */
  dropTail(): void {
    this.#tail = undefined;
    this.#tailBytes = 0;
  }

  /** The last LOG_TAIL_BYTES since `openTail`; `undefined` where nobody wanted them. */
  takeTail(): Uint8Array | undefined {
    if (this.#tail === undefined) return undefined;
    const bytes = utf8(this.#tail.join(''));
    this.dropTail();
    return bytes.subarray(Math.max(0, bytes.length - LOG_TAIL_BYTES));
  }

  #append(lines: readonly OutputLine[], output: 'stdout' | 'stderr'): void {
    if (lines.length === 0) return;
    const nowMs = this.#options.clock.now();
    const wanted: LogLine[] = [];
    for (const { message, timestampMs } of lines) {
      const line = { message, timestampMs: timeOf(timestampMs, nowMs) };
      this.observer?.onLine(line, output);
      if (this.#isWanted(message)) wanted.push(line);
    }
    this.#send(wanted);
  }

  #isWanted(message: string): boolean {
    const { filtersLines, logging } = this.#options;
    if (!filtersLines || logging.format === 'Text') return true;
    const value = parseJson(message);
    const level = isObject(value) && typeof value['level'] === 'string' ? value['level'] : 'INFO';
    return rank(level) >= rank(logging.applicationLevel);
  }

  #send(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    this.#options.sink.append(this.#options.stream, lines);
    if (this.#tail === undefined) return;
    for (const { message } of lines) {
      const line = message.endsWith('\n') ? message : `${message}\n`;
      this.#tail.push(line);
      this.#tailBytes += line.length;
    }
    while (this.#tailBytes - (this.#tail[0]?.length ?? Infinity) > LOG_TAIL_BYTES) {
      this.#tailBytes -= this.#tail.shift()?.length ?? 0;
    }
  }
}

/**
 * A framed line's own time, where CloudWatch Logs would take it: the function may have written anything.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
function timeOf(framedMs: number | undefined, nowMs: number): number {
  if (framedMs === undefined) return nowMs;
  const isTaken = framedMs >= nowMs - LOG_AGE_MS_MAX && framedMs <= nowMs + LOG_AHEAD_MS_MAX;
  return isTaken ? framedMs : nowMs;
}
