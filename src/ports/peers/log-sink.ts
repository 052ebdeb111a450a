export interface LogLine {
  /** Wall clock, in ms since 1970. */
  readonly timestampMs: number;
  /** As CloudWatch Logs shows it, a function's lines with their line end; at most 1 MiB, longer lines come in pieces. */
  readonly message: string;
}

export interface LogStreamName {
  readonly accountId: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
}

/** Where functions' lines go; group and stream are made when they are missing. */
export interface LogSink {
  /** Takes lines in order, buffers them briefly, and writes each once. Bounded: see the adapter. */
  append(stream: LogStreamName, lines: readonly LogLine[]): void;
  /** Resolves once everything appended before is stored. */
  flush(): Promise<void>;
}
