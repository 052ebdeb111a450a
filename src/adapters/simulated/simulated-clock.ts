/**
 * Time that passes only when told to.
 * I1 Timers run in the order of their times, those of one time in the order of their making.
 * I2 Before and after each timer everything that is ready runs: microtasks and one turn of the event loop.
 * I3 During a timer's callback the clock shows the timer's own time.
 * I4 A jump changes what time it is, and nothing else: timers and durations go on as if there had been none.
 */
import { assert } from '#kernel/assert.ts';
import type { Clock } from '#ports/world/clock.ts';
import { TimerHeap } from './timer-heap.ts';

const START_MS = Date.UTC(2026, 0, 1);

export class SimulatedClock implements Clock {
  /** As if no jump had been. */
  #nowMs: number;
  readonly #startMs: number;
  /** By how much all jumps together moved the wall clock. */
  #jumpedMs = 0;
  #order = 0;
  readonly #timers = new TimerHeap();

  /** Starts at 2026-01-01T00:00:00Z where nothing is said. */
  constructor(startMs: number = START_MS) {
    this.#startMs = startMs;
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs + this.#jumpedMs;
  }

  steadyMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        timer[Symbol.dispose]();
        reject(signal?.reason);
      };
      const timer = this.setTimer(delayMs, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  setTimer(delayMs: number, callback: () => void): Disposable {
    this.#order += 1;
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const timer = { atMs, order: this.#order, callback, isCancelled: false };
    this.#timers.push(timer);
    return {
      [Symbol.dispose]: () => {
        timer.isCancelled = true;
      },
    };
  }

  /** Lets `durationMs` pass, and everything that it makes due happen. */
  async advance(durationMs: number): Promise<void> {
    assert(durationMs >= 0, 'time does not run backwards');
    const endMs = this.#nowMs + durationMs;
    await turn();
    for (let next = this.#timers.take(endMs); next; next = this.#timers.take(endMs)) {
      this.#nowMs = next.atMs;
      next.callback();
      await turn();
    }
    this.#nowMs = endMs;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    await this.advance(0);
  }

  /** Sets the wall clock ahead, or back by a negative time, as a machine's is set. */
  jump(byMs: number): void {
    this.#jumpedMs += byMs;
  }

  /** When the next timer is due, in ms since 1970; `undefined` where there is none. */
  nextTimerAt(): number | undefined {
    const next = this.#timers.peek();
    return next && next.atMs + this.#jumpedMs;
  }
}

/** One turn of the event loop, and with it all microtasks. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
