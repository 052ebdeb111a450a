/** Schedules and groups: what they are, and when a schedule fires next. */
import type { FlexibleTimeWindow, Target } from '#aws/models/scheduler.types.gen.ts';
import { formatArn } from '#kernel/arn.ts';
import { nextFiring, parseSchedulerExpression } from '#kernel/schedule/index.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import type { Random } from '#ports/world/random.ts';

export const DEFAULT_GROUP = 'default';

/** Where something lives. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export interface ScheduleAddress extends Place {
  readonly group: string;
  readonly name: string;
}

/** Times are ms since 1970. */
export interface Schedule {
  readonly expression: string;
  readonly timeZone: string;
  readonly startAtMs?: number;
  readonly endAtMs?: number;
  readonly description?: string;
  readonly state: string;
  readonly kmsKeyArn?: string;
  readonly target: Target;
  readonly window: FlexibleTimeWindow;
  readonly afterCompletion: string;
  readonly clientToken?: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

export interface Group {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** When a schedule is to fire: its own time, and that time moved within its flexible window. */
export interface Firing {
  readonly scheduledAtMs: number;
  readonly dueAtMs: number;
}

/** `arn:aws:scheduler:REGION:ACCOUNT:schedule/GROUP/NAME`. */
export function scheduleArn({ accountId, region, group, name }: ScheduleAddress): string {
  return formatArn('scheduler', region, accountId, `schedule/${group}/${name}`);
}

/** `arn:aws:scheduler:REGION:ACCOUNT:schedule-group/NAME`. */
export function groupArn({ accountId, region }: Place, name: string): string {
  return formatArn('scheduler', region, accountId, `schedule-group/${name}`);
}

/** The length of a schedule's flexible window. */
export function windowMsOf({ window }: Pick<Schedule, 'window'>): number {
  return window.Mode === 'FLEXIBLE' ? (window.MaximumWindowInMinutes ?? 0) * MINUTE_MS : 0;
}

/**
 * A schedule's first firing after an instant; `undefined` where it is disabled or has ended.
 * A rate fires first at its start, or at once where it has none.
 */
export function nextFiringOf(
  schedule: Schedule,
  afterMs: number,
  random: Random,
  hasBegun = false,
): Firing | undefined {
  const expression = parseSchedulerExpression(schedule.expression);
  if (expression === undefined || schedule.state === 'DISABLED') return undefined;
  const { startAtMs, endAtMs = Infinity, timeZone } = schedule;
  // A single time heeds neither start nor end.
  const isSingle = expression.kind === 'at';
  const earliestMs =
    isSingle || startAtMs === undefined ? afterMs : Math.max(afterMs, startAtMs - 1);
  const scheduledAtMs = nextFiring(expression, {
    afterMs: earliestMs,
    anchorMs: startAtMs ?? schedule.modifiedAtMs,
    timeZone,
    hasBegun,
  });
  if (scheduledAtMs === undefined || (!isSingle && scheduledAtMs > endAtMs)) return undefined;
  const delayMs = Math.floor(random.fraction() * windowMsOf(schedule));
  return { scheduledAtMs, dueAtMs: scheduledAtMs + delayMs };
}
