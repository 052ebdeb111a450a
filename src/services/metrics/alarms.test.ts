import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textOf } from '#kernel/bytes.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import { ACCOUNT, openHarness, watching } from './harness.test.ts';
import type { Harness } from './harness.test.ts';

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:topic`;
const arn = (name: string): string => `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:${name}`;

const putAlarm = (harness: Harness, options: object = {}) =>
  harness.call('PutMetricAlarm', {
    AlarmName: 'a',
    MetricName: 'm',
    Namespace: 'ns',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 2,
    ComparisonOperator: 'GreaterThanThreshold',
    ...options,
  });

const one = async (harness: Harness, AlarmName = 'a') => {
  const { MetricAlarms, CompositeAlarms } = await harness.call('DescribeAlarms', {
    AlarmNames: [AlarmName],
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
  });
  return MetricAlarms?.[0] ?? CompositeAlarms?.[0] ?? assert.fail('no such alarm');
};

const put = (harness: Harness, Value: number) =>
  harness.call('PutMetricData', { Namespace: 'ns', MetricData: [{ MetricName: 'm', Value }] });

describe('Alarms', () => {
  it('are described as test_describe_alarms_converts_date_format_correctly recorded', async () => {
    await using harness = await openHarness();
    await putAlarm(harness);
    const now = harness.clock.now();
    assert.deepEqual(await harness.call('DescribeAlarms', {}), {
      CompositeAlarms: [],
      LogAlarms: [],
      MetricAlarms: [
        {
          ActionsEnabled: true,
          AlarmActions: [],
          AlarmArn: arn('a'),
          AlarmConfigurationUpdatedTimestamp: now,
          AlarmName: 'a',
          ComparisonOperator: 'GreaterThanThreshold',
          Dimensions: [],
          EvaluationPeriods: 1,
          InsufficientDataActions: [],
          MetricName: 'm',
          Namespace: 'ns',
          OKActions: [],
          Period: 60,
          StateReason: 'Unchecked: Initial alarm creation',
          StateTransitionedTimestamp: now,
          StateUpdatedTimestamp: now,
          StateValue: 'INSUFFICIENT_DATA',
          Statistic: 'Sum',
          Threshold: 2,
        },
      ],
    });
  });

  it('are found by name, prefix, state and metric, in pages', async () => {
    await using harness = await openHarness();
    for (const AlarmName of ['a1', 'a2', 'b']) await putAlarm(harness, { AlarmName });
    const names = async (input: object) => {
      const found = await harness.call('DescribeAlarms', input);
      return [found.MetricAlarms?.map(({ AlarmName }) => AlarmName).join(), found.NextToken];
    };
    assert.deepEqual(await names({ AlarmNamePrefix: 'a' }), ['a1,a2', undefined]);
    assert.deepEqual(await names({ AlarmNames: ['b', 'zzz'] }), ['b', undefined]);
    assert.deepEqual(await names({ StateValue: 'OK' }), ['', undefined]);
    const [first, NextToken] = await names({ MaxRecords: 2 });
    assert.equal(first, 'a1,a2');
    assert.deepEqual(await names({ MaxRecords: 2, NextToken }), ['b', undefined]);
    const { MetricAlarms } = await harness.call('DescribeAlarmsForMetric', {
      MetricName: 'm',
      Namespace: 'ns',
    });
    assert.equal(MetricAlarms?.length, 3);
    await harness.call('DeleteAlarms', { AlarmNames: ['a1', 'zzz'] });
    assert.deepEqual(await names({}), ['a2,b', undefined]);
  });

  it('are refused where they cannot be evaluated', async () => {
    await using harness = await openHarness();
    await putAlarm(harness, { Period: 60, EvaluationPeriods: 1440 });
    await assert.rejects(
      putAlarm(harness, { Period: 60, EvaluationPeriods: 1441 }),
      /more than a day/,
    );
    await assert.rejects(putAlarm(harness, { Period: 61 }), { code: 'ValidationError' });
    await assert.rejects(putAlarm(harness, { DatapointsToAlarm: 2 }), { code: 'ValidationError' });
    await assert.rejects(putAlarm(harness, { MetricName: undefined }), {
      code: 'MissingParameter',
    });
  });

  it('are set by hand and tell their topic, as test_enable_disable_alarm_actions recorded', async () => {
    await using harness = await openHarness();
    await putAlarm(harness, {
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
      AlarmDescription: 'testing cloudwatch alarms',
      Dimensions: [{ Name: 'InstanceId', Value: 'abc' }],
      TreatMissingData: 'ignore',
      Unit: 'Seconds',
      Statistic: 'SampleCount',
    });
    const set = (StateValue: string) =>
      harness.call('SetAlarmState', { AlarmName: 'a', StateValue, StateReason: 'testing alarm' });
    await harness.clock.advance(1500);
    await set('ALARM');
    await set('ALARM');
    assert.equal(harness.deliveries.length, 1);
    const { payload, ...delivery } = harness.deliveries[0] ?? assert.fail();
    assert.deepEqual(delivery, {
      targetArn: TOPIC,
      sourceArn: arn('a'),
      sourceService: 'cloudwatch.amazonaws.com',
      sourceAccountId: ACCOUNT,
      options: { subject: 'ALARM: "a" in US East (N. Virginia)' },
    });
    assert.deepEqual(JSON.parse(textOf(payload)), {
      AWSAccountId: ACCOUNT,
      AlarmActions: [TOPIC],
      AlarmArn: arn('a'),
      AlarmConfigurationUpdatedTimestamp: '2026-01-01T00:00:00.000+0000',
      AlarmDescription: 'testing cloudwatch alarms',
      AlarmName: 'a',
      InsufficientDataActions: [],
      NewStateReason: 'testing alarm',
      NewStateValue: 'ALARM',
      OKActions: [TOPIC],
      OldStateValue: 'INSUFFICIENT_DATA',
      Region: 'US East (N. Virginia)',
      StateChangeTime: '2026-01-01T00:00:01.500+0000',
      Trigger: {
        ComparisonOperator: 'GreaterThanThreshold',
        Dimensions: [{ name: 'InstanceId', value: 'abc' }],
        EvaluateLowSampleCountPercentile: '',
        EvaluationPeriods: 1,
        MetricName: 'm',
        Namespace: 'ns',
        Period: 60,
        Statistic: 'SAMPLE_COUNT',
        StatisticType: 'Statistic',
        Threshold: 2,
        TreatMissingData: 'ignore',
        Unit: 'Seconds',
      },
    });
    await harness.call('DisableAlarmActions', { AlarmNames: ['a'] });
    await set('OK');
    assert.equal((await one(harness)).ActionsEnabled, false);
    await harness.call('EnableAlarmActions', { AlarmNames: ['a'] });
    await set('ALARM');
    assert.equal(harness.deliveries.length, 2);
    await assert.rejects(
      harness.call('SetAlarmState', { AlarmName: 'zzz', StateValue: 'OK', StateReason: 'x' }),
      { code: 'ResourceNotFound', status: 404, message: '' },
    );
  });

  it('tell a function by an event of their own', async () => {
    await using harness = await openHarness();
    await putAlarm(harness, { AlarmActions: [`arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`] });
    await harness.call('SetAlarmState', {
      AlarmName: 'a',
      StateValue: 'ALARM',
      StateReason: 'why',
    });
    const event = JSON.parse(textOf(harness.deliveries[0]?.payload ?? assert.fail()));
    assert.deepEqual(
      [event.source, event.alarmData.state.value, event.alarmData.previousState.value],
      ['aws.cloudwatch', 'ALARM', 'INSUFFICIENT_DATA'],
    );
    assert.equal(harness.deliveries[0]?.sourceService, 'lambda.alarms.cloudwatch.amazonaws.com');
  });

  it('carry tags, as test_tagging_metric_alarm recorded', async () => {
    await using harness = await openHarness();
    await putAlarm(harness, { Tags: [{ Key: 'Environment', Value: 'Production' }] });
    const tags = async () =>
      (await harness.call('ListTagsForResource', { ResourceARN: arn('a') })).Tags;
    await harness.call('TagResource', {
      ResourceARN: arn('a'),
      Tags: [
        { Key: 'tag1', Value: 'foo' },
        { Key: 'tag2', Value: 'bar' },
      ],
    });
    await harness.call('UntagResource', { ResourceARN: arn('a'), TagKeys: ['tag1'] });
    assert.deepEqual(await tags(), [
      { Key: 'Environment', Value: 'Production' },
      { Key: 'tag2', Value: 'bar' },
    ]);
    await harness.call('DeleteAlarms', { AlarmNames: ['a'] });
    assert.deepEqual(await tags(), []);
  });
});

describe('The watch', () => {
  it('raises and ends an alarm by what the last minute had', async () => {
    await using harness = await openHarness();
    await putAlarm(harness, { AlarmActions: [TOPIC], OKActions: [TOPIC] });
    await watching(harness, async () => {
      await put(harness, 3);
      await harness.clock.advance(MINUTE_MS);
      const raised = await one(harness);
      assert.equal(raised.StateValue, 'ALARM');
      assert.equal(
        raised.StateReason,
        'Threshold Crossed: 1 datapoint [3.0 (01/01/26 00:00:00)] was greater than the threshold (2.0).',
      );
      assert.deepEqual(JSON.parse(raised.StateReasonData ?? ''), {
        version: '1.0',
        queryDate: '2026-01-01T00:01:00.000+0000',
        startDate: '2026-01-01T00:00:00.000+0000',
        statistic: 'Sum',
        period: 60,
        recentDatapoints: [3],
        threshold: 2,
        evaluatedDatapoints: [
          { timestamp: '2026-01-01T00:00:00.000+0000', sampleCount: 1, value: 3 },
        ],
      });
      await put(harness, 2);
      await harness.clock.advance(MINUTE_MS);
      const ended = await one(harness);
      assert.equal(ended.StateValue, 'OK');
      assert.match(
        ended.StateReason ?? '',
        /1 datapoint \[2\.0 .*\] was not greater than the threshold \(2\.0\)\./,
      );
      await harness.clock.advance(MINUTE_MS);
      const silent = await one(harness);
      assert.deepEqual(
        [silent.StateValue, silent.StateReason],
        ['INSUFFICIENT_DATA', 'Insufficient Data: 1 datapoint was unknown.'],
      );
    });
    assert.equal(harness.deliveries.length, 2);
  });

  it('treats missing data as the alarm says, as test_breaching_alarm_actions recorded', async () => {
    await using harness = await openHarness();
    const more = { EvaluationPeriods: 2, Period: 10, Statistic: 'Average' };
    await putAlarm(harness, { ...more, AlarmName: 'breaching', TreatMissingData: 'breaching' });
    await putAlarm(harness, {
      ...more,
      AlarmName: 'notBreaching',
      TreatMissingData: 'notBreaching',
    });
    await putAlarm(harness, { ...more, AlarmName: 'ignore', TreatMissingData: 'ignore' });
    await watching(harness, () => harness.clock.advance(20_000));
    const breaching = await one(harness, 'breaching');
    assert.deepEqual(
      [breaching.StateValue, breaching.StateReason],
      [
        'ALARM',
        'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].',
      ],
    );
    assert.equal((await one(harness, 'notBreaching')).StateValue, 'OK');
    assert.equal((await one(harness, 'ignore')).StateReason, 'Unchecked: Initial alarm creation');
  });

  it('wants M of the last N datapoints', async () => {
    await using harness = await openHarness();
    await putAlarm(harness, {
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
    });
    const states: (string | undefined)[] = [];
    await watching(harness, async () => {
      for (const value of [3, 0, 3, 0, 0]) {
        await put(harness, value);
        await harness.clock.advance(MINUTE_MS);
        states.push((await one(harness)).StateValue);
      }
    });
    assert.deepEqual(states, ['OK', 'OK', 'ALARM', 'OK', 'OK']);
  });

  it('sees what the sink gathered in the minute that is over', async () => {
    await using harness = await openHarness();
    const Dimensions = [{ Name: 'FunctionName', Value: 'f' }];
    await putAlarm(harness, {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions,
      Threshold: 0,
    });
    await watching(harness, async () => {
      await harness.clock.advance(30_000);
      harness.metrics.metricSink.put([harness.datum('Errors', 1)]);
      await harness.clock.advance(30_000);
    });
    assert.equal((await one(harness)).StateValue, 'ALARM');
  });
});

describe('Composite alarms', () => {
  it('follow their alarms, as test_trigger_composite_alarm recorded', async () => {
    await using harness = await openHarness();
    await putAlarm(harness, { AlarmName: 'one' });
    await putAlarm(harness, { AlarmName: 'two' });
    await harness.call('PutCompositeAlarm', {
      AlarmName: 'both',
      AlarmRule: `ALARM("${arn('one')}") OR ALARM("two")`,
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
    });
    const set = (AlarmName: string, StateValue: string) =>
      harness.call('SetAlarmState', { AlarmName, StateValue, StateReason: 'test' });
    const state = async () => (await one(harness, 'both')).StateValue;
    assert.equal(await state(), 'OK');
    await set('one', 'ALARM');
    assert.equal(await state(), 'ALARM');
    assert.deepEqual(JSON.parse((await one(harness, 'both')).StateReasonData ?? ''), {
      triggeringAlarms: [
        { arn: arn('one'), state: { value: 'ALARM', timestamp: '2026-01-01T00:00:00.000+0000' } },
      ],
    });
    await set('two', 'ALARM');
    await set('one', 'OK');
    assert.equal(await state(), 'ALARM');
    await set('two', 'OK');
    assert.equal(await state(), 'OK');
    assert.deepEqual(
      harness.deliveries.map(({ options }) => options?.subject?.split(':')[0]),
      ['OK', 'ALARM', 'OK'],
    );
    assert.deepEqual((await harness.call('DescribeAlarms', {})).CompositeAlarms, []);
  });

  it('know AND, NOT, parentheses, TRUE and FALSE, and refuse what is no rule', async () => {
    await using harness = await openHarness();
    await putAlarm(harness, { AlarmName: 'a' });
    const state = async (AlarmRule: string) => {
      await harness.call('DeleteAlarms', { AlarmNames: ['c'] });
      await harness.call('PutCompositeAlarm', { AlarmName: 'c', AlarmRule });
      return (await one(harness, 'c')).StateValue;
    };
    assert.equal(await state('TRUE AND NOT ALARM(a)'), 'ALARM');
    assert.equal(
      await state('(FALSE OR INSUFFICIENT_DATA(a)) AND NOT (OK("a") OR FALSE)'),
      'ALARM',
    );
    assert.equal(await state('NOT TRUE OR OK(a)'), 'OK');
    for (const wrong of [
      '',
      'ALARM',
      'ALARM()',
      'ALARM(a',
      'MAYBE(a)',
      'TRUE TRUE',
      'TRUE AND',
      '('.repeat(99),
      'NOT '.repeat(99),
    ]) {
      await assert.rejects(state(wrong), { code: 'ValidationError' }, wrong);
    }
  });
});
