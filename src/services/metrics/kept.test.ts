import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '#kernel/units.ts';
import { openHarness } from './harness.test.ts';

const METRIC = { Namespace: 'N', MetricName: 'm', Stat: 'Sum' };

test('an anomaly detector is shown until it is deleted, as test_anomaly_detector_lifecycle recorded', async () => {
  await using world = await openHarness();
  const { call } = world;
  await call('PutAnomalyDetector', METRIC);
  await call('PutAnomalyDetector', { SingleMetricAnomalyDetector: METRIC });
  const { AnomalyDetectors } = await call('DescribeAnomalyDetectors', { Namespace: 'N' });
  assert.deepEqual(AnomalyDetectors, [
    {
      ...METRIC,
      Dimensions: [],
      SingleMetricAnomalyDetector: { AccountId: '111111111111', ...METRIC, Dimensions: [] },
      Configuration: { ExcludedTimeRanges: [] },
      StateValue: 'PENDING_TRAINING',
    },
  ]);
  await assert.rejects(
    call('PutAnomalyDetector', { ...METRIC, SingleMetricAnomalyDetector: METRIC }),
    { code: 'InvalidParameterCombination' },
  );
  await assert.rejects(call('PutAnomalyDetector', { Namespace: 'N' }), {
    code: 'MissingParameter',
  });
  await call('DeleteAnomalyDetector', METRIC);
  await assert.rejects(call('DeleteAnomalyDetector', METRIC), {
    code: 'ResourceNotFoundException',
    status: 404,
  });
});

test('an insight rule is enabled and disabled, and tells which rules are not there', async () => {
  await using world = await openHarness();
  const { call, clock } = world;
  const schema = { Name: 'CloudWatchLogRule', Version: 1 };
  const RuleDefinition = JSON.stringify({ Schema: schema, Contribution: { Keys: ['Ip'] } });
  const RuleName = 'r';
  await call('PutInsightRule', { RuleName, RuleDefinition });
  await assert.rejects(call('PutInsightRule', { RuleName, RuleDefinition: '{}' }), {
    code: 'InvalidParameterValue',
  });
  const failed = await call('DisableInsightRules', { RuleNames: [RuleName, 'no'] });
  assert.deepEqual(
    failed.Failures?.map(({ FailureResource }) => FailureResource),
    ['no'],
  );
  const { InsightRules = [] } = await call('DescribeInsightRules', {});
  assert.deepEqual(
    [InsightRules[0]?.State, InsightRules[0]?.Schema],
    ['DISABLED', 'CloudWatchLogRule/1'],
  );
  const report = (StartTime: number) =>
    call('GetInsightRuleReport', { RuleName, StartTime, EndTime: clock.now(), Period: 60 });
  const minute = Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS;
  assert.equal((await report(minute - 5 * MINUTE_MS)).KeyLabels?.[0], 'Ip');
  await assert.rejects(report(clock.now()), { code: 'InvalidParameterValue' });
  await call('DeleteInsightRules', { RuleNames: [RuleName] });
  await assert.rejects(report(0), { code: 'ResourceNotFoundException' });
});

test('a metric stream runs until it is stopped, and keeps its tags', async () => {
  await using world = await openHarness();
  const { call } = world;
  const stream = { Name: 's', FirehoseArn: 'arn:f', RoleArn: 'arn:r', OutputFormat: 'json' };
  const { Arn = '' } = await call('PutMetricStream', {
    ...stream,
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  assert.equal(Arn, 'arn:aws:cloudwatch:us-east-1:111111111111:metric-stream/s');
  await call('StopMetricStreams', { Names: ['s'] });
  const { Entries } = await call('ListMetricStreams', {});
  assert.deepEqual(
    Entries?.map(({ Name, State }) => [Name, State]),
    [['s', 'stopped']],
  );
  await call('UntagResource', { ResourceARN: Arn, TagKeys: ['a'] });
  await call('TagResource', { ResourceARN: Arn, Tags: [{ Key: 'c', Value: 'd' }] });
  const { Tags } = await call('ListTagsForResource', { ResourceARN: Arn });
  assert.deepEqual(Tags, [{ Key: 'c', Value: 'd' }]);
  await assert.rejects(
    call('PutMetricStream', { ...stream, IncludeFilters: [], ExcludeFilters: [] }),
    { code: 'InvalidParameterCombination' },
  );
  await call('DeleteMetricStream', { Name: 's' });
  await assert.rejects(call('StartMetricStreams', { Names: ['s'] }), { status: 404 });
});

test('an alarm’s history says what was made, changed, told and deleted, the newest first', async () => {
  await using world = await openHarness();
  const { call } = world;
  const AlarmName = 'a';
  const settings = { EvaluationPeriods: 1, Period: 60, Threshold: 1, Statistic: 'Sum' };
  await call('PutMetricAlarm', {
    AlarmName,
    MetricName: 'm',
    Namespace: 'N',
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: ['arn:aws:sns:us-east-1:111111111111:t'],
    ...settings,
  });
  await call('SetAlarmState', { AlarmName, StateValue: 'ALARM', StateReason: 'why' });
  await call('DeleteAlarms', { AlarmNames: [AlarmName] });
  const summaries = async (input: object) => {
    const { AlarmHistoryItems = [] } = await call('DescribeAlarmHistory', input);
    return AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary);
  };
  assert.deepEqual(await summaries({ AlarmName }), [
    'Alarm "a" deleted',
    'Successfully executed action arn:aws:sns:us-east-1:111111111111:t',
    'Alarm updated from INSUFFICIENT_DATA to ALARM',
    'Alarm "a" created',
  ]);
  const updates = { HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' };
  assert.deepEqual(await summaries(updates), ['Alarm updated from INSUFFICIENT_DATA to ALARM']);
  assert.deepEqual(await summaries({ AlarmTypes: ['CompositeAlarm'] }), []);
  const page = await call('DescribeAlarmHistory', { MaxRecords: 3 });
  assert.equal(page.NextToken, '3');
});
