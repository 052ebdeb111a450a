import assert from 'node:assert/strict';
import { it } from 'node:test';
import { textOf } from '#kernel/bytes.ts';
import { ACCOUNT, openHarness } from './harness.test.ts';

it('alarms tell the default event bus that they were made, changed, deleted, or changed their state', async () => {
  await using harness = await openHarness();
  const put = (AlarmDescription: string) =>
    harness.call('PutMetricAlarm', {
      AlarmName: 'a',
      AlarmDescription,
      ActionsEnabled: false,
      Namespace: 'ns',
      MetricName: 'm',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  await put('too many');
  await put('more');
  const set = (StateValue: string) =>
    harness.call('SetAlarmState', { AlarmName: 'a', StateValue, StateReason: 'why' });
  await set('ALARM');
  await set('ALARM');
  await harness.call('DeleteAlarms', { AlarmNames: ['a'] });
  const told = harness.events.splice(0).map(({ targetArn, payload }) => {
    assert.equal(targetArn, `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default`);
    return JSON.parse(textOf(payload));
  });
  assert.deepEqual(
    told.map(
      ({ 'detail-type': type, detail }) => `${type}: ${detail.operation ?? detail.state.value}`,
    ),
    [
      'CloudWatch Alarm Configuration Change: create',
      'CloudWatch Alarm Configuration Change: update',
      'CloudWatch Alarm State Change: ALARM',
      'CloudWatch Alarm Configuration Change: delete',
    ],
  );
  const [created, updated, changed] = told;
  const { detail: _, ...envelope } = changed;
  assert.deepEqual(envelope, {
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: ACCOUNT,
    time: envelope.time,
    region: 'us-east-1',
    resources: [`arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:a`],
  });
  assert.match(envelope.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(changed.detail.alarmName, 'a');
  assert.equal(changed.detail.previousState.value, 'INSUFFICIENT_DATA');
  assert.equal(changed.detail.configuration.description, 'more');
  assert.equal(changed.detail.configuration.metrics[0].metricStat.period, 60);
  assert.equal(created.detail.previousConfiguration, undefined);
  assert.equal(updated.detail.previousConfiguration.description, 'too many');
  assert.equal(updated.detail.configuration.actionsEnabled, false);
});
