import type { Clock } from '#ports/world/clock.ts';

/**
 * The one time in which a server ends: it begins with whoever asks first. What ends one after another has what is
 * left of it, in ms, not each the whole.
 */
export function createGrace(clock: Clock, durationMs: number): () => number {
  let untilMs: number | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    untilMs ??= nowMs + durationMs;
    return Math.max(0, untilMs - nowMs);
  };
}
