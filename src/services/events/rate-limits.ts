import { SECOND_MS } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';

const LIMITS_MAX = 1000;

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** How many requests each destination may get: a bucket of one second's worth, filled at its rate. Bounded. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes up to `wanted`; answers how many there were. @param rate a second */
  take(name: string, rate: number, wanted: number): number {
    const nowMs = this.#clock.monotonicMs();
    const { tokens, atMs } = this.#buckets.get(name) ?? { tokens: rate, atMs: nowMs };
    const filled = Math.min(rate, tokens + ((nowMs - atMs) * rate) / SECOND_MS);
    const taken = Math.min(wanted, Math.floor(filled));
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: filled - taken, atMs: nowMs });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > LIMITS_MAX && oldest !== undefined) this.#buckets.delete(oldest);
    return taken;
  }
}
