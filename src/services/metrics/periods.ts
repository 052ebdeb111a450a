import { MINUTE_MS } from '#kernel/units.ts';
import { invalidValue } from './errors.ts';

/** Periods shorter than a minute, in seconds. */
const SHORT_PERIODS: readonly number[] = [1, 5, 10, 20, 30];

/** @throws AwsError InvalidParameterValue */
export function checkPeriod(periodSeconds: number): void {
  if (SHORT_PERIODS.includes(periodSeconds)) return;
  if (periodSeconds > 0 && periodSeconds % 60 === 0) return;
  throw invalidValue('The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.');
}

/** A start time as AWS rounds it: down to the minute, but for periods shorter than that. */
export function roundStart(startMs: number, periodMs: number): number {
  const step = Math.min(periodMs, MINUTE_MS);
  return Math.floor(startMs / step) * step;
}
