/** The operations that change or delete alarms that are there. */
import type {
  DeleteAlarmsInput,
  DisableAlarmActionsInput,
  EnableAlarmActionsInput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  SetAlarmStateInput,
  TagResourceInput,
  UntagResourceInput,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Transaction } from '#ports/world/database.ts';
import { isStateValue } from '../alarm.ts';
import type { Alarm } from '../alarm.ts';
import { changeState } from '../change-state.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { noAlarm, validationError } from '../errors.ts';
import type { Scope } from '../model.ts';
import { deleteAlarm, findAlarm, putAlarm } from '../store-alarms.ts';
import { tagsOf } from './put-alarm.ts';

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
      if (!isStateValue(value)) throw validationError(`The state ${value} is not known.`);
      const verdict = { value, reason, ...(reasonData === undefined ? {} : { reasonData }) };
      await changeState(dependencies, tx, { alarm, verdict });
    });
}

/** An alarm that is not there is no error. */
export function deleteAlarms({
  database,
}: MetricsDependencies): Operation<DeleteAlarmsInput, void> {
  return (context, { AlarmNames }) =>
    database.transact(async (tx) => {
      for (const name of AlarmNames) await deleteAlarm(tx, context, name);
    });
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

/** Tags of an alarm that is not there are none, as `test_tagging_metric_alarm` recorded. */
export function listTagsForResource({
  database,
}: MetricsDependencies): Operation<ListTagsForResourceInput, ListTagsForResourceOutput> {
  return (context, { ResourceARN }) =>
    database.read(async (queries) => {
      const alarm = await findAlarm(queries, context, alarmName(ResourceARN));
      return { Tags: Object.entries(alarm?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) };
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
export function tagResource({
  database,
}: MetricsDependencies): Operation<TagResourceInput, Record<string, never>> {
  return (context, { ResourceARN, Tags }) =>
    database.transact(async (tx) => {
      await setTags(tx, context, ResourceARN, (tags) => ({ ...tags, ...tagsOf(Tags) }));
      return {};
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_UntagResource.html */
export function untagResource({
  database,
}: MetricsDependencies): Operation<UntagResourceInput, Record<string, never>> {
  return (context, { ResourceARN, TagKeys }) =>
    database.transact(async (tx) => {
      const keep = ([key]: readonly [string, string]): boolean => !TagKeys.includes(key);
      await setTags(tx, context, ResourceARN, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(keep)),
      );
      return {};
    });
}

type Tags = Readonly<Record<string, string>>;

async function setTags(
  tx: Transaction,
  scope: Scope,
  arn: string,
  change: (tags: Tags) => Tags,
): Promise<void> {
  const alarm = await findAlarm(tx, scope, alarmName(arn));
  if (alarm === undefined) throw noAlarm();
  await putAlarm(tx, { ...alarm, tags: change(alarm.tags) });
}

function alarmName(arn: string): string {
  return (parseArn(arn)?.resource ?? '').replace(/^alarm:/, '');
}
