import { BoundedMap } from '#kernel/bounded-map.ts';
import { SECOND_MS } from '#kernel/units.ts';

const BUCKETS_MAX = 10_000;

export interface ThrottleLimits {
  /** Requests a second; as many as come where nothing is said. */
  readonly rateLimit?: number;
  /** Requests at once. */
  readonly burstLimit?: number;
}

/** Requests that may still come at once, by what bounds them: a bucket of a burst, filled at its rate. Bounded. */
export class Throttles {
  readonly #buckets = new BoundedMap<{ readonly left: number; readonly atMs: number }>(BUCKETS_MAX);

  /** Takes one of a bucket's requests; false where none is left. @param nowMs of a steady clock */
  take(key: string, { rateLimit, burstLimit }: ThrottleLimits, nowMs: number): boolean {
    const burst = burstLimit ?? Infinity;
    const rate = rateLimit ?? Infinity;
    if (burst === Infinity && rate === Infinity) return true;
    const size = Number.isFinite(burst) ? burst : sizeOf(rate);
    const now = this.#buckets.get(key) ?? { left: size, atMs: nowMs };
    const gained = ((nowMs - now.atMs) / SECOND_MS) * (Number.isFinite(rate) ? rate : size);
    const left = Math.min(size, now.left + gained);
    this.#buckets.set(key, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
    return left >= 1;
  }
}

/** What a bucket holds where no burst is said: a second's requests, and one at least where any may come. */
function sizeOf(rate: number): number {
  return rate > 0 ? Math.max(1, rate) : 0;
}
