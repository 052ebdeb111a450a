/**
 * Fires schedules that are due.
 * I1 A firing's delivery and the time of the next one are one transaction: a firing happens once, however often the
 * server restarts. I2 Of firings that were missed while the server was down, the first is made up for, unless it is
 * older than its retry policy allows; the others are left out.
 */
import { MINUTE_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { deliverFiring } from './deliver.ts';
import type { SchedulerDependencies } from './dependencies.ts';
import { nextFiringOf, windowMsOf } from './model.ts';
import {
  deleteScheduleRow,
  dueSchedules,
  nextDueOfAll,
  saveSchedule,
  type DueSchedule,
} from './store.ts';

export const SCHEDULES_TOPIC = 'scheduler/schedules';
const SCHEDULES_PER_TRANSACTION = 50;

/** Fires until the signal aborts; sleeps until the next schedule is due. */
export function runSchedules(
  dependencies: SchedulerDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { clock, wakeups } = dependencies;
  return runDueLoop({
    clock,
    wakeups,
    topic: SCHEDULES_TOPIC,
    // A clock that jumps is noticed within the minute.
    intervalMs: MINUTE_MS,
    signal,
    work: () => fireDueSchedules(dependencies),
  });
}

async function fireDueSchedules(dependencies: SchedulerDependencies): Promise<number | undefined> {
  const { database, clock } = dependencies;
  const nextMs = await database.read(nextDueOfAll);
  if (nextMs === undefined || nextMs > clock.now()) return nextMs;
  await database.transact(async (tx) => {
    for (const due of await dueSchedules(tx, clock.now(), SCHEDULES_PER_TRANSACTION)) {
      await deliverFiring(dependencies, tx, due);
      await plan(dependencies, tx, due);
    }
  });
  return database.read(nextDueOfAll);
}

/** Stores the next firing; a schedule that has none goes where that was asked for. */
async function plan(
  { clock, random }: SchedulerDependencies,
  tx: Transaction,
  due: DueSchedule,
): Promise<void> {
  const { schedule, firing } = due;
  const afterMs = Math.max(firing.scheduledAtMs, clock.now() - windowMsOf(schedule));
  const next = nextFiringOf(schedule, afterMs, random);
  if (next === undefined && schedule.afterCompletion === 'DELETE') {
    await deleteScheduleRow(tx, due);
  } else {
    await saveSchedule(tx, due, schedule, next);
  }
}
