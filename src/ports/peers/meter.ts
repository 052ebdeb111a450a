import { BoundedMap } from '#kernel/bounded-map.ts';
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

export interface MeterOptions {
  readonly clock: Clock;
  /** Nobody listens where it is absent. */
  readonly metrics?: MetricSink;
}

/** Objects of dimensions that are kept: a sink finds what it saw before sooner. */
const DIMENSIONS_MAX = 1000;

/** A meter of a namespace, `AWS/SQS`; one that tells nothing where nobody listens. */
export function createMeter(namespace: string, { metrics, clock }: MeterOptions): Meter {
  if (metrics === undefined) return () => {};
  const known = new BoundedMap<Readonly<Record<string, string>>>(DIMENSIONS_MAX);
  return ({ accountId, region }, given, measures) => {
    const key = JSON.stringify(given);
    const dimensions = known.get(key) ?? given;
    if (dimensions === given) known.set(key, given);
    const of = { accountId, region, namespace, dimensions, timestampMs: clock.now() };
    metrics.put(measures.map(([name, value, unit = 'Count']) => ({ ...of, name, value, unit })));
  };
}
