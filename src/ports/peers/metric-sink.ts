export interface MetricDatum {
  readonly accountId: string;
  readonly region: string;
  /** `AWS/Lambda`. */
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** How often it came; once where nothing is said. */
  readonly count?: number;
  /** CloudWatch's own names: `Count`, `Milliseconds`, `Bytes`. */
  readonly unit: string;
  readonly timestampMs: number;
}

/** Takes measurements; aggregates in memory and writes each minute. */
export interface MetricSink {
  put(data: readonly MetricDatum[]): void;
}

/** A sink for whoever measures thousands of times a second. */
export interface LateMetricSink extends MetricSink {
  /** Takes measurements that are made when they are gathered. `make` throws nothing: others are made with it. */
  putLater(make: () => readonly MetricDatum[]): void;
}
