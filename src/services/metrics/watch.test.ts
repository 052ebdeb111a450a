import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { openHarness, watching } from './harness.test.ts';

const ALARM = {
  AlarmName: 'a',
  MetricName: 'm',
  Namespace: 'ns',
  Statistic: 'Sum',
  EvaluationPeriods: 1,
  Threshold: 2,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;

it('alarms are looked at next where a look sees that a minute has begun', async () => {
  await using harness = await openHarness();
  const { clock, nextLookAtMs } = harness;
  const startMs = clock.now();
  await watching(harness, async () => {
    assert.equal(await nextLookAtMs(), undefined);
    await harness.call('PutMetricAlarm', { ...ALARM, Period: 60 });
    assert.equal(await nextLookAtMs(), startMs + MINUTE_MS);
    await clock.advance(25 * SECOND_MS);
    assert.equal(await nextLookAtMs(), startMs + MINUTE_MS);
    await clock.advance(35 * SECOND_MS);
    assert.equal(await nextLookAtMs(), startMs + 2 * MINUTE_MS);
  });
});

it('alarms on seconds are looked at each ten of them', async () => {
  await using harness = await openHarness();
  const startMs = harness.clock.now();
  await watching(harness, async () => {
    await harness.call('PutMetricAlarm', { ...ALARM, Period: 10 });
    assert.equal(await harness.nextLookAtMs(), startMs + 10 * SECOND_MS);
    await harness.clock.advance(10 * SECOND_MS);
    assert.equal(await harness.nextLookAtMs(), startMs + 20 * SECOND_MS);
  });
});
