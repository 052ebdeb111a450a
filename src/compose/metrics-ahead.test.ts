import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import { metricsAhead } from './metrics-ahead.ts';

test('measurements are ahead as the clock was when they were taken', () => {
  const told: number[] = [];
  const later: (() => readonly MetricDatum[])[] = [];
  const clock = { offsetMs: 100 };
  const sink = metricsAhead(
    {
      put: (data) => told.push(...data.map(({ timestampMs }) => timestampMs)),
      putLater: (make) => later.push(make),
    },
    clock,
  );
  const datum: MetricDatum = {
    accountId: '111111111111',
    region: 'us-east-1',
    namespace: 'AWS/Lambda',
    name: 'Errors',
    dimensions: {},
    value: 1,
    unit: 'Count',
    timestampMs: 5,
  };
  sink.put([datum, { ...datum, timestampMs: 6 }]);
  sink.putLater(() => [datum]);
  clock.offsetMs = 1000;
  sink.put([datum]);
  assert.deepEqual(told, [105, 106, 1005]);
  assert.deepEqual(
    later.flatMap((make) => make()).map(({ timestampMs }) => timestampMs),
    [105],
  );
});
