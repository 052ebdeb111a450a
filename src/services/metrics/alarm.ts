/** What an alarm is, as it is stored. */
import type {
  PutCompositeAlarmInput,
  PutMetricAlarmInput,
} from '#aws/models/cloudwatch.types.gen.ts';
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { metricKey, type MetricKey, type Scope } from './model.ts';

export type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string;
  readonly updatedAtMs: number;
  /** When the value last became another. */
  readonly transitionedAtMs: number;
}

interface AlarmBase extends Scope {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly configuredAtMs: number;
  readonly state: AlarmState;
}

/** Settings are the request's own members, without its tags. */
export type Alarm = AlarmBase &
  (
    | { readonly kind: 'metric'; readonly settings: Omit<PutMetricAlarmInput, 'Tags'> }
    | { readonly kind: 'composite'; readonly settings: Omit<PutCompositeAlarmInput, 'Tags'> }
  );

export type MetricAlarm = Extract<Alarm, { kind: 'metric' }>;
export type CompositeAlarm = Extract<Alarm, { kind: 'composite' }>;

/** The state of an alarm that was just made. */
export function initialState(nowMs: number): AlarmState {
  return {
    value: 'INSUFFICIENT_DATA',
    reason: 'Unchecked: Initial alarm creation',
    updatedAtMs: nowMs,
    transitionedAtMs: nowMs,
  };
}

/** An alarm's period, in seconds; of several metrics the longest. */
export function periodSeconds({ settings: { Period, Metrics } }: MetricAlarm): number {
  if (Metrics === undefined) return Period ?? 60;
  const told = Metrics.find(({ ReturnData }) => ReturnData !== false);
  const stats = Metrics.flatMap(({ MetricStat: stat }) => stat?.Period ?? []);
  return told?.Period ?? Math.max(1, ...stats);
}

/** True for an alarm whose period is less than a minute. */
export function isShort(alarm: MetricAlarm): boolean {
  return periodSeconds(alarm) * SECOND_MS < MINUTE_MS;
}

/** The metrics at which an alarm looks. */
export function metricsOf({ settings, ...scope }: MetricAlarm): MetricKey[] {
  const { Metrics } = settings;
  if (Metrics === undefined) return [metricKey(scope, settings)];
  return Metrics.flatMap(({ MetricStat: stat }) =>
    stat === undefined ? [] : [metricKey(scope, stat.Metric)],
  );
}

/** True for one of the three states' names. */
export function isStateValue(text: string): text is StateValue {
  return text === 'OK' || text === 'ALARM' || text === 'INSUFFICIENT_DATA';
}
