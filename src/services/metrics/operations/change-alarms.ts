/** The operations that change or delete alarms that are there. */
import type {
  DeleteAlarmsInput,
  DisableAlarmActionsInput,
  EnableAlarmActionsInput,
  SetAlarmStateInput,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { parseJson } from '#kernel/json.ts';
import type { Transaction } from '#ports/world/database.ts';
import { isStateValue } from '../alarm.ts';
import type { Alarm } from '../alarm.ts';
import { configurationChangeEvent } from '../alarm-events.ts';
import { parseAlarmRule } from '../alarm-rule.ts';
import { changeState } from '../change-state.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { alarmsNeeded, invalidFormat, noAlarm, validationError } from '../errors.ts';
import { configurationUpdate } from '../history.ts';
import { isNamed } from '../model.ts';
import type { Scope } from '../model.ts';
import { deleteAlarm, findAlarm, listAlarms, putAlarm } from '../store-alarms.ts';
import { noteHistory } from '../store-history.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html */
export function setAlarmState(
  dependencies: MetricsDependencies,
): Operation<SetAlarmStateInput, void> {
  return (
    context,
    { AlarmName, StateValue: value, StateReason: reason, StateReasonData: reasonData },
  ) =>
    dependencies.database.transact(async (tx) => {
      const alarm = await findAlarm(tx, context, AlarmName);
      if (alarm === undefined) throw noAlarm();
      if (reasonData !== undefined && parseJson(reasonData) === undefined) throw invalidFormat();
      if (!isStateValue(value)) throw validationError(`The state ${value} is not known.`);
      const verdict = { value, reason, ...(reasonData === undefined ? {} : { reasonData }) };
      await changeState(dependencies, tx, { alarm, verdict });
    });
}

/** An alarm that is not there is no error. */
export function deleteAlarms({
  database,
  clock,
  deliverer,
}: MetricsDependencies): Operation<DeleteAlarmsInput, void> {
  return (context, { AlarmNames }) =>
    database.transact(async (tx) => {
      const needed = await neededAlarms(tx, context, AlarmNames);
      if (needed.length > 0) throw alarmsNeeded(needed);
      for (const name of AlarmNames) {
        const alarm = await findAlarm(tx, context, name);
        if (alarm === undefined) continue;
        await deleteAlarm(tx, context, name);
        const item = configurationUpdate(alarm, 'Delete');
        const nowMs = Math.floor(clock.now());
        await noteHistory(tx, alarm, nowMs, item);
        await deliverer.deliver(configurationChangeEvent(alarm, 'delete', { nowMs }), tx);
      }
    });
}

/** Those on which a composite stands that is not deleted with them. */
async function neededAlarms(
  tx: Transaction,
  scope: Scope,
  names: readonly string[],
): Promise<string[]> {
  const alarms = await listAlarms(tx, scope);
  const rules = alarms.flatMap((alarm) =>
    alarm.kind === 'composite' && !names.includes(alarm.name)
      ? parseAlarmRule(alarm.settings.AlarmRule).alarms
      : [],
  );
  return names.filter((name) => rules.some((named) => isNamed({ ...scope, name }, named)));
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html */
export function enableAlarmActions({
  database,
}: MetricsDependencies): Operation<EnableAlarmActionsInput, void> {
  return (context, { AlarmNames }) =>
    database.transact((tx) => setActions(tx, context, AlarmNames, true));
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableAlarmActions.html */
export function disableAlarmActions({
  database,
}: MetricsDependencies): Operation<DisableAlarmActionsInput, void> {
  return (context, { AlarmNames }) =>
    database.transact((tx) => setActions(tx, context, AlarmNames, false));
}

async function setActions(
  tx: Transaction,
  scope: Scope,
  names: readonly string[],
  isEnabled: boolean,
): Promise<void> {
  for (const name of names) {
    const alarm = await findAlarm(tx, scope, name);
    if (alarm === undefined) continue;
    // Both kinds of settings have the member.
    await putAlarm(tx, {
      ...alarm,
      settings: { ...alarm.settings, ActionsEnabled: isEnabled },
    } as Alarm);
  }
}
