import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '#ports/world/clock.ts';

/** The longest delay that Node's timers take; a longer one is waited for in pieces. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  steadyMs: () => performance.timeOrigin + performance.now(),
  monotonicMs: () => performance.now(),
  sleep: async (delayMs, signal) => {
    const endMs = performance.now() + delayMs;
    let restMs = delayMs;
    do {
      await wait(
        Math.min(restMs, DELAY_MS_MAX),
        undefined,
        signal === undefined ? {} : { signal },
      ).catch(rethrowReason(signal));
      restMs = endMs - performance.now();
    } while (restMs >= 1);
  },
  setTimer: (delayMs, callback) => {
    const endMs = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (restMs: number): void => {
      timer = setTimeout(
        () => {
          const leftMs = endMs - performance.now();
          if (leftMs >= 1) arm(leftMs);
          else callback();
        },
        Math.min(restMs, DELAY_MS_MAX),
      );
      timer.unref();
    };
    arm(delayMs);
    return {
      [Symbol.dispose]: () => {
        clearTimeout(timer);
      },
    };
  },
};

/** Node rejects with its own AbortError; the port promises the signal's reason. */
function rethrowReason(signal: AbortSignal | undefined): (error: unknown) => never {
  return (error) => {
    throw signal?.aborted === true ? signal.reason : error;
  };
}
