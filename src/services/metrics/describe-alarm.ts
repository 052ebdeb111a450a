import type {
  CompositeAlarm as DescribedComposite,
  MetricAlarm as DescribedAlarm,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Alarm, CompositeAlarm, MetricAlarm } from './alarm.ts';
import { alarmArn } from './model.ts';

/** An alarm of either kind as AWS shows it. */
export function describeAlarm(alarm: Alarm): DescribedAlarm | DescribedComposite {
  return alarm.kind === 'metric' ? describeMetric(alarm) : describeComposite(alarm);
}

/** A metric alarm as AWS shows it. */
export function describeMetric(alarm: MetricAlarm): DescribedAlarm {
  const { settings } = alarm;
  const dimensions =
    settings.Metrics === undefined ? { Dimensions: settings.Dimensions ?? [] } : {};
  return { ...settings, ...dimensions, ...common(alarm) };
}

/** A composite alarm as AWS shows it. */
export function describeComposite(alarm: CompositeAlarm): DescribedComposite {
  return { ...alarm.settings, ...common(alarm) };
}

function common(
  alarm: Alarm,
): Pick<DescribedAlarm, keyof DescribedAlarm & keyof DescribedComposite> {
  const { settings, state } = alarm;
  return {
    AlarmArn: alarmArn(alarm, alarm.name),
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAtMs,
    ActionsEnabled: settings.ActionsEnabled ?? true,
    OKActions: settings.OKActions ?? [],
    AlarmActions: settings.AlarmActions ?? [],
    InsufficientDataActions: settings.InsufficientDataActions ?? [],
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: state.updatedAtMs,
    StateTransitionedTimestamp: state.transitionedAtMs,
  };
}
