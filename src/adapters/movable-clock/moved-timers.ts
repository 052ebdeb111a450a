/**
 * Timers that a move of the clock ends, beside the machine's own that time ends.
 * I1 A timer is called once at the most, and not before its time by `now`.
 */
import type { Clock } from '#ports/world/clock.ts';

interface Entry {
  /** When it is due, in ms of `now`. */
  readonly atMs: number;
  readonly callback: () => void;
  /** The machine's timer for what is left. */
  timer: Disposable;
}

/** Timers of a clock whose monotonic time, `now`, is the machine's and what it was moved by. */
export class MovedTimers {
  readonly #machineClock: Clock;
  readonly #now: () => number;
  readonly #entries = new Set<Entry>();

  constructor(machineClock: Clock, now: () => number) {
    this.#machineClock = machineClock;
    this.#now = now;
  }

  set(delayMs: number, callback: () => void): Disposable {
    const atMs = this.#now() + delayMs;
    const entry: Entry = { atMs, callback, timer: this.#arm(delayMs, () => this.#end(entry)) };
    this.#entries.add(entry);
    return {
      [Symbol.dispose]: () => {
        this.#entries.delete(entry);
        entry.timer[Symbol.dispose]();
      },
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        timer[Symbol.dispose]();
        reject(signal?.reason);
      };
      const timer = this.set(delayMs, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** `now` went ahead: what is due is called, the first first, and the rest waits for less. */
  moved(): void {
    const nowMs = this.#now();
    // Sorting keeps the order of those that are due at one time.
    for (const entry of [...this.#entries].sort((a, b) => a.atMs - b.atMs)) {
      if (!this.#entries.has(entry)) continue;
      entry.timer[Symbol.dispose]();
      if (entry.atMs <= nowMs) this.#end(entry);
      else entry.timer = this.#arm(entry.atMs - nowMs, () => this.#end(entry));
    }
  }

  #arm(delayMs: number, callback: () => void): Disposable {
    return this.#machineClock.setTimer(delayMs, callback);
  }

  #end(entry: Entry): void {
    if (this.#entries.delete(entry)) entry.callback();
  }
}
