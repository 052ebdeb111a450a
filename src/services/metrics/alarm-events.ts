/**
 * What alarms tell their account's default event bus, whatever their actions are.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
import { formatArn } from '#kernel/arn.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { Alarm, AlarmState } from './alarm.ts';
import { alarmData, watched } from './alarm-data.ts';
import { offsetTime } from './evaluate-alarm.ts';
import { alarmArn } from './model.ts';

/** Of an alarm whose state became another. */
export function stateChangeEvent(alarm: Alarm, previous: AlarmState): Delivery {
  const detail = alarmData(alarm, previous);
  return eventOf(alarm, 'CloudWatch Alarm State Change', alarm.state.updatedAtMs, detail);
}

/** Of an alarm that was made, changed or deleted; `previous` is what it was before its change. */
export function configurationChangeEvent(
  alarm: Alarm,
  operation: 'create' | 'delete' | 'update',
  { nowMs, previous }: { readonly nowMs: number; readonly previous?: Alarm | undefined },
): Delivery {
  const { value, updatedAtMs } = alarm.state;
  return eventOf(alarm, 'CloudWatch Alarm Configuration Change', nowMs, {
    alarmName: alarm.name,
    operation,
    state: { value, timestamp: offsetTime(updatedAtMs) },
    configuration: configurationOf(alarm),
    ...(previous === undefined ? {} : { previousConfiguration: configurationOf(previous) }),
  });
}

function configurationOf(alarm: Alarm): object {
  const { settings } = alarm;
  return {
    ...(alarm.kind === 'metric' ? thresholdOf(alarm.settings) : {}),
    ...watched(alarm),
    alarmName: alarm.name,
    ...(settings.AlarmDescription === undefined ? {} : { description: settings.AlarmDescription }),
    actionsEnabled: settings.ActionsEnabled ?? true,
    timestamp: offsetTime(alarm.configuredAtMs),
    okActions: settings.OKActions ?? [],
    alarmActions: settings.AlarmActions ?? [],
    insufficientDataActions: settings.InsufficientDataActions ?? [],
  };
}

function thresholdOf(settings: Extract<Alarm, { kind: 'metric' }>['settings']): object {
  const { DatapointsToAlarm, EvaluateLowSampleCountPercentile: percentile } = settings;
  return {
    evaluationPeriods: settings.EvaluationPeriods,
    ...(DatapointsToAlarm === undefined ? {} : { datapointsToAlarm: DatapointsToAlarm }),
    threshold: settings.Threshold,
    comparisonOperator: settings.ComparisonOperator,
    treatMissingData: settings.TreatMissingData ?? 'missing',
    ...(percentile === undefined ? {} : { evaluateLowSampleCountPercentile: percentile }),
  };
}

/** The bus gives it its id. */
function eventOf(alarm: Alarm, detailType: string, atMs: number, detail: object): Delivery {
  const { accountId, region, name } = alarm;
  const resource = alarmArn(alarm, name);
  const event = {
    'detail-type': detailType,
    source: 'aws.cloudwatch',
    account: accountId,
    time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    region,
    resources: [resource],
    detail,
  };
  return {
    targetArn: formatArn('events', region, accountId, 'event-bus/default'),
    sourceArn: resource,
    sourceService: 'cloudwatch.amazonaws.com',
    sourceAccountId: accountId,
    payload: utf8(JSON.stringify(event)),
  };
}
