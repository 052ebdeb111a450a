import { MINUTE_MS } from '#kernel/units.ts';

/** How late a firing may be and still be made up for, though another one was meanwhile. */
const CATCH_UP_MS = 5 * MINUTE_MS;

/**
 * After which instant a schedule's next firing is looked for, once one has fired; all in ms since 1970. A restart of
 * a few minutes loses none; of those that were missed over longer, the first and the last five minutes' are made up.
 * @param windowMs how late a firing may be by its own flexible window
 */
export function resumeAfter(firedAtMs: number, nowMs: number, windowMs = 0): number {
  return Math.max(firedAtMs, nowMs - Math.max(windowMs, CATCH_UP_MS));
}
