/**
 * How many batches of a queue may be in hand at once: five at first, three hundred more each minute while all
 * are taken, half after a refusal. Pure.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
import { MINUTE_MS } from '#kernel/units.ts';

import { CONCURRENCY_AT_FIRST, CONCURRENCY_GROWTH_PER_MINUTE, CONCURRENCY_MAX } from '../limits.ts';

/** The time in which one more is allowed. */
export const GROWTH_STEP_MS = MINUTE_MS / CONCURRENCY_GROWTH_PER_MINUTE;

export interface Concurrency {
  readonly limit: number;
  /** Since when all were taken, in ms; absent where there is room. */
  readonly fullSinceMs?: number;
}

export const CONCURRENCY_START: Concurrency = { limit: CONCURRENCY_AT_FIRST };

/** The limit as it has grown by now; `limitMax` is the mapping's own. */
export function grown(
  { limit, fullSinceMs }: Concurrency,
  inHand: number,
  nowMs: number,
  limitMax: number = CONCURRENCY_MAX,
): Concurrency {
  const bounded = Math.min(limit, limitMax);
  if (inHand < bounded) return { limit: bounded };
  const sinceMs = fullSinceMs ?? nowMs;
  const steps = Math.floor((nowMs - sinceMs) / GROWTH_STEP_MS);
  return {
    limit: Math.min(limitMax, bounded + steps),
    fullSinceMs: sinceMs + steps * GROWTH_STEP_MS,
  };
}

/** The limit after Lambda refused a batch. */
export function shrunk({ limit }: Concurrency): Concurrency {
  return { limit: Math.max(1, Math.floor(limit / 2)) };
}
