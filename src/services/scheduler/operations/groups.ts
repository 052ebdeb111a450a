import type { Operations, ScheduleGroupSummary } from '#aws/models/scheduler.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { SchedulerDependencies } from '../dependencies.ts';
import { conflict, noSuchGroup, quotaExceeded, validation } from '../errors.ts';
import { GROUPS_MAX } from '../limits.ts';
import { DEFAULT_GROUP, groupArn, type Group, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { deleteGroupRows, findGroup, listGroups, saveGroup } from '../store.ts';

/** Makes a group for schedules. */
export function createScheduleGroup({
  database,
  clock,
}: SchedulerDependencies): Operations['CreateScheduleGroup'] {
  return async (context, { Name: name, Tags }) => {
    const nowMs = clock.now();
    const tags = Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    await database.transact(async (tx) => {
      if (name === DEFAULT_GROUP || (await findGroup(tx, context, name)) !== undefined) {
        throw conflict(`Schedule group ${name} already exists.`);
      }
      if ((await listGroups(tx, context)).length >= GROUPS_MAX) {
        throw quotaExceeded(`The maximum number of schedule groups is ${GROUPS_MAX}.`);
      }
      await saveGroup(tx, context, { name, tags, createdAtMs: nowMs, modifiedAtMs: nowMs });
    });
    return { ScheduleGroupArn: groupArn(context, name) };
  };
}

/** Its schedules go with it. */
export function deleteScheduleGroup({
  database,
}: SchedulerDependencies): Operations['DeleteScheduleGroup'] {
  return async (context, { Name: name }) => {
    if (name === DEFAULT_GROUP) throw validation('The default schedule group cannot be deleted.');
    await database.transact(async (tx) => {
      if ((await findGroup(tx, context, name)) === undefined) throw noSuchGroup(name);
      await deleteGroupRows(tx, context, name);
    });
    return {};
  };
}

/** Tells of one group. */
export function getScheduleGroup({
  database,
  clock,
}: SchedulerDependencies): Operations['GetScheduleGroup'] {
  return async (context, { Name: name }) => {
    const group = await database.transact((tx) => requireGroup(tx, context, name, clock.now()));
    return describe(context, group);
  };
}

/** Lists groups by name, a page at a time. */
export function listScheduleGroups({
  database,
  clock,
}: SchedulerDependencies): Operations['ListScheduleGroups'] {
  return async (context, input) => {
    const groups = await database.transact(async (tx) => {
      await requireGroup(tx, context, DEFAULT_GROUP, clock.now());
      return listGroups(tx, context);
    });
    const named = groups.filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
    const { page, next } = pageOf(named, ({ name }) => name, input);
    return { ScheduleGroups: page.map((group) => describe(context, group)), ...next };
  };
}

/**
 * A group; the default group is there when it is asked for.
 * @throws AwsError ResourceNotFoundException
 */
export async function requireGroup(
  tx: Transaction,
  place: Place,
  name: string,
  nowMs: number,
): Promise<Group> {
  const known = await findGroup(tx, place, name);
  if (known !== undefined) return known;
  if (name !== DEFAULT_GROUP) throw noSuchGroup(name);
  const group: Group = { name, tags: {}, createdAtMs: nowMs, modifiedAtMs: nowMs };
  await saveGroup(tx, place, group);
  return group;
}

function describe(place: Place, group: Group): ScheduleGroupSummary {
  return {
    Arn: groupArn(place, group.name),
    Name: group.name,
    State: 'ACTIVE',
    CreationDate: group.createdAtMs,
    LastModificationDate: group.modifiedAtMs,
  };
}
