import type { Clock } from '#ports/world/clock.ts';
import type { MetricSink } from './metric-sink.ts';

/** What is told of something: a metric's name, its value, and the unit, `Count` where none is said. */
export type Measure = readonly [
  name: string,
  value: number,
  unit?: 'Bytes' | 'Count' | 'Milliseconds' | 'Seconds',
];

/** Tells measures of what has these dimensions, as of now. */
export type Meter = (
  of: { readonly accountId: string; readonly region: string },
  dimensions: Readonly<Record<string, string>>,
  measures: readonly Measure[],
) => void;

/** A meter of a namespace, `AWS/SQS`; one that tells nothing where nobody listens. */
export function createMeter(
  namespace: string,
  { metrics, clock }: { readonly metrics?: MetricSink; readonly clock: Clock },
): Meter {
  if (metrics === undefined) return () => {};
  return ({ accountId, region }, dimensions, measures) => {
    const of = { accountId, region, namespace, dimensions, timestampMs: clock.now() };
    metrics.put(measures.map(([name, value, unit = 'Count']) => ({ ...of, name, value, unit })));
  };
}
