import { TokenBuckets } from '#kernel/token-bucket.ts';

const BUCKETS_MAX = 10_000;

export interface ThrottleLimits {
  /** Requests a second; as many as come where nothing is said. */
  readonly rateLimit?: number;
  /** Requests at once. */
  readonly burstLimit?: number;
}

/** Requests that may still come at once, by what bounds them: a bucket of a burst, filled at its rate. Bounded. */
export class Throttles {
  readonly #buckets = new TokenBuckets(BUCKETS_MAX);

  /** Takes one of a bucket's requests; false where none is left. @param nowMs of a steady clock */
  take(key: string, { rateLimit, burstLimit }: ThrottleLimits, nowMs: number): boolean {
    const burst = burstLimit ?? Infinity;
    const rate = rateLimit ?? Infinity;
    if (burst === Infinity && rate === Infinity) return true;
    const size = Number.isFinite(burst) ? burst : sizeOf(rate);
    const perSecond = Number.isFinite(rate) ? rate : size;
    return this.#buckets.get(key, size, perSecond, nowMs).take(nowMs);
  }
}

/** What a bucket holds where no burst is said: a second's requests, and one at least where any may come. */
function sizeOf(rate: number): number {
  return rate > 0 ? Math.max(1, rate) : 0;
}
