import type { Clock } from '#ports/world/clock.ts';

/**
 * A moment that is moved with each event and seldom reached: the deadline of an invocation, the rest
 * after it. The clock's timer stays where it is while the moment moves on, and looks again when it fires,
 * so that an event costs no timer.
 */
export class MovingTimer implements Disposable {
  readonly #clock: Clock;
  readonly #callback: () => void;
  /** The moment, on the monotonic clock; `undefined` where none is set. */
  #atMs: number | undefined;
  #armedForMs = Infinity;
  #timer: Disposable | undefined;

  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock;
    this.#callback = callback;
  }

  /** Has the callback called at this moment, and no more at the one that was set before. */
  set(atMs: number): void {
    this.#atMs = atMs;
    if (this.#timer === undefined || atMs < this.#armedForMs) this.#arm(atMs);
  }

  /** Has the callback not called. */
  clear(): void {
    this.#atMs = undefined;
  }

  [Symbol.dispose](): void {
    this.clear();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #arm(atMs: number): void {
    this.#timer?.[Symbol.dispose]();
    this.#armedForMs = atMs;
    const delayMs = Math.max(0, atMs - this.#clock.monotonicMs());
    this.#timer = this.#clock.setTimer(delayMs, () => this.#look());
  }

  #look(): void {
    this.#timer = undefined;
    const atMs = this.#atMs;
    if (atMs === undefined) return;
    if (atMs > this.#armedForMs) return this.#arm(atMs);
    this.#atMs = undefined;
    this.#callback();
  }
}
