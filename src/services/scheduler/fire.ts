/**
 * Fires schedules that are due.
 * I1 Of firings that were missed while the server was down, the first and those of the last minutes are made up for,
 * unless they are older than the retry policy allows; the others are left out.
 * I2 A clock that is set back makes no time of a cron fire again, and lets no rate wait for longer than its period;
 * one that is set ahead is an outage for crons, and for a rate whose time it passed one firing.
 */
import { parseSchedulerExpression, replanAfter, resumeAfter } from '#kernel/schedule/index.ts';
import type { Transaction } from '#ports/world/database.ts';
import { replan, runFiringLoop } from '#ports/world/firing-loop.ts';
import { deliverFiring } from './deliver.ts';
import type { SchedulerDependencies } from './dependencies.ts';
import { nextFiringOf, windowMsOf } from './model.ts';
import {
  deleteScheduleRow,
  dueSchedules,
  firingSchedules,
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
  return runFiringLoop({
    ...dependencies,
    topic: SCHEDULES_TOPIC,
    nextDueAt: nextDueOfAll,
    fire: async (tx) => {
      const nowMs = dependencies.clock.now();
      for (const due of await dueSchedules(tx, nowMs, SCHEDULES_PER_TRANSACTION)) {
        await deliverFiring(dependencies, tx, due);
        await plan(dependencies, tx, due);
      }
    },
    resume: (jump) => resumeRates(dependencies, jump === 'ahead'),
    signal,
  });
}

/** Lets rates go on that were planned by a clock that has jumped (I2), but not before their start. */
function resumeRates(dependencies: SchedulerDependencies, isAhead: boolean): Promise<void> {
  const { database, clock, random } = dependencies;
  const nowMs = clock.now();
  return replan<DueSchedule>({
    database,
    firing: firingSchedules,
    afterMsOf: ({ schedule, firing }) => {
      if ((schedule.startAtMs ?? 0) > nowMs) return undefined;
      const expression = parseSchedulerExpression(schedule.expression);
      return replanAfter(expression, firing.scheduledAtMs, { nowMs, isAhead });
    },
    plan: (tx, due, afterMs) =>
      saveSchedule(tx, due, due.schedule, nextFiringOf(due.schedule, afterMs, random, true)),
  });
}

/** Stores the next firing; a schedule that has none goes where that was asked for. */
async function plan(
  { clock, random }: SchedulerDependencies,
  tx: Transaction,
  due: DueSchedule,
): Promise<void> {
  const { schedule, firing } = due;
  const afterMs = resumeAfter(firing.scheduledAtMs, clock.now(), windowMsOf(schedule));
  const next = nextFiringOf(schedule, afterMs, random, true);
  if (next === undefined && schedule.afterCompletion === 'DELETE') {
    await deleteScheduleRow(tx, due);
  } else {
    await saveSchedule(tx, due, schedule, next);
  }
}
