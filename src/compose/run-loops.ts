import type { Clock } from '#ports/world/clock.ts';
import { StoreFailed } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import { untilDone } from '#ports/world/until-done.ts';

/** Background work: runs until the signal aborts, and may be run again after it has rejected. */
export type Loop = (signal: AbortSignal) => Promise<void> | undefined;

export interface LoopsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long loops that have been told to end are waited for, in ms; as long as they take where it is absent. */
  readonly graceMs?: () => number;
}

/**
 * Runs all loops until the signal aborts. One that fails is told to end with all that belongs to it, and begins
 * anew after a while: an error of ours, or one of the store's, ends nobody else's work.
 * @throws StoreFailed where nothing can be stored any more
 */
export async function runLoops(
  loops: readonly Loop[],
  { clock, log, graceMs }: LoopsOptions,
  signal: AbortSignal,
): Promise<void> {
  const failing = new AbortController();
  const either = AbortSignal.any([signal, failing.signal]);
  const patience = { clock, log, signal: either, what: 'work in the background' };
  const run = async (loop: Loop): Promise<void> => {
    try {
      await untilDone(patience, () => runOnce(loop, either));
    } catch (error) {
      // What ends a loop once the signal has aborted is of no interest.
      if (!either.aborted) failing.abort(error);
    }
  };
  const late = Promise.withResolvers<void>();
  using timers = new DisposableStack();
  const beginGrace = (): void => {
    if (graceMs !== undefined) timers.use(clock.setTimer(graceMs(), late.resolve));
  };
  if (either.aborted) beginGrace();
  else either.addEventListener('abort', beginGrace);
  await Promise.race([Promise.all(loops.map(run)), late.promise]);
  if (failing.signal.reason instanceof StoreFailed) throw failing.signal.reason;
}

async function runOnce(loop: Loop, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  try {
    await loop(AbortSignal.any([signal, ended.signal]));
  } finally {
    ended.abort();
  }
}
