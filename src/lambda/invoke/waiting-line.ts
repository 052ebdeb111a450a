/*
 * Callers who wait for room on a full machine.
 *
 * Owns: who waits, and since when.
 * Does not own: the room (pool).
 *
 * I1  Functions take turns: one caller of each, so that a storm on one does not starve another; the
 *     callers of one function are served in the order in which they came.
 * I2  Nobody waits longer than `waitMs`; no more wait than `waitersMax`, and of one function no more
 *     than `waitersOfFunctionMax`.
 */
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { revisionKey } from '#lambda/worker/index.ts';
import type {
  EnvironmentPool,
  HeldEnvironment,
  PoolListener,
  RuntimeEntry,
} from '#lambda/worker/index.ts';
import type { Clock } from '#ports/world/clock.ts';

export interface WaitingLimits {
  readonly waitMs: number;
  readonly waitersMax: number;
  readonly waitersOfFunctionMax: number;
}

interface Waiter {
  readonly version: FunctionVersion;
  readonly runtime: RuntimeEntry;
  readonly resolve: (held: HeldEnvironment | undefined) => void;
}

export class WaitingLine implements PoolListener {
  readonly #pool: EnvironmentPool;
  readonly #clock: Clock;
  readonly #limits: WaitingLimits;
  /** By function revision, in the order of their turns. */
  readonly #waiters = new Map<string, Waiter[]>();
  #count = 0;
  #isServing = false;

  constructor(pool: EnvironmentPool, clock: Clock, limits: WaitingLimits) {
    this.#pool = pool;
    this.#clock = clock;
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** An environment, once there is room for it; `undefined` after too long, where too many wait, or on abort. */
  async wait(
    version: FunctionVersion,
    runtime: RuntimeEntry,
    signal: AbortSignal,
  ): Promise<HeldEnvironment | undefined> {
    const key = revisionKey(version);
    const ofFunction = this.#waiters.get(key) ?? [];
    const { waitersMax, waitersOfFunctionMax, waitMs } = this.#limits;
    if (signal.aborted || this.#count >= waitersMax || ofFunction.length >= waitersOfFunctionMax)
      return undefined;
    const { promise, resolve } = Promise.withResolvers<HeldEnvironment | undefined>();
    const waiter = { version, runtime, resolve };
    ofFunction.push(waiter);
    this.#waiters.set(key, ofFunction);
    this.#count += 1;
    const leave = (): void => this.#leave(key, waiter);
    using _timer = this.#clock.setTimer(waitMs, leave);
    signal.addEventListener('abort', leave);
    this.#serve();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  onFreed(): void {
    if (this.#count > 0) this.#serve();
  }

  /** Hands an environment to a caller of its function, if it is that function's turn. */
  offer(held: HeldEnvironment): boolean {
    if (this.#count === 0) return false;
    const first = this.#waiters.keys().next();
    const waiter = first.value === held.key ? this.#waiters.get(held.key)?.[0] : undefined;
    if (waiter === undefined) return false;
    this.#take(held.key, waiter);
    waiter.resolve(held);
    return true;
  }

  #serve(): void {
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      while (this.#serveOnce());
    } finally {
      this.#isServing = false;
    }
  }

  /** Serves one caller of each function; once one finds no room, the others get no new environment before. */
  #serveOnce(): boolean {
    let isServed = false;
    let isFull = false;
    for (const [key, [waiter]] of Array.from(this.#waiters)) {
      if (waiter === undefined) continue;
      const { version, runtime } = waiter;
      const held =
        this.#pool.take(version) ?? (isFull ? undefined : this.#pool.start(version, runtime));
      if (held === undefined) {
        isFull = true;
        continue;
      }
      this.#take(key, waiter);
      waiter.resolve(held);
      isServed = true;
    }
    return isServed && this.#count > 0;
  }

  #leave(key: string, waiter: Waiter): void {
    if (this.#take(key, waiter)) waiter.resolve(undefined);
  }

  /** Takes a caller out, and puts its function last. */
  #take(key: string, waiter: Waiter): boolean {
    const ofFunction = this.#waiters.get(key) ?? [];
    const index = ofFunction.indexOf(waiter);
    if (index === -1) return false;
    ofFunction.splice(index, 1);
    this.#count -= 1;
    this.#waiters.delete(key);
    if (ofFunction.length > 0) this.#waiters.set(key, ofFunction);
    return true;
  }
}
