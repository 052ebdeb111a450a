import type { LateMetricSink, MetricDatum } from '#ports/peers/metric-sink.ts';

/**
 * A sink for whoever goes by the machine's clock, which tells its measurements at the time of a clock that is ahead
 * of it: alarms look there, and clients who ask for what was.
 */
export function metricsAhead(
  sink: LateMetricSink,
  clock: { readonly offsetMs: number },
): LateMetricSink {
  const ahead = (data: readonly MetricDatum[], offsetMs: number): readonly MetricDatum[] =>
    data.map((datum) => ({ ...datum, timestampMs: datum.timestampMs + offsetMs }));
  return {
    put: (data) => sink.put(ahead(data, clock.offsetMs)),
    putLater: (make) => {
      // The clock may have been moved until they are made.
      const { offsetMs } = clock;
      sink.putLater(() => ahead(make(), offsetMs));
    },
  };
}
