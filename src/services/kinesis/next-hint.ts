/** A wait for a wakeup that was subscribed to before the store was read. */
import type { KinesisDependencies } from './dependencies.ts';

export interface NextHint extends Disposable {
  /** Resolves once a wakeup has come since the subscription, after `delayMs`, or at the abort. */
  wait(delayMs: number): Promise<void>;
}

/** Listens to a topic of Wakeups until it is disposed. */
export function nextHint(
  { clock, wakeups }: KinesisDependencies,
  topic: string,
  signal: AbortSignal,
): NextHint {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = wakeups.subscribe(topic, resolve);
  const onAbort = (): void => resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) resolve();
  return {
    wait: async (delayMs) => {
      using _timer = clock.setTimer(delayMs, resolve);
      await promise;
    },
    [Symbol.dispose]: () => {
      subscription[Symbol.dispose]();
      signal.removeEventListener('abort', onAbort);
    },
  };
}
