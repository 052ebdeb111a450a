import type { Clock } from '#ports/world/clock.ts';

/** Numbers that grow, near the time in microseconds; the order of versions and what events call the sequencer. */
export interface Sequence {
  /** A number greater than `previous` and than every one before. */
  next(previous?: number): number;
}

/** A sequence that begins near the present time, so that it goes on growing after a restart. */
export function createSequence(clock: Clock): Sequence {
  let last = 0;
  return {
    next: (previous = 0) => {
      last = Math.max(last + 1, previous + 1, Math.floor(clock.now()) * 1000);
      return last;
    },
  };
}
