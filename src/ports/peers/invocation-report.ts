/** What one invocation did and cost. Four readers: the REPORT line, metrics, the bill and the trace. */
export interface InvocationReport {
  readonly requestId: string;
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  readonly functionArn: string;
  /** The version that ran, `$LATEST` or a number, and the alias that led there. */
  readonly version: string;
  readonly alias?: string;
  readonly source: string;
  /** X-Ray's header as the function received it: `Root=1-…;Parent=…;Sampled=0`. */
  readonly traceHeader: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly initializationType: 'on-demand' | 'provisioned-concurrency' | 'snap-start';
  /** Wall clock at the start of the handler, in ms since 1970. */
  readonly startedAtMs: number;
  /** Handler time, in ms with fractions. */
  readonly durationMs: number;
  /** Init time on a cold start, in ms with fractions. */
  readonly initDurationMs?: number;
  /** ceil(init + duration), in whole ms; what is paid for. */
  readonly billedDurationMs: number;
  readonly memorySizeMiB: number;
  readonly temporaryStorageMiB: number;
  readonly maxMemoryUsedMiB: number;
  /** `undefined` when it returned; else `timeout`, `error` (the function said so) or `crash`. */
  readonly failure?: 'timeout' | 'error' | 'crash' | 'out-of-memory';
  /** `Runtime.ExitError`, `Sandbox.Timedout` or what the function named its error; with `failure` only. */
  readonly errorType?: string;
  /** The error's JSON where a streamed response broke off after its first byte. */
  readonly errorDetails?: string;
  /** Requests that it counts as; more than one for an asynchronous event of more than 256 KB. */
  readonly billedRequests?: number;
  /** Bytes of the streamed response, for the price of what is over 6 MB. */
  readonly streamedBytes?: number;
  /** The last 4 KB of the log, where the invocation asked for it. */
  readonly logTail?: Uint8Array;
}

/** Takes every report, once. Must not block: what is slow queues by itself. */
export interface ReportSink {
  report(report: InvocationReport): void;
}
