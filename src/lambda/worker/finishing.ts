/*
 * The environments whose function has answered and that will be free in a moment, and the callers who wait for just
 * them: whoever calls right after an answer needs no environment more.
 *
 * Owns: who waits; one timer for all of them, as most wait less than a timer costs.
 * I1  No more wait for a revision's environments than are finishing.
 * I2  Who waits longest is first, and nobody waits longer than FINISH_MS.
 */
import type { Clock } from '#ports/world/clock.ts';
import { MovingTimer } from './moving-timer.ts';

/**
 * How long a caller waits for an environment that has just answered. It comes within a millisecond, unless its
 * share of the processor is used up: then with the next period of the share. A new one would take longer.
 */
const FINISH_MS = 100;

/** Takes the environment; `undefined` where it can serve nobody, or comes too late. */
export type Taker<Held> = (held: Held | undefined) => void;

interface Waiting<Held> {
  readonly take: Taker<Held>;
  readonly untilMs: number;
}

interface Finishing<Held> {
  count: number;
  readonly waiting: Waiting<Held>[];
}

export class FinishingEnvironments<Held> {
  readonly #clock: Clock;
  /** By function revision. */
  readonly #byKey = new Map<string, Finishing<Held>>();
  readonly #timer: MovingTimer;
  /** When who waits longest goes. */
  #dueMs = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = new MovingTimer(clock, () => this.#letGo());
  }

  /** One of the revision's has answered. */
  begin(key: string): void {
    const finishing = this.#byKey.get(key);
    if (finishing === undefined) this.#byKey.set(key, { count: 1, waiting: [] });
    else finishing.count += 1;
  }

  /** It is free, or gone: for who waits longest, if anybody does. */
  end(key: string): Taker<Held> | undefined {
    const finishing = this.#byKey.get(key);
    if (finishing === undefined) return undefined;
    finishing.count -= 1;
    if (finishing.count === 0) this.#byKey.delete(key);
    return finishing.waiting.shift()?.take;
  }

  /** The next that is free; `undefined` at once where none is finishing for this caller, or later, where it came too late. */
  next(key: string): Promise<Held | undefined> | undefined {
    const finishing = this.#byKey.get(key);
    if (finishing === undefined || finishing.waiting.length >= finishing.count) return undefined;
    const { promise, resolve } = Promise.withResolvers<Held | undefined>();
    const untilMs = this.#clock.monotonicMs() + FINISH_MS;
    finishing.waiting.push({ take: resolve, untilMs });
    this.#expect(Math.min(this.#dueMs, untilMs));
    return promise;
  }

  #letGo(): void {
    const nowMs = this.#clock.monotonicMs();
    let nextMs = Infinity;
    for (const { waiting } of this.#byKey.values()) {
      while ((waiting[0]?.untilMs ?? Infinity) <= nowMs) waiting.shift()?.take(undefined);
      nextMs = Math.min(nextMs, waiting[0]?.untilMs ?? Infinity);
    }
    this.#expect(nextMs);
  }

  #expect(dueMs: number): void {
    if (this.#dueMs === dueMs) return;
    this.#dueMs = dueMs;
    if (dueMs !== Infinity) this.#timer.set(dueMs);
  }
}
