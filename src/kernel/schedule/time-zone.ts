/** Wall clocks of IANA's time zones, by Intl. */
import { DAY_MS } from '#kernel/units.ts';

export interface TimeZone {
  /** What a clock on a wall shows at an instant, written as if it were UTC, in ms. */
  wallClockAt(instantMs: number): number;
  /**
   * The first instant at which the wall clock shows a time; `undefined` for a time that daylight saving skips.
   */
  firstInstantOf(wallClockMs: number): number | undefined;
}

const UTC: TimeZone = {
  wallClockAt: (instantMs) => instantMs,
  firstInstantOf: (wallClockMs) => wallClockMs,
};

/** True for a zone that Intl knows, by its name in IANA's database. */
export function isTimeZone(name: string): boolean {
  // Intl takes offsets such as `+09:00` as well; AWS takes names only.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens a time zone.
 * @throws RangeError for a name that isTimeZone refuses
 */
export function openTimeZone(name: string): TimeZone {
  if (name === 'UTC') return UTC;
  const formatter = formatterOf(name);
  const wallClockAt = (instantMs: number): number => readWallClock(formatter, instantMs);
  return {
    wallClockAt,
    firstInstantOf: (wallClockMs) => {
      // No zone changes its offset twice within two days.
      const offsets = [wallClockMs - DAY_MS, wallClockMs + DAY_MS].map(
        (instantMs) => wallClockAt(instantMs) - instantMs,
      );
      const instants = offsets
        .map((offsetMs) => wallClockMs - offsetMs)
        .filter((instantMs) => wallClockAt(instantMs) === wallClockMs);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
  };
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

function readWallClock(formatter: Intl.DateTimeFormat, instantMs: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(instantMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const fractionMs = ((instantMs % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) + fractionMs;
}
