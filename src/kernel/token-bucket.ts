import { BoundedMap } from './bounded-map.ts';

/**
 * A rate with a burst: `tokensMax` at once, refilled evenly. Pure of time: the caller says what time it is, in ms of
 * a clock that never goes back.
 */
export class TokenBucket {
  #tokensMax: number;
  #tokensPerMs: number;
  /** Below zero where it owes. */
  #tokens: number;
  #filledAtMs: number;

  constructor(tokensMax: number, tokensPerSecond: number, nowMs: number) {
    this.#tokensMax = tokensMax;
    this.#tokensPerMs = tokensPerSecond / 1000;
    this.#tokens = tokensMax;
    this.#filledAtMs = nowMs;
  }

  /** Takes tokens, one where nothing is said; false, and none are taken, where there are fewer. */
  take(nowMs: number, count = 1): boolean {
    this.#fill(nowMs);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }

  /** Gives one back that was taken for nothing. */
  give(nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens = Math.min(this.#tokensMax, this.#tokens + 1);
  }

  /** Takes tokens that may not be there; at once it gives none until they have come in. */
  owe(nowMs: number, count: number): void {
    this.#fill(nowMs);
    this.#tokens -= count;
  }

  /** What it holds; below zero where it owes. */
  left(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens;
  }

  /** Changes burst and rate; what is saved up beyond the new burst is lost. */
  resize(tokensMax: number, tokensPerSecond: number, nowMs: number): void {
    if (tokensMax === this.#tokensMax && tokensPerSecond / 1000 === this.#tokensPerMs) return;
    this.#fill(nowMs);
    this.#tokensMax = tokensMax;
    this.#tokensPerMs = tokensPerSecond / 1000;
    this.#tokens = Math.min(this.#tokens, tokensMax);
  }

  /** True where it says nothing that a new one would not say. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#tokensMax;
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#tokens = Math.min(this.#tokensMax, this.#tokens + elapsedMs * this.#tokensPerMs);
    this.#filledAtMs = nowMs;
  }
}

/** Buckets by what they bound. Bounded: of too many the one that was asked for longest ago is forgotten. */
export class TokenBuckets {
  readonly #buckets: BoundedMap<TokenBucket>;

  constructor(bucketsMax: number) {
    this.#buckets = new BoundedMap(bucketsMax);
  }

  /** The bucket of a key, of this burst and rate from now on; a full one where none is known. */
  get(key: string, tokensMax: number, tokensPerSecond: number, nowMs: number): TokenBucket {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(tokensMax, tokensPerSecond, nowMs);
    bucket.resize(tokensMax, tokensPerSecond, nowMs);
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
