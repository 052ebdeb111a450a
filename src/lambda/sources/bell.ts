import type { Clock } from '#ports/world/clock.ts';

/** Wakes one waiter; a ring that nobody waits for wakes the next at once. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, or after `delayMs`. */
  wait(delayMs: number): Promise<void>;
}

/** A bell that nobody has rung. */
export function createBell(clock: Clock): Bell {
  let isRung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      isRung = true;
      wake?.();
    },
    async wait(delayMs) {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = clock.setTimer(delayMs, resolve);
          wake = () => {
            timer[Symbol.dispose]();
            resolve();
          };
        });
      }
      wake = undefined;
      isRung = false;
    },
  };
}
