import type {
  DescribeAlarmsForMetricInput,
  DescribeAlarmsForMetricOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { Alarm, MetricAlarm } from '../alarm.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { describeComposite, describeMetric } from '../describe-alarm.ts';
import { invalidCombination } from '../errors.ts';
import { ALARMS_PER_PAGE } from '../limits.ts';
import { dimensionsKey } from '../model.ts';
import { listAlarms } from '../store-alarms.ts';

/**
 * Alarms by name; composite ones where they are asked for.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export function describeAlarms({
  database,
}: MetricsDependencies): Operation<DescribeAlarmsInput, DescribeAlarmsOutput> {
  return async (context, input) => {
    if (input.AlarmNames !== undefined && input.AlarmNamePrefix !== undefined) {
      throw invalidCombination('AlarmNames and AlarmNamePrefix cannot both be specified.');
    }
    const alarms = await database.read((queries) => listAlarms(queries, context));
    const wanted = alarms.filter(
      (alarm) => isWanted(alarm, input) && alarm.name > (input.NextToken ?? ''),
    );
    const page = wanted.slice(0, input.MaxRecords ?? ALARMS_PER_PAGE);
    const last = page.at(-1);
    return {
      MetricAlarms: page.flatMap((alarm) =>
        alarm.kind === 'metric' ? [describeMetric(alarm)] : [],
      ),
      CompositeAlarms: page.flatMap((alarm) =>
        alarm.kind === 'composite' ? [describeComposite(alarm)] : [],
      ),
      LogAlarms: [],
      ...(page.length < wanted.length && last !== undefined ? { NextToken: last.name } : {}),
    };
  };
}

function isWanted(alarm: Alarm, input: DescribeAlarmsInput): boolean {
  const {
    AlarmNames,
    AlarmNamePrefix = '',
    StateValue,
    ActionPrefix,
    AlarmTypes = ['MetricAlarm'],
  } = input;
  const { settings } = alarm;
  const actions = [
    settings.AlarmActions,
    settings.OKActions,
    settings.InsufficientDataActions,
  ].flatMap((list) => list ?? []);
  return (
    AlarmTypes.includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm') &&
    (AlarmNames?.includes(alarm.name) ?? true) &&
    alarm.name.startsWith(AlarmNamePrefix) &&
    alarm.state.value === (StateValue ?? alarm.state.value) &&
    (ActionPrefix === undefined || actions.some((action) => action.startsWith(ActionPrefix)))
  );
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html */
export function describeAlarmsForMetric({
  database,
}: MetricsDependencies): Operation<DescribeAlarmsForMetricInput, DescribeAlarmsForMetricOutput> {
  return async (context, input) => {
    const alarms = await database.read((queries) => listAlarms(queries, context));
    const found = alarms.flatMap((alarm) =>
      alarm.kind === 'metric' && isOn(alarm, input) ? [alarm] : [],
    );
    return { MetricAlarms: found.map(describeMetric) };
  };
}

function isOn({ settings }: MetricAlarm, input: DescribeAlarmsForMetricInput): boolean {
  return (
    settings.MetricName === input.MetricName &&
    settings.Namespace === input.Namespace &&
    dimensionsKey(settings.Dimensions) === dimensionsKey(input.Dimensions) &&
    settings.Statistic === (input.Statistic ?? settings.Statistic) &&
    settings.ExtendedStatistic === (input.ExtendedStatistic ?? settings.ExtendedStatistic) &&
    settings.Period === (input.Period ?? settings.Period) &&
    settings.Unit === (input.Unit ?? settings.Unit)
  );
}
