/** The days of a month that a cron expression's two fields of days allow. */
import { DAYS_OF_MONTH, DAYS_OF_WEEK, parseField, parseValue } from './cron-field.ts';

export type CronDays =
  | {
      readonly kind: 'of-month';
      readonly dates: readonly number[];
      /** `15W`: the weekday nearest to the 15th, in the same month. */
      readonly nearWeekdays: readonly number[];
      /** `L` */
      readonly isLast: boolean;
      /** `LW` */
      readonly isLastWeekday: boolean;
    }
  | {
      readonly kind: 'of-week';
      /** 1 is Sunday. */
      readonly weekdays: readonly number[];
      /** `6L`: the last Friday. */
      readonly lastOfMonth: readonly number[];
      /** `3#2`: the second Tuesday. */
      readonly nth: readonly { readonly weekday: number; readonly n: number }[];
    };

/**
 * Exactly one of the two fields is `?`, the other one decides.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseDays(ofMonth: string, ofWeek: string): CronDays | undefined {
  if (ofMonth === '?') return ofWeek === '?' ? undefined : parseDaysOfWeek(ofWeek);
  return ofWeek === '?' ? parseDaysOfMonth(ofMonth) : undefined;
}

function parseDaysOfMonth(text: string): CronDays | undefined {
  const plain: string[] = [];
  const nearWeekdays: number[] = [];
  let isLast = false;
  let isLastWeekday = false;
  for (const part of text.toUpperCase().split(',')) {
    if (part === 'L') isLast = true;
    else if (part === 'LW') isLastWeekday = true;
    else if (part.endsWith('W')) {
      const date = parseValue(part.slice(0, -1), DAYS_OF_MONTH);
      if (date === undefined) return undefined;
      nearWeekdays.push(date);
    } else plain.push(part);
  }
  const dates = plain.length === 0 ? [] : parseField(plain.join(','), DAYS_OF_MONTH);
  if (dates === undefined) return undefined;
  return { kind: 'of-month', dates, nearWeekdays, isLast, isLastWeekday };
}

const SATURDAY = 7;

function parseDaysOfWeek(text: string): CronDays | undefined {
  const plain: string[] = [];
  const lastOfMonth: number[] = [];
  const nth: { weekday: number; n: number }[] = [];
  const parts = text.toUpperCase().split(',');
  // AWS: with `#`, the field takes one expression only.
  if (parts.length > 1 && text.includes('#')) return undefined;
  for (const part of parts) {
    const [, name, mark, count] = /^([A-Z0-9]+?)(?:(L)|#([1-5]))$/.exec(part) ?? [];
    if (part === 'L') plain.push(String(SATURDAY));
    else if (name === undefined) plain.push(part);
    else {
      const weekday = parseValue(name, DAYS_OF_WEEK);
      if (weekday === undefined) return undefined;
      if (mark === 'L') lastOfMonth.push(weekday);
      else nth.push({ weekday, n: Number(count) });
    }
  }
  const weekdays = plain.length === 0 ? [] : parseField(plain.join(','), DAYS_OF_WEEK);
  return weekdays === undefined ? undefined : { kind: 'of-week', weekdays, lastOfMonth, nth };
}

/** The allowed dates of a month, ascending. `month` is 1 to 12. */
export function daysOf(days: CronDays, year: number, month: number): readonly number[] {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 1;
  const weekdayOf = (date: number): number => ((firstWeekday + date - 2) % 7) + 1;
  const allowed = new Set<number>();
  if (days.kind === 'of-month') {
    for (const date of days.dates) if (date <= length) allowed.add(date);
    for (const date of days.nearWeekdays) {
      if (date <= length) allowed.add(nearestWeekday(date, length, weekdayOf));
    }
    if (days.isLast) allowed.add(length);
    if (days.isLastWeekday) allowed.add(nearestWeekday(length, length, weekdayOf));
  } else {
    for (let date = 1; date <= length; date += 1) {
      if (isDayOfWeek(days, { date, length, weekday: weekdayOf(date) })) allowed.add(date);
    }
  }
  return [...allowed].sort((a, b) => a - b);
}

function isDayOfWeek(
  { weekdays, lastOfMonth, nth }: Extract<CronDays, { kind: 'of-week' }>,
  day: { readonly date: number; readonly length: number; readonly weekday: number },
): boolean {
  if (weekdays.includes(day.weekday)) return true;
  if (day.date + 7 > day.length && lastOfMonth.includes(day.weekday)) return true;
  const n = Math.ceil(day.date / 7);
  return nth.some((wanted) => wanted.weekday === day.weekday && wanted.n === n);
}

/** Saturday moves to the Friday before, Sunday to the Monday after, but never out of the month. */
function nearestWeekday(date: number, length: number, weekdayOf: (date: number) => number): number {
  const weekday = weekdayOf(date);
  if (weekday === SATURDAY) return date > 1 ? date - 1 : date + 2;
  if (weekday === 1) return date < length ? date + 1 : date - 2;
  return date;
}
