import type { Wakeups } from '#ports/world/wakeups.ts';

/**
 * Wakeups within one process. A callback runs as a microtask of its own; hints that come before it runs
 * become one call.
 */
export class MemoryWakeups implements Wakeups {
  readonly #topics = new Map<string, Set<Subscriber>>();

  notify(topic: string): void {
    for (const subscriber of this.#topics.get(topic) ?? []) subscriber.hint();
  }

  /** Hints to everybody: what time it is was changed, or something else that all wait for. */
  notifyAll(): void {
    for (const topic of this.#topics.keys()) this.notify(topic);
  }

  subscribe(topic: string, callback: () => void): Disposable {
    const subscribers = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, subscribers);
    const subscriber = new Subscriber(callback);
    subscribers.add(subscriber);
    return {
      [Symbol.dispose]: () => {
        subscriber.isActive = false;
        subscribers.delete(subscriber);
        if (subscribers.size === 0 && this.#topics.get(topic) === subscribers)
          this.#topics.delete(topic);
      },
    };
  }
}

class Subscriber {
  isActive = true;
  readonly #callback: () => void;
  #isHinted = false;

  constructor(callback: () => void) {
    this.#callback = callback;
  }

  hint(): void {
    if (this.#isHinted) return;
    this.#isHinted = true;
    queueMicrotask(() => {
      this.#isHinted = false;
      if (this.isActive) this.#callback();
    });
  }
}
