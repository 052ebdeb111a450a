/** Amazon EventBridge Scheduler: schedules in time zones, groups, flexible windows. */
import { scheduler as model } from '#aws/models/scheduler.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { Agenda } from '#ports/peers/agenda.ts';
import type { Schema } from '#ports/world/database.ts';
import type { SchedulerDependencies } from './dependencies.ts';
import { runSchedules } from './fire.ts';
import * as groups from './operations/groups.ts';
import * as schedules from './operations/schedules.ts';
import * as tags from './operations/tags.ts';
import { SCHEDULER_PERMISSIONS } from './permissions.ts';
import { nextDueOfAll, schedulerSchema } from './store.ts';

export type { SchedulerDependencies } from './dependencies.ts';

export interface Scheduler {
  readonly service: Service;
  readonly schema: Schema;
  /** When the next schedule fires. */
  readonly agenda: Agenda;
  /** Fires schedules until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Amazon EventBridge Scheduler over a database whose schema was migrated. */
export function createScheduler(dependencies: SchedulerDependencies): Scheduler {
  const operations: Service['operations'] = {
    CreateSchedule: schedules.createSchedule(dependencies),
    CreateScheduleGroup: groups.createScheduleGroup(dependencies),
    DeleteSchedule: schedules.deleteSchedule(dependencies),
    DeleteScheduleGroup: groups.deleteScheduleGroup(dependencies),
    GetSchedule: schedules.getSchedule(dependencies),
    GetScheduleGroup: groups.getScheduleGroup(dependencies),
    ListScheduleGroups: groups.listScheduleGroups(dependencies),
    ListSchedules: schedules.listSchedules(dependencies),
    ListTagsForResource: tags.listTagsForResource(dependencies),
    TagResource: tags.tagResource(dependencies),
    UntagResource: tags.untagResource(dependencies),
    UpdateSchedule: schedules.updateSchedule(dependencies),
  };
  return {
    service: { model, operations, permissions: SCHEDULER_PERMISSIONS },
    schema: schedulerSchema,
    agenda: nextDueOfAll,
    run: (signal) => runSchedules(dependencies, signal),
  };
}
