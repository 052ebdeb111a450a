import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';

import type { MappingRecord } from './model.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics */
export type EventCount =
  | 'PolledEventCount'
  | 'FilteredOutEventCount'
  | 'InvokedEventCount'
  | 'FailedInvokeEventCount'
  | 'DroppedEventCount'
  | 'OnFailureDestinationDeliveredEventCount'
  | 'DeletedEventCount';

interface MetricDependencies {
  readonly metrics: MetricSink;
  readonly clock: Clock;
}

/** Counts events of a mapping that asks for these metrics. */
export function countEvents(
  { metrics, clock }: MetricDependencies,
  mapping: MappingRecord,
  counts: Readonly<Partial<Record<EventCount, number>>>,
): void {
  if (mapping.settings.MetricsConfig?.Metrics?.includes('EventCount') !== true) return;
  const { accountId, region, uuid } = mapping;
  const dimensions = { EventSourceMappingUUID: uuid };
  const timestampMs = clock.now();
  const data = Object.entries(counts)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => ({
      accountId,
      region,
      namespace: 'AWS/Lambda',
      name,
      dimensions,
      value,
      unit: 'Count',
      timestampMs,
    }));
  if (data.length > 0) metrics.put(data);
}

/** The age of the newest record of a stream's batch, in ms. */
export function measureIteratorAge(
  { metrics, clock }: MetricDependencies,
  mapping: MappingRecord,
  arrivedAtMs: number,
): void {
  const { accountId, region, target } = mapping;
  const timestampMs = clock.now();
  const datum = {
    accountId,
    region,
    namespace: 'AWS/Lambda',
    name: 'IteratorAge',
    value: Math.max(0, timestampMs - arrivedAtMs),
    unit: 'Milliseconds',
    timestampMs,
  };
  metrics.put([{ ...datum, dimensions: { FunctionName: target.functionName } }]);
}
