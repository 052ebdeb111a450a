/** When a run begins, and what a clock on a wall in Berlin shows then. */
import { HOUR_MS, MINUTE_MS } from '#kernel/units.ts';

/** As summer begins there, at two in the night, the clocks go to three; as it ends, at three, back to two. */
const SUMMER_BEGINS_MS = Date.UTC(2026, 2, 29, 1);
const SUMMER_ENDS_MS = Date.UTC(2026, 9, 25, 1);
const BEFORE_MS = 4 * MINUTE_MS;
const STARTS = [
  Date.UTC(2026, 0, 1),
  SUMMER_BEGINS_MS - BEFORE_MS,
  SUMMER_ENDS_MS - BEFORE_MS,
] as const;

/** Of three seeds one begins minutes before summer does, and one minutes before it ends. In ms since 1970. */
export function startOf(seed: number): number {
  return STARTS[seed % STARTS.length] ?? STARTS[0];
}

/** How far a clock in Berlin is ahead of UTC in 2026, in ms. */
export function berlinShift(atMs: number): number {
  const isSummer = atMs >= SUMMER_BEGINS_MS && atMs < SUMMER_ENDS_MS;
  return isSummer ? 2 * HOUR_MS : HOUR_MS;
}

/** True in the hour whose times clocks in Berlin have shown an hour before. */
export function isRepeatedInBerlin(atMs: number): boolean {
  return atMs >= SUMMER_ENDS_MS && atMs < SUMMER_ENDS_MS + HOUR_MS;
}
