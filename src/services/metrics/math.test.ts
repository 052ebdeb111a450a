import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '#kernel/units.ts';
import { openHarness } from './harness.test.ts';
import type { Harness } from './harness.test.ts';

const stat = (Id: string, MetricName: string, more: object = {}) => ({
  Id,
  MetricStat: { Metric: { Namespace: 'N', MetricName }, Period: 60, Stat: 'Sum' },
  ReturnData: false,
  ...more,
});

/** Values of a metric, one a minute, the last of the minute that just ended; nothing where it is undefined. */
async function put(world: Harness, name: string, values: readonly (number | undefined)[]) {
  const end = Math.floor(world.clock.now() / MINUTE_MS) * MINUTE_MS;
  const MetricData = values.flatMap((Value, index) => {
    const Timestamp = end - (values.length - index) * MINUTE_MS;
    return Value === undefined ? [] : [{ MetricName: name, Value, Timestamp }];
  });
  await world.call('PutMetricData', { Namespace: 'N', MetricData });
}

/** What an expression makes of a and b, in order of time. */
async function ask(world: Harness, Expression: string, minutes = 4) {
  const end = Math.floor(world.clock.now() / MINUTE_MS) * MINUTE_MS;
  const { MetricDataResults = [] } = await world.call('GetMetricData', {
    StartTime: end - minutes * MINUTE_MS,
    EndTime: end,
    ScanBy: 'TimestampAscending',
    MetricDataQueries: [stat('a', 'a'), stat('b', 'b'), { Id: 'e', Expression }],
  });
  return MetricDataResults[0]?.Values;
}

test('functions of metric math compute as their documentation says', async () => {
  await using world = await openHarness();
  await put(world, 'a', [1, undefined, 4, 10]);
  await put(world, 'b', [2, 2, 2, 2]);
  const expected: readonly (readonly [string, readonly number[]])[] = [
    ['FILL(a, 0)', [1, 0, 4, 10]],
    ['FILL(a, REPEAT)', [1, 1, 4, 10]],
    ['FILL(a, LINEAR)', [1, 2.5, 4, 10]],
    ['IF(a > 3, a, b)', [2, 4, 10]],
    ['IF(FILL(a, 0) == 0 OR a >= 10, 1, 0)', [0, 0, 1]],
    ['a > 1 AND a < 10', [0, 1, 0]],
    ['DIFF(a)', [3, 6]],
    ['DIFF_TIME(a)', [120, 60]],
    ['RATE(a) * PERIOD(a)', [1.5, 6]],
    ['RUNNING_SUM(b)', [2, 4, 6, 8]],
    ['ABS(b - 5) + CEIL(b / 3) + FLOOR(b / 3)', [4, 4, 4, 4]],
    ['b + METRIC_COUNT([a, b])', [4, 4, 4, 4]],
    ['b * 0 + MAX(a) - MIN(a)', [9, 9, 9, 9]],
    ['STDDEV([a, b])', [0.5, 0, 1, 4]],
    ['LAST([a, b])', [2, 2, 2, 2]],
    ['FIRST(REMOVE_EMPTY([a, b]))', [1, 4, 10]],
    ['TIME_SERIES(7)', [7, 7, 7, 7]],
  ];
  for (const [text, values] of expected) assert.deepEqual(await ask(world, text), values, text);
  for (const text of ['FOO(a)', 'FILL(a)', 'IF(a)', 'a >', '1 + 1', 'c', 'REPEAT']) {
    await assert.rejects(ask(world, text), { code: 'ValidationError' }, text);
  }
});

const ALARM = {
  AlarmName: 'rate',
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 0.5,
  EvaluationPeriods: 2,
  DatapointsToAlarm: 1,
  AlarmActions: ['arn:aws:lambda:us-east-1:111111111111:function:f'],
};
const RATE = [stat('a', 'a'), stat('b', 'b'), { Id: 'e', Expression: 'a / b', Label: 'errors' }];

test('an alarm on an expression alarms, and tells its function of the queries', async () => {
  await using world = await openHarness();
  await world.call('PutMetricAlarm', { ...ALARM, Metrics: RATE });
  const abort = new AbortController();
  const running = world.metrics.run(abort.signal);
  await put(world, 'a', [0, 3]);
  await put(world, 'b', [4, 4]);
  await world.clock.advance(MINUTE_MS);
  abort.abort();
  await running;
  const { MetricAlarms = [] } = await world.call('DescribeAlarms', {});
  assert.equal(MetricAlarms[0]?.StateValue, 'ALARM');
  const [told] = world.deliveries;
  const event = JSON.parse(Buffer.from(told?.payload ?? new Uint8Array(0)).toString()) as {
    readonly alarmData: { readonly configuration: { readonly metrics: readonly unknown[] } };
  };
  assert.deepEqual(event.alarmData.configuration.metrics.slice(1), [
    {
      id: 'b',
      metricStat: {
        metric: { namespace: 'N', name: 'b', dimensions: {} },
        period: 60,
        stat: 'Sum',
      },
      returnData: false,
    },
    { id: 'e', expression: 'a / b', label: 'errors', returnData: true },
  ]);
});

test('an alarm that could not be computed is refused', async () => {
  await using world = await openHarness();
  const put = (Metrics: readonly object[]) =>
    world.call('PutMetricAlarm', { ...ALARM, Metrics: Metrics as typeof RATE });
  const refused = (message: string) => ({ code: 'ValidationError', message });
  await assert.rejects(
    put([stat('a', 'a')]),
    refused('Exactly one element of the metrics list should return data.'),
  );
  await assert.rejects(put([{ Id: 'e', Expression: 'FOO(a)' }]), { code: 'ValidationError' });
  const metric = { MetricName: 'm', Namespace: 'N', Period: 60, Statistic: 'Sum' };
  const change = (more: object) => world.call('PutMetricAlarm', { ...ALARM, ...metric, ...more });
  await assert.rejects(change({ AlarmActions: ['no'] }), refused('Invalid arn syntax: no'));
  await assert.rejects(change({ TreatMissingData: 'no' }), { code: 'ValidationError' });
  await assert.rejects(change({ ExtendedStatistic: 'q1' }), { code: 'InvalidParameterValue' });
  const { Statistic: _statistic, ...bare } = metric;
  await assert.rejects(world.call('PutMetricAlarm', { ...ALARM, ...bare }), {
    code: 'MissingParameter',
  });
});

test('a composite needs its alarms, and they cannot go before it', async () => {
  await using world = await openHarness();
  const { call } = world;
  const rule = { AlarmName: 'c', AlarmRule: 'ALARM(one) OR ALARM(two)' };
  const metric = { MetricName: 'm', Namespace: 'N', Period: 60, Statistic: 'Sum' };
  await assert.rejects(call('PutCompositeAlarm', rule), {
    message:
      'Could not save the composite alarm as alarms [one, two] in the alarm rule do not exist',
  });
  for (const AlarmName of ['one', 'two'])
    await call('PutMetricAlarm', { ...ALARM, ...metric, AlarmName });
  await call('PutCompositeAlarm', rule);
  await assert.rejects(call('DeleteAlarms', { AlarmNames: ['one'] }), {
    message: 'Cannot delete one as there are composite alarm(s) depending on it.',
  });
  await assert.rejects(call('DeleteAlarms', { AlarmNames: ['one', 'two'] }), {
    message: 'Cannot delete one,two as there are composite alarm(s) depending on them.',
  });
  await call('DeleteAlarms', { AlarmNames: ['one', 'two', 'c'] });
});

test('requests that ask for nothing, or for both of two, are refused', async () => {
  await using world = await openHarness();
  const { call } = world;
  const range = { StartTime: 0, EndTime: MINUTE_MS };
  const missing = (name: string) => ({
    code: 'MissingParameter',
    message: `The parameter ${name} is required.`,
  });
  await assert.rejects(
    call('PutMetricData', { Namespace: 'N', MetricData: [] }),
    missing('MetricData'),
  );
  await assert.rejects(
    call('GetMetricData', { ...range, MetricDataQueries: [] }),
    missing('MetricDataQueries'),
  );
  await assert.rejects(
    call('GetMetricStatistics', {
      ...range,
      Namespace: 'N',
      MetricName: 'm',
      Period: 60,
      Statistics: ['Sum'],
      ExtendedStatistics: ['p90'],
    }),
    { code: 'InvalidParameterCombination' },
  );
});
