/** Schedule expressions: when they fire next. */
import { unreachable } from '#kernel/assert.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kernel/units.ts';
import { nextCronTime, parseCron, type Cron } from './cron.ts';
import { openTimeZone } from './time-zone.ts';

export type ScheduleExpression =
  | { readonly kind: 'cron'; readonly cron: Cron }
  | { readonly kind: 'rate'; readonly periodMs: number }
  /** A wall clock's time, written as if it were UTC, in ms. */
  | { readonly kind: 'at'; readonly wallClockMs: number };

/**
 * An expression of an EventBridge rule: `cron(...)` or `rate(...)`; `undefined` where AWS refuses it.
 * A rate's unit is singular for 1 and plural else.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseRuleExpression(text: string): ScheduleExpression | undefined {
  const { name, content } = splitExpression(text);
  if (name === 'cron') return cronOf(content);
  return name === 'rate' ? rateOf(content, true) : undefined;
}

/**
 * An expression of EventBridge Scheduler: also `at(...)`; a rate's unit may be singular or plural.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseSchedulerExpression(text: string): ScheduleExpression | undefined {
  const { name, content } = splitExpression(text);
  if (name === 'cron') return cronOf(content);
  if (name === 'at') return atOf(content);
  return name === 'rate' ? rateOf(content, false) : undefined;
}

export interface FiringOptions {
  /** Only firings after this instant count, in ms since 1970. */
  readonly afterMs: number;
  /** From where a rate counts; its first firing is the anchor itself where that is after `afterMs`. */
  readonly anchorMs: number;
  /** An IANA name; UTC where nothing is said. */
  readonly timeZone?: string;
  /** True for a rate that counts already: it goes on where the clock was set back to before its anchor. */
  readonly hasBegun?: boolean;
}

/**
 * The first firing after an instant, in ms since 1970; `undefined` where none is left.
 * A time that daylight saving skips does not fire; one that it repeats fires the first time only.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html Daylight savings time
 */
export function nextFiring(
  expression: ScheduleExpression,
  { afterMs, anchorMs, timeZone = 'UTC', hasBegun = false }: FiringOptions,
): number | undefined {
  switch (expression.kind) {
    case 'rate':
      if (anchorMs > afterMs && !hasBegun) return anchorMs;
      return nextOfRate(expression.periodMs, afterMs, anchorMs);
    case 'at': {
      const instantMs = openTimeZone(timeZone).firstInstantOf(expression.wallClockMs);
      return instantMs !== undefined && instantMs > afterMs ? instantMs : undefined;
    }
    case 'cron':
      return nextOfCron(expression.cron, afterMs, timeZone);
    default:
      return unreachable(expression);
  }
}

/**
 * After which instant a rate has to be planned anew, in ms since 1970; `undefined` where nothing has to be. Where the
 * clock was set back, and the firing is further away than its period, it goes on from now; where it was set ahead, and
 * passed the firing, the last beat that was passed over fires, and none before. A date, as a cron's, comes when the clock
 * shows it or has passed it, and once.
 */
export function replanAfter(
  expression: ScheduleExpression | undefined,
  firingAtMs: number,
  { nowMs, isAhead }: { readonly nowMs: number; readonly isAhead: boolean },
): number | undefined {
  if (expression?.kind !== 'rate') return undefined;
  if (isAhead) return firingAtMs <= nowMs ? nowMs - expression.periodMs : undefined;
  return firingAtMs - nowMs > expression.periodMs ? nowMs : undefined;
}

function nextOfRate(periodMs: number, afterMs: number, anchorMs: number): number {
  return anchorMs + (Math.floor((afterMs - anchorMs) / periodMs) + 1) * periodMs;
}

function nextOfCron(cron: Cron, afterMs: number, timeZone: string): number | undefined {
  const zone = openTimeZone(timeZone);
  let wallClockMs = nextCronTime(cron, zone.wallClockAt(afterMs));
  while (wallClockMs !== undefined) {
    const instantMs = zone.firstInstantOf(wallClockMs);
    if (instantMs !== undefined && instantMs > afterMs) return instantMs;
    wallClockMs = nextCronTime(cron, wallClockMs);
  }
  return undefined;
}

function splitExpression(text: string): { readonly name: string; readonly content: string } {
  const [, name = '', content = ''] = /^(cron|rate|at)\((.*)\)$/.exec(text) ?? [];
  return { name, content };
}

function cronOf(content: string): ScheduleExpression | undefined {
  const cron = parseCron(content);
  return cron && { kind: 'cron', cron };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

function rateOf(content: string, isNumberStrict: boolean): ScheduleExpression | undefined {
  const [, digits = '', unit = '', plural] =
    /^(\d{1,9}) (minute|hour|day)(s?)$/.exec(content) ?? [];
  const value = Number(digits);
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined || value < 1) return undefined;
  if (isNumberStrict && (plural === 's') !== value > 1) return undefined;
  return { kind: 'rate', periodMs: value * unitMs };
}

function atOf(content: string): ScheduleExpression | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(content)) return undefined;
  const wallClockMs = Date.parse(`${content}Z`);
  // Date.parse takes the 31st of February for the 3rd of March.
  const isDate =
    !Number.isNaN(wallClockMs) && new Date(wallClockMs).toISOString().startsWith(content);
  return isDate ? { kind: 'at', wallClockMs } : undefined;
}
