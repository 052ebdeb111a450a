export interface MetricDatum {
  readonly accountId: string;
  readonly region: string;
  /** `AWS/Lambda`. */
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** CloudWatch's own names: `Count`, `Milliseconds`, `Bytes`. */
  readonly unit: string;
  readonly timestampMs: number;
}

/** Takes measurements; aggregates in memory and writes each minute. */
export interface MetricSink {
  put(data: readonly MetricDatum[]): void;
}
