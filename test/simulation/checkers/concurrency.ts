/*
 * No more handlers run at once than the account and the function's reservation allow.
 *
 * A change takes hold at some moment between the request and its answer, and who was let in before may still
 * wait for an environment: what was in force in the last SETTLE_MS is allowed too.
 */
import type { Clock } from '#ports/world/clock.ts';

/** An init, its repetition, a wait for room and a run. */
const SETTLE_MS = 40_000;

interface Reservation {
  readonly value: number | undefined;
  untilMs: number;
}

export class ConcurrencyChecker {
  readonly #clock: Clock;
  readonly #accountConcurrency: number;
  readonly #complain: (text: string) => void;
  readonly #reservations = new Map<string, Reservation[]>();
  readonly #running = new Map<string, number>();
  /** The most that ran at once. */
  peak = 0;

  constructor(clock: Clock, accountConcurrency: number, complain: (text: string) => void) {
    this.#clock = clock;
    this.#accountConcurrency = accountConcurrency;
    this.#complain = complain;
  }

  /** Before a reservation is asked for; `undefined` takes it away. */
  reserving(functionName: string, value: number | undefined): void {
    this.#of(functionName).push({ value, untilMs: Infinity });
  }

  /** After the last that was asked for was acknowledged: the others no longer hold. */
  reserved(functionName: string): void {
    const all = this.#of(functionName);
    const last = all.at(-1);
    const nowMs = this.#clock.monotonicMs();
    for (const one of all) if (one !== last) one.untilMs = Math.min(one.untilMs, nowMs);
  }

  /** A handler begins; ended by disposing of what is answered. */
  enter(functionName: string): Disposable {
    const running = (this.#running.get(functionName) ?? 0) + 1;
    this.#running.set(functionName, running);
    this.#check(functionName, running);
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        this.#running.set(functionName, (this.#running.get(functionName) ?? 0) - 1);
      },
    };
  }

  /** How many run now. */
  get running(): number {
    return [...this.#running.values()].reduce((sum, count) => sum + count, 0);
  }

  #check(functionName: string, running: number): void {
    const values = this.#inForce(functionName);
    const limit = Math.max(...values.map((value) => value ?? Infinity));
    if (running > limit) {
      this.#complain(`${running} of ${functionName} run at once, ${limit} are reserved`);
    }
    const total = this.running;
    this.peak = Math.max(this.peak, total);
    // Where reservations change, what ran before in the room that is now kept may still run.
    const allowed = this.#accountConcurrency + this.#slack();
    if (total > allowed) this.#complain(`${total} run at once, the account may ${allowed}`);
  }

  #slack(): number {
    let slack = 0;
    for (const name of this.#reservations.keys()) {
      const values = this.#inForce(name).map((value) => value ?? 0);
      slack += Math.max(...values) - Math.min(...values);
    }
    return slack;
  }

  #inForce(functionName: string): readonly (number | undefined)[] {
    const sinceMs = this.#clock.monotonicMs() - SETTLE_MS;
    const values = this.#of(functionName)
      .filter(({ untilMs }) => untilMs >= sinceMs)
      .map(({ value }) => value);
    return values.length === 0 ? [undefined] : values;
  }

  #of(functionName: string): Reservation[] {
    const known = this.#reservations.get(functionName);
    if (known !== undefined) return known;
    const fresh: Reservation[] = [{ value: undefined, untilMs: Infinity }];
    this.#reservations.set(functionName, fresh);
    return fresh;
  }
}
