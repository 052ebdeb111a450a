import type { Clock } from './clock.ts';
import type { Wakeups } from './wakeups.ts';

export interface DueLoopOptions {
  readonly clock: Clock;
  readonly wakeups: Wakeups;
  /** The topic whose wakeups hasten the loop. */
  readonly topic: string;
  /** How long the loop sleeps at most, in case a wakeup was lost. */
  readonly intervalMs: number;
  /** By what the times of `work` go; by `clock.now()` where nothing is said. */
  readonly now?: () => number;
  /** Does what is due; answers when the next is due, in milliseconds of `now`, or `undefined`. */
  readonly work: (signal: AbortSignal) => Promise<number | undefined>;
  readonly signal: AbortSignal;
}

/**
 * Runs `work` at once, then whenever it said that something is due, a wakeup came, or the interval passed.
 * Invariants: I1 `work` never runs twice at the same time. I2 a wakeup during `work` runs it once more.
 * Resolves when the signal aborts; rejects with what `work` throws, for the owner to end the process.
 */
export async function runDueLoop(options: DueLoopOptions): Promise<void> {
  const { clock, wakeups, topic, intervalMs, work, signal } = options;
  const { now = () => clock.now() } = options;
  let isHinted = false;
  let wake: (() => void) | undefined;
  using _subscription = wakeups.subscribe(topic, () => {
    isHinted = true;
    wake?.();
  });
  const onAbort = (): void => wake?.();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      isHinted = false;
      const dueAt = await work(signal);
      if (isHinted || signal.aborted) continue;
      const delayMs = Math.min(intervalMs, Math.max(0, (dueAt ?? Infinity) - now()));
      await new Promise<void>((resolve) => {
        wake = resolve;
        const timer = clock.setTimer(delayMs, resolve);
        const stop = wake;
        wake = () => {
          timer[Symbol.dispose]();
          stop();
        };
      });
      wake = undefined;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
