/** What an alarm tells its targets when its state changes. */
import { parseArn } from '#kernel/arn.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { Alarm, AlarmState } from './alarm.ts';
import { alarmData } from './alarm-data.ts';
import { offsetTime } from './evaluate-alarm.ts';
import { alarmArn } from './model.ts';

/** The deliveries that a change of state makes; none where the alarm's actions are off. */
export function actionsOf(alarm: Alarm, previous: AlarmState): Delivery[] {
  const { settings, state } = alarm;
  if (settings.ActionsEnabled === false || state.value === previous.value) return [];
  const targets = {
    OK: settings.OKActions,
    ALARM: settings.AlarmActions,
    INSUFFICIENT_DATA: settings.InsufficientDataActions,
  }[state.value];
  return (targets ?? []).map((targetArn) => action(alarm, previous, targetArn));
}

function action(alarm: Alarm, previous: AlarmState, targetArn: string): Delivery {
  const isLambda = parseArn(targetArn)?.service === 'lambda';
  const message = isLambda ? lambdaEvent(alarm, previous) : snsMessage(alarm, previous);
  return {
    targetArn,
    sourceArn: alarmArn(alarm, alarm.name),
    sourceService: isLambda ? 'lambda.alarms.cloudwatch.amazonaws.com' : 'cloudwatch.amazonaws.com',
    sourceAccountId: alarm.accountId,
    payload: utf8(JSON.stringify(message)),
    options: { subject: `${alarm.state.value}: "${alarm.name}" in ${regionName(alarm.region)}` },
  };
}

/** The message that subscribers of a topic get; recorded in `test_breaching_alarm_actions`. */
function snsMessage(alarm: Alarm, previous: AlarmState): unknown {
  const { settings, state } = alarm;
  return {
    AlarmName: alarm.name,
    AlarmDescription: settings.AlarmDescription ?? null,
    AWSAccountId: alarm.accountId,
    AlarmConfigurationUpdatedTimestamp: offsetTime(alarm.configuredAtMs),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: offsetTime(state.updatedAtMs),
    Region: regionName(alarm.region),
    AlarmArn: alarmArn(alarm, alarm.name),
    OldStateValue: previous.value,
    OKActions: settings.OKActions ?? [],
    AlarmActions: settings.AlarmActions ?? [],
    InsufficientDataActions: settings.InsufficientDataActions ?? [],
    ...(alarm.kind === 'composite'
      ? { AlarmRule: alarm.settings.AlarmRule }
      : { Trigger: trigger(alarm.settings) }),
  };
}

function trigger(settings: Settings): unknown {
  const { Statistic, ExtendedStatistic, Dimensions = [], Metrics } = settings;
  if (Metrics !== undefined) return mathTrigger(settings, Metrics);
  return {
    MetricName: settings.MetricName,
    Namespace: settings.Namespace,
    ...(Statistic === undefined
      ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic }
      : {
          StatisticType: 'Statistic',
          Statistic: Statistic.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(),
        }),
    Unit: settings.Unit ?? null,
    Dimensions: pairs(Dimensions),
    Period: settings.Period,
    ...thresholdOf(settings),
  };
}

type Settings = Extract<Alarm, { kind: 'metric' }>['settings'];

function thresholdOf(settings: Settings) {
  return {
    EvaluationPeriods: settings.EvaluationPeriods,
    ...(settings.DatapointsToAlarm === undefined
      ? {}
      : { DatapointsToAlarm: settings.DatapointsToAlarm }),
    ComparisonOperator: settings.ComparisonOperator,
    Threshold: settings.Threshold,
    TreatMissingData: settings.TreatMissingData ?? 'missing',
    EvaluateLowSampleCountPercentile: settings.EvaluateLowSampleCountPercentile ?? '',
  };
}

function pairs(dimensions: NonNullable<Settings['Dimensions']>) {
  return dimensions.map(({ Name: name, Value: value }) => ({ value, name }));
}

/** Of an alarm on several metrics. */
function mathTrigger(settings: Settings, queries: NonNullable<Settings['Metrics']>): unknown {
  const periods = queries.flatMap(({ MetricStat: stat, Period }) => stat?.Period ?? Period ?? []);
  return {
    Period: Math.max(...periods),
    ...thresholdOf(settings),
    Metrics: queries.map(({ MetricStat: stat, ReturnData = true, ...query }) => ({
      ...query,
      ...(stat && {
        MetricStat: {
          ...stat,
          Metric: { ...stat.Metric, Dimensions: pairs(stat.Metric.Dimensions ?? []) },
        },
      }),
      ReturnData,
    })),
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
function lambdaEvent(alarm: Alarm, previous: AlarmState): unknown {
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarmArn(alarm, alarm.name),
    accountId: alarm.accountId,
    time: offsetTime(alarm.state.updatedAtMs),
    region: alarm.region,
    alarmData: alarmData(alarm, previous),
  };
}

const REGION_NAMES: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
  'ap-northeast-1': 'Asia Pacific (Tokyo)',
  'ap-northeast-2': 'Asia Pacific (Seoul)',
  'ap-south-1': 'Asia Pacific (Mumbai)',
  'ap-southeast-1': 'Asia Pacific (Singapore)',
  'ap-southeast-2': 'Asia Pacific (Sydney)',
  'ca-central-1': 'Canada (Central)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-north-1': 'EU (Stockholm)',
  'eu-west-1': 'EU (Ireland)',
  'eu-west-2': 'EU (London)',
  'eu-west-3': 'EU (Paris)',
  'sa-east-1': 'South America (Sao Paulo)',
};

function regionName(region: string): string {
  return REGION_NAMES[region] ?? region;
}
