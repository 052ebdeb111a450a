import { SECOND_MS } from '#kernel/units.ts';
import type { Clock } from './clock.ts';
import { StoreFailed } from './database.ts';
import type { Log } from './log.ts';

const DELAY_MS_MIN = 1 * SECOND_MS;
const DELAY_MS_MAX = 30 * SECOND_MS;

export interface Patience {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** What is tried, for the log: `the end of an asynchronous event`. */
  readonly what: string;
}

/**
 * Does `work` until it succeeds; a failure is logged, and tried again after 1 s, then after twice as long each
 * time, up to 30 s. For what must not be lost, nor end the server, because the store refused it once.
 * @throws StoreFailed where it never will; the signal's reason once that aborts
 */
export async function untilDone<T>(
  { clock, log, signal, what }: Patience,
  work: () => Promise<T>,
): Promise<T> {
  for (let delayMs = DELAY_MS_MIN; ; delayMs = Math.min(DELAY_MS_MAX, delayMs * 2)) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || error instanceof StoreFailed) throw error;
      log.error(`${what} failed, and is tried again`, { error, delayMs });
      await clock.sleep(delayMs, signal);
    }
  }
}
