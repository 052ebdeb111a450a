/**
 * How many batches of a queue may be in hand at once: five at first, three hundred more each minute while all
 * are taken, half after a refusal; more of each where pollers are provisioned. Pure.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
import { MINUTE_MS } from '#kernel/units.ts';

import {
  CONCURRENCY_AT_FIRST,
  CONCURRENCY_GROWTH_PER_MINUTE,
  CONCURRENCY_MAX,
  CONCURRENCY_PER_POLLER,
  POLLERS_MAX_DEFAULT,
  POLLERS_MIN_DEFAULT,
  PROVISIONED_GROWTH_PER_MINUTE,
} from '../limits.ts';
import type { MappingSettings } from '../model.ts';

/** How a mapping's limit begins, grows and ends. */
export interface Scaling {
  readonly atFirst: number;
  /** The time in which one more is allowed. */
  readonly stepMs: number;
  readonly max: number;
}

/** The scaling that a mapping asks for. */
export function scalingOf({
  ScalingConfig,
  ProvisionedPollerConfig: pollers,
}: Pick<MappingSettings, 'ScalingConfig' | 'ProvisionedPollerConfig'>): Scaling {
  if (pollers !== undefined) {
    const { MinimumPollers = POLLERS_MIN_DEFAULT, MaximumPollers = POLLERS_MAX_DEFAULT } = pollers;
    return {
      atFirst: MinimumPollers * CONCURRENCY_PER_POLLER,
      stepMs: MINUTE_MS / PROVISIONED_GROWTH_PER_MINUTE,
      max: Math.max(MinimumPollers, MaximumPollers) * CONCURRENCY_PER_POLLER,
    };
  }
  return {
    atFirst: CONCURRENCY_AT_FIRST,
    stepMs: MINUTE_MS / CONCURRENCY_GROWTH_PER_MINUTE,
    max: ScalingConfig?.MaximumConcurrency ?? CONCURRENCY_MAX,
  };
}

export interface Concurrency {
  readonly limit: number;
  /** Since when all were taken, in ms; absent where there is room. */
  readonly fullSinceMs?: number;
}

/** The limit as it has grown by now, from the first where none stands yet. */
export function grown(
  concurrency: Concurrency | undefined,
  inHand: number,
  nowMs: number,
  { atFirst, stepMs, max }: Scaling,
): Concurrency {
  const { limit, fullSinceMs } = concurrency ?? { limit: atFirst };
  const bounded = Math.min(limit, max);
  if (inHand < bounded) return { limit: bounded };
  const sinceMs = fullSinceMs ?? nowMs;
  const steps = Math.floor((nowMs - sinceMs) / stepMs);
  return {
    limit: Math.min(max, bounded + steps),
    fullSinceMs: sinceMs + steps * stepMs,
  };
}

/** The limit after Lambda refused a batch. */
export function shrunk({ limit }: Concurrency): Concurrency {
  return { limit: Math.max(1, Math.floor(limit / 2)) };
}
