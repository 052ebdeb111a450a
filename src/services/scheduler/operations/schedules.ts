import type { Operations } from '#aws/models/scheduler.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import { scheduleOf } from '../check-schedule.ts';
import type { SchedulerDependencies } from '../dependencies.ts';
import { conflict, noSuchSchedule } from '../errors.ts';
import { SCHEDULES_TOPIC } from '../fire.ts';
import {
  DEFAULT_GROUP,
  nextFiringOf,
  scheduleArn,
  type Place,
  type Schedule,
  type ScheduleAddress,
} from '../model.ts';
import { pageOf } from '../paging.ts';
import { deleteScheduleRow, findSchedule, listSchedulesOf, saveSchedule } from '../store.ts';
import { requireGroup } from './groups.ts';

/** A repeated request with the same client token answers as the first one. */
export function createSchedule(dependencies: SchedulerDependencies): Operations['CreateSchedule'] {
  const { database, clock } = dependencies;
  return async (context, input) => {
    const address = addressOf(context, input);
    const schedule = scheduleOf(input, context, clock.now());
    await database.transact(async (tx) => {
      await requireGroup(tx, address, address.group, clock.now());
      const known = await findSchedule(tx, address);
      if (known === undefined) return store(dependencies, tx, address, schedule);
      const { ClientToken: token } = input;
      if (token !== undefined && known.clientToken === token) return undefined;
      throw conflict(`Schedule ${address.name} already exists.`);
    });
    return { ScheduleArn: scheduleArn(address) };
  };
}

/** Replaces all settings: what is left out gets its default. */
export function updateSchedule(dependencies: SchedulerDependencies): Operations['UpdateSchedule'] {
  const { database, clock } = dependencies;
  return async (context, input) => {
    const address = addressOf(context, input);
    const schedule = scheduleOf(input, context, clock.now());
    await database.transact(async (tx) => {
      await requireGroup(tx, address, address.group, clock.now());
      const known = await findSchedule(tx, address);
      if (known === undefined) throw noSuchSchedule(address.name);
      const { createdAtMs } = known;
      await store(dependencies, tx, address, { ...schedule, createdAtMs });
    });
    return { ScheduleArn: scheduleArn(address) };
  };
}

/** Stores a schedule and when it fires first: a rate without a start, and a time that is now, at this very instant. */
async function store(
  { random, wakeups }: SchedulerDependencies,
  tx: Transaction,
  address: ScheduleAddress,
  schedule: Schedule,
): Promise<void> {
  const isCron = schedule.expression.startsWith('cron(');
  // The instant of the request: the clock has gone on since then.
  const { modifiedAtMs: nowMs } = schedule;
  const firing = nextFiringOf(schedule, isCron ? nowMs : nowMs - 1, random);
  await saveSchedule(tx, address, schedule, firing);
  tx.afterCommit(() => wakeups.notify(SCHEDULES_TOPIC));
}

/** Tells of one schedule. */
export function getSchedule({ database, clock }: SchedulerDependencies): Operations['GetSchedule'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const schedule = await database.transact(async (tx) => {
      await requireGroup(tx, address, address.group, clock.now());
      return findSchedule(tx, address);
    });
    if (schedule === undefined) throw noSuchSchedule(address.name);
    const { startAtMs, endAtMs, description, kmsKeyArn } = schedule;
    return {
      Arn: scheduleArn(address),
      GroupName: address.group,
      Name: address.name,
      ScheduleExpression: schedule.expression,
      ...(startAtMs === undefined ? {} : { StartDate: startAtMs }),
      ...(endAtMs === undefined ? {} : { EndDate: endAtMs }),
      ...(description === undefined ? {} : { Description: description }),
      ScheduleExpressionTimezone: schedule.timeZone,
      State: schedule.state,
      CreationDate: schedule.createdAtMs,
      LastModificationDate: schedule.modifiedAtMs,
      ...(kmsKeyArn === undefined ? {} : { KmsKeyArn: kmsKeyArn }),
      Target: schedule.target,
      FlexibleTimeWindow: schedule.window,
      ActionAfterCompletion: schedule.afterCompletion,
    };
  };
}

/** Deletes a schedule; what it has handed over already goes on. */
export function deleteSchedule({
  database,
  clock,
}: SchedulerDependencies): Operations['DeleteSchedule'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    await database.transact(async (tx) => {
      await requireGroup(tx, address, address.group, clock.now());
      if (!(await deleteScheduleRow(tx, address))) throw noSuchSchedule(address.name);
    });
    return {};
  };
}

/** Lists schedules by group and name, a page at a time. */
export function listSchedules({
  database,
  clock,
}: SchedulerDependencies): Operations['ListSchedules'] {
  return async (context, input) => {
    const { GroupName, NamePrefix = '', State } = input;
    const all = await database.transact(async (tx) => {
      if (GroupName !== undefined) await requireGroup(tx, context, GroupName, clock.now());
      return listSchedulesOf(tx, context, GroupName);
    });
    const wanted = all.filter(
      ({ name, schedule }) =>
        name.startsWith(NamePrefix) && (State === undefined || schedule.state === State),
    );
    const { page, next } = pageOf(wanted, ({ group, name }) => `${group}\n${name}`, input);
    const summaries = page.map((named) => ({
      Arn: scheduleArn(named),
      Name: named.name,
      GroupName: named.group,
      State: named.schedule.state,
      CreationDate: named.schedule.createdAtMs,
      LastModificationDate: named.schedule.modifiedAtMs,
      Target: { Arn: named.schedule.target.Arn },
    }));
    return { Schedules: summaries, ...next };
  };
}

function addressOf(
  { accountId, region }: Place,
  { GroupName, Name }: { readonly GroupName?: string; readonly Name: string },
): ScheduleAddress {
  return { accountId, region, group: GroupName ?? DEFAULT_GROUP, name: Name };
}
