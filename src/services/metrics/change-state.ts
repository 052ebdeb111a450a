/** The one way by which an alarm's state changes: stored, told to its targets, and followed by composites. */
import type { Transaction } from '#ports/world/database.ts';
import type { Alarm, AlarmState, CompositeAlarm, StateValue } from './alarm.ts';
import { actionsOf } from './alarm-actions.ts';
import { stateChangeEvent } from './alarm-events.ts';
import { parseAlarmRule } from './alarm-rule.ts';
import type { MetricsDependencies } from './dependencies.ts';
import { offsetTime } from './evaluate-alarm.ts';
import type { Verdict } from './evaluate-alarm.ts';
import { actionTaken, stateUpdate } from './history.ts';
import { alarmArn, isNamed } from './model.ts';
import { listAlarms, putAlarm } from './store-alarms.ts';
import { noteHistory } from './store-history.ts';

/** Composites that name composites: as deep as they are followed. */
const DEPTH_MAX = 10;

export interface StateChange {
  readonly alarm: Alarm;
  readonly verdict: Verdict;
  /** How many composites led here. */
  readonly depth?: number;
}

type Dependencies = Pick<MetricsDependencies, 'clock' | 'deliverer' | 'log'>;

/** Puts an alarm into a state; what its targets must know becomes part of the transaction. */
export async function changeState(
  { clock, deliverer, log }: Dependencies,
  tx: Transaction,
  { alarm, verdict, depth = 0 }: StateChange,
): Promise<void> {
  const updatedAtMs = Math.floor(clock.now());
  const isTransition = verdict.value !== alarm.state.value;
  const state: AlarmState = {
    ...verdict,
    updatedAtMs,
    transitionedAtMs: isTransition ? updatedAtMs : alarm.state.transitionedAtMs,
  };
  const changed = { ...alarm, state };
  await putAlarm(tx, changed);
  if (isTransition) {
    await noteHistory(tx, alarm, updatedAtMs, stateUpdate(changed, alarm.state));
    await deliverer.deliver(stateChangeEvent(changed, alarm.state), tx);
  }
  for (const delivery of actionsOf(changed, alarm.state)) {
    const outcome = await deliverer.deliver(delivery, tx);
    const taken = actionTaken(changed, delivery, outcome === 'deliverable');
    await noteHistory(tx, alarm, updatedAtMs, taken);
    if (outcome !== 'deliverable') {
      log.warn('an alarm could not tell its target', {
        alarm: alarm.name,
        target: delivery.targetArn,
        outcome,
      });
    }
  }
  if (isTransition) await followComposites({ clock, deliverer, log }, tx, changed, depth);
}

async function followComposites(
  dependencies: Dependencies,
  tx: Transaction,
  changed: Alarm,
  depth: number,
): Promise<void> {
  if (depth >= DEPTH_MAX) return;
  const alarms = await listAlarms(tx, changed);
  for (const alarm of alarms) {
    if (alarm.kind !== 'composite' || alarm.name === changed.name) continue;
    const verdict = judgeComposite(alarm, alarms, changed);
    if (verdict !== undefined)
      await changeState(dependencies, tx, { alarm, verdict, depth: depth + 1 });
  }
}

/** What a composite's rule says after one of its alarms changed; `undefined` where it stays as it is. */
export function judgeComposite(
  composite: CompositeAlarm,
  alarms: readonly Alarm[],
  changed: Alarm | undefined,
): Verdict | undefined {
  const rule = parseAlarmRule(composite.settings.AlarmRule);
  const find = (named: string): Alarm | undefined => alarms.find((alarm) => isNamed(alarm, named));
  const stateOf = (named: string): StateValue | undefined => find(named)?.state.value;
  if (changed !== undefined && !rule.alarms.some((named) => find(named)?.name === changed.name))
    return undefined;
  const value = rule.isTrue(stateOf) ? 'ALARM' : 'OK';
  if (value === composite.state.value) return undefined;
  if (changed === undefined)
    return { value, reason: `The rule of ${composite.name} is ${value === 'ALARM'}.` };
  const arn = alarmArn(changed, changed.name);
  const time = longTime(changed.state.updatedAtMs);
  return {
    value,
    reason: `${arn} transitioned to ${changed.state.value} at ${time}`,
    reasonData: JSON.stringify({
      triggeringAlarms: [
        {
          arn,
          state: { value: changed.state.value, timestamp: offsetTime(changed.state.updatedAtMs) },
        },
      ],
    }),
  };
}

/** `Friday 19 September, 2025 21:03:22 UTC`. */
function longTime(atMs: number): string {
  const at = new Date(atMs);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    at.toLocaleString('en-US', { timeZone: 'UTC', ...options });
  const [weekday, month] = [part({ weekday: 'long' }), part({ month: 'long' })];
  const day = String(at.getUTCDate()).padStart(2, '0');
  const time = at.toISOString().slice(11, 19);
  return `${weekday} ${day} ${month}, ${at.getUTCFullYear()} ${time} UTC`;
}
