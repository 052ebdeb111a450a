/**
 * What an alarm's datapoints say of its state: M of the last N, missing ones as the alarm treats them.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
 */
import { javaDouble } from '#kernel/java-double.ts';
import type { AlarmState, MetricAlarm, StateValue } from './alarm.ts';

export interface Datapoint {
  readonly atMs: number;
  /** Absent where the period has none. */
  readonly value?: number;
  readonly sampleCount?: number;
}

export type Verdict = Pick<AlarmState, 'value' | 'reason' | 'reasonData'>;

const COMPARISONS: Readonly<
  Record<string, readonly [test: (value: number, threshold: number) => boolean, words: string]>
> = {
  GreaterThanOrEqualToThreshold: [
    (value, threshold) => value >= threshold,
    'greater than or equal to',
  ],
  GreaterThanThreshold: [(value, threshold) => value > threshold, 'greater than'],
  LessThanThreshold: [(value, threshold) => value < threshold, 'less than'],
  LessThanOrEqualToThreshold: [(value, threshold) => value <= threshold, 'less than or equal to'],
};

/**
 * The state to which the datapoints lead; `undefined` where they leave it as it is.
 * @param datapoints the last N periods that are over, the latest first
 */
export function evaluate(
  alarm: MetricAlarm,
  datapoints: readonly Datapoint[],
  nowMs: number,
): Verdict | undefined {
  const { settings } = alarm;
  const comparison = COMPARISONS[settings.ComparisonOperator ?? ''];
  if (comparison === undefined || settings.Threshold === undefined) return undefined;
  const [isBreaching] = comparison;
  const threshold = settings.Threshold;
  const treatment = settings.TreatMissingData ?? 'missing';
  const known = datapoints.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const missing = datapoints.length - known.length;
  const needed = settings.DatapointsToAlarm ?? settings.EvaluationPeriods ?? 1;
  const breaching = known.filter((value) => isBreaching(value, threshold)).length;
  const counted = breaching + (treatment === 'breaching' ? missing : 0);
  const data = { reasonData: reasonData(alarm, datapoints, nowMs) };
  if (known.length === 0 && treatment === 'ignore') return undefined;
  if (known.length === 0 && treatment === 'missing') {
    const are = missing === 1 ? 'datapoint was' : 'datapoints were';
    return {
      value: 'INSUFFICIENT_DATA',
      reason: `Insufficient Data: ${missing} ${are} unknown.`,
      ...data,
    };
  }
  // With data missing, what there is may already be enough to alarm.
  const isEnough =
    treatment === 'missing' || treatment === 'ignore' ? Math.min(needed, known.length) : needed;
  const value: StateValue = counted >= isEnough && counted > 0 ? 'ALARM' : 'OK';
  return { value, reason: reason(alarm, datapoints, value), ...data };
}

function reason(
  { settings }: MetricAlarm,
  datapoints: readonly Datapoint[],
  value: StateValue,
): string {
  const known = datapoints.filter((point) => point.value !== undefined);
  const missing = datapoints.length - known.length;
  const treatment = settings.TreatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  const treated = `${missing} missing ${missing === 1 ? 'datapoint was' : 'datapoints were'} treated as [${treatment}]`;
  if (known.length === 0) {
    const periods = missing === 1 ? '1 period' : `${missing} periods`;
    return `Threshold Crossed: no datapoints were received for ${periods} and ${treated}.`;
  }
  const shown = known
    .map(({ value = 0, atMs }) => `${javaDouble(value)} (${shortTime(atMs)})`)
    .join(', ');
  const words = COMPARISONS[settings.ComparisonOperator ?? '']?.[1] ?? '';
  const count = known.length === 1 ? '1 datapoint' : `${known.length} datapoints`;
  const were = `${known.length === 1 ? 'was' : 'were'}${value === 'ALARM' ? '' : ' not'}`;
  return `Threshold Crossed: ${count} [${shown}] ${were} ${words} the threshold (${javaDouble(settings.Threshold ?? 0)}).`;
}

function reasonData(
  { settings }: MetricAlarm,
  datapoints: readonly Datapoint[],
  nowMs: number,
): string {
  const known = datapoints.filter((point) => point.value !== undefined);
  const oldest = known.at(-1);
  return JSON.stringify({
    version: '1.0',
    queryDate: offsetTime(nowMs),
    ...(oldest === undefined ? {} : { startDate: offsetTime(oldest.atMs) }),
    ...(settings.Unit === undefined ? {} : { unit: settings.Unit }),
    ...(settings.Statistic === undefined ? {} : { statistic: settings.Statistic }),
    period: settings.Period,
    recentDatapoints: known.map(({ value }) => value).reverse(),
    threshold: settings.Threshold,
    evaluatedDatapoints: datapoints.map(({ atMs, value, sampleCount }) => ({
      timestamp: offsetTime(atMs),
      ...(value === undefined ? {} : { sampleCount, value }),
    })),
  });
}

/** `MM/DD/YY HH:MM:SS`, in UTC. */
function shortTime(atMs: number): string {
  const [, year, month, day, time] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T([\d:]{8})/.exec(new Date(atMs).toISOString()) ?? [];
  return `${day}/${month}/${year} ${time}`;
}

/** `2026-01-01T00:00:00.000+0000`. */
export function offsetTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+0000');
}
