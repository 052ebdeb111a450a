import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { openHarness, watching, type Harness } from './harness.test.ts';

const ALARM = {
  AlarmName: 'a',
  MetricName: 'm',
  Namespace: 'ns',
  Statistic: 'Sum',
  EvaluationPeriods: 1,
  Threshold: 2,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;

const putData = (harness: Harness) =>
  harness.call('PutMetricData', {
    Namespace: 'ns',
    MetricData: [{ MetricName: 'm', Value: 1, Timestamp: harness.clock.now() }],
  });

it('alarms are looked at next where a look sees that a minute has begun', async () => {
  await using harness = await openHarness();
  const { clock, nextLookAtMs } = harness;
  const startMs = clock.now();
  await watching(harness, async () => {
    assert.equal(await nextLookAtMs(), undefined);
    await harness.call('PutMetricAlarm', { ...ALARM, Period: 60 });
    await putData(harness);
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

it('an alarm is not looked for while nothing is in its periods and nothing comes', async () => {
  await using harness = await openHarness();
  const { clock, metrics } = harness;
  const isLookedFor = async (): Promise<boolean> => (await harness.nextLookAtMs()) !== undefined;
  await watching(harness, async () => {
    await harness.call('PutMetricAlarm', { ...ALARM, Period: 60, EvaluationPeriods: 2 });
    assert.ok(await isLookedFor());
    await clock.advance(MINUTE_MS);
    assert.equal(await isLookedFor(), false);
    await putData(harness);
    const minutes: boolean[] = [];
    for (let minute = 0; minute < 6; minute += 1) {
      minutes.push(await isLookedFor());
      await clock.advance(MINUTE_MS);
    }
    // Until it has been over for two periods, and for two more, as periods of metrics may be longer.
    assert.deepEqual(minutes, [true, true, true, true, true, false]);
    await harness.call('SetAlarmState', { AlarmName: 'a', StateValue: 'OK', StateReason: 'said' });
    assert.ok(await isLookedFor());
    await clock.advance(2 * MINUTE_MS);
    assert.equal(await isLookedFor(), false);
    const ofAnother = harness.datum('other', 1, { namespace: 'ns', dimensions: {} });
    metrics.metricSink.put([ofAnother]);
    assert.equal(await isLookedFor(), false);
    // Gathered, and not stored yet.
    metrics.metricSink.put([{ ...ofAnother, name: 'm' }]);
    assert.ok(await isLookedFor());
  });
});

it('an alarm is looked for while only one of its metrics has something', async () => {
  await using harness = await openHarness();
  const { clock } = harness;
  const isLookedFor = async (): Promise<boolean> => (await harness.nextLookAtMs()) !== undefined;
  const stat = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'ns', MetricName }, Period: 60, Stat: 'Sum' },
    ReturnData: false,
  });
  await watching(harness, async () => {
    await harness.call('PutMetricAlarm', {
      AlarmName: 'a',
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      Metrics: [stat('x', 'other'), stat('y', 'm'), { Id: 'z', Expression: 'x + y' }],
    });
    await clock.advance(MINUTE_MS);
    assert.equal(await isLookedFor(), false);
    await putData(harness);
    assert.ok(await isLookedFor());
    await clock.advance(5 * MINUTE_MS);
    assert.equal(await isLookedFor(), false);
  });
});

it('an alarm on what lies in a queue is looked for while anything is told of any queue', async () => {
  await using harness = await openHarness();
  const { clock, metrics } = harness;
  const isLookedFor = async (): Promise<boolean> => (await harness.nextLookAtMs()) !== undefined;
  const tell = (namespace: string) =>
    metrics.metricSink.put([
      harness.datum('NumberOfMessagesReceived', 1, { namespace, dimensions: { QueueName: 'b' } }),
    ]);
  await watching(harness, async () => {
    await harness.call('PutMetricAlarm', {
      ...ALARM,
      Period: 60,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'a' }],
    });
    await clock.advance(MINUTE_MS);
    assert.equal(await isLookedFor(), false);
    tell('AWS/SQSs');
    assert.equal(await isLookedFor(), false);
    tell('AWS/SQS');
    assert.ok(await isLookedFor());
    await clock.advance(MINUTE_MS);
    // Stored, and seen by now.
    await metrics.flush();
    assert.ok(await isLookedFor());
    await clock.advance(4 * MINUTE_MS);
    assert.equal(await isLookedFor(), false);
  });
});
