/** An alarm as events tell of it, to functions and on event buses. Pure. */
import type { Alarm, AlarmState, MetricAlarm } from './alarm.ts';
import { offsetTime } from './evaluate-alarm.ts';

/** A change of state. */
export function alarmData(alarm: Alarm, previous: AlarmState): object {
  const { settings, state } = alarm;
  return {
    alarmName: alarm.name,
    state: tell(state),
    previousState: tell(previous),
    configuration: {
      ...(settings.AlarmDescription === undefined
        ? {}
        : { description: settings.AlarmDescription }),
      ...watched(alarm),
    },
  };
}

function tell({ value, reason, reasonData, updatedAtMs }: AlarmState): object {
  return {
    value,
    reason,
    ...(reasonData === undefined ? {} : { reasonData }),
    timestamp: offsetTime(updatedAtMs),
  };
}

/** What an alarm looks at. */
export function watched(alarm: Alarm): object {
  if (alarm.kind === 'metric') return { metrics: metrics(alarm) };
  const { AlarmRule, ActionsSuppressor: suppressor } = alarm.settings;
  return {
    alarmRule: AlarmRule,
    ...(suppressor === undefined
      ? {}
      : {
          actionsSuppressor: suppressor,
          actionsSuppressorWaitPeriod: alarm.settings.ActionsSuppressorWaitPeriod,
          actionsSuppressorExtensionPeriod: alarm.settings.ActionsSuppressorExtensionPeriod,
        }),
  };
}

type Dimensions = MetricAlarm['settings']['Dimensions'];

function metrics({ settings, name }: MetricAlarm): unknown {
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic } = settings;
  if (settings.Metrics !== undefined) return settings.Metrics.map(queryOf);
  const metric = metricOf({ Namespace, MetricName, Dimensions });
  return [
    {
      id: name,
      metricStat: { metric, period: Period, stat: Statistic ?? ExtendedStatistic },
      returnData: true,
    },
  ];
}

function queryOf({
  Id: id,
  MetricStat: stat,
  Expression: expression,
  Label: label,
  ReturnData: returnData = true,
}: NonNullable<MetricAlarm['settings']['Metrics']>[number]): unknown {
  return {
    id,
    ...(stat && {
      metricStat: { metric: metricOf(stat.Metric), period: stat.Period, stat: stat.Stat },
    }),
    ...(expression !== undefined && { expression }),
    ...(label !== undefined && { label }),
    returnData,
  };
}

function metricOf({
  Namespace,
  MetricName,
  Dimensions = [],
}: {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: Dimensions;
}): unknown {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  return { namespace: Namespace, name: MetricName, dimensions };
}
