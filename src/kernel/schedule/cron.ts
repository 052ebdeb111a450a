/** Cron expressions of six fields: minutes, hours, day of month, month, day of week, year. */
import { DAY_MS, MINUTE_MS } from '#kernel/units.ts';
import { daysOf, parseDays, type CronDays } from './cron-days.ts';
import { HOURS, MINUTES, MONTHS, parseField, YEARS } from './cron-field.ts';

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: CronDays;
  readonly months: readonly number[];
  readonly years: readonly number[];
}

/**
 * Parses what stands between `cron(` and `)`; `undefined` where AWS would refuse it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) return undefined;
  const [minute = '', hour = '', ofMonth = '', month = '', ofWeek = '', year = ''] = fields;
  const minutes = parseField(minute, MINUTES);
  const hours = parseField(hour, HOURS);
  const months = parseField(month, MONTHS);
  const years = parseField(year, YEARS);
  const days = parseDays(ofMonth, ofWeek);
  if (!minutes || !hours || !months || !years || !days) return undefined;
  return { minutes, hours, days, months, years };
}

/**
 * The first time that the expression allows after `afterMs`, both read as the clock on a wall and written as if
 * that were UTC, in ms since 1970; `undefined` where none is left.
 */
export function nextCronTime(cron: Cron, afterMs: number): number | undefined {
  const start = new Date((Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS);
  const startYear = start.getUTCFullYear();
  for (const year of cron.years) {
    if (year < startYear) continue;
    for (const month of cron.months) {
      const foundMs = firstOfMonth(cron, { year, month }, start);
      if (foundMs !== undefined) return foundMs;
    }
  }
  return undefined;
}

/** The first allowed time within a month, at or after `start`. */
function firstOfMonth(
  cron: Cron,
  { year, month }: { readonly year: number; readonly month: number },
  start: Date,
): number | undefined {
  if (Date.UTC(year, month, 1) <= start.getTime()) return undefined;
  const startDayMs = Math.floor(start.getTime() / DAY_MS) * DAY_MS;
  for (const date of daysOf(cron.days, year, month)) {
    const dayMs = Date.UTC(year, month - 1, date);
    if (dayMs < startDayMs) continue;
    const earliest = dayMs > startDayMs ? 0 : (start.getTime() - startDayMs) / MINUTE_MS;
    const minute = firstMinute(cron, earliest);
    if (minute !== undefined) return dayMs + minute * MINUTE_MS;
  }
  return undefined;
}

/** The first minute of a day, at or after `earliest`, both counted from midnight. */
function firstMinute({ hours, minutes }: Cron, earliest: number): number | undefined {
  for (const hour of hours) {
    if (hour * 60 + 59 < earliest) continue;
    const minute = minutes.find((candidate) => hour * 60 + candidate >= earliest);
    if (minute !== undefined) return hour * 60 + minute;
  }
  return undefined;
}
