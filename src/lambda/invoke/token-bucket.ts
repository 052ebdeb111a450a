/**
 * A rate with a burst: `tokensMax` at once, refilled evenly. Pure of time: the caller says what time it is.
 */
export class TokenBucket {
  #tokensMax: number;
  #tokensPerMs: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(tokensMax: number, tokensPerSecond: number, nowMs: number) {
    this.#tokensMax = tokensMax;
    this.#tokensPerMs = tokensPerSecond / 1000;
    this.#tokens = tokensMax;
    this.#filledAtMs = nowMs;
  }

  /** Takes one token; false where there is none. */
  take(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Gives one back that was taken for nothing. */
  give(nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens = Math.min(this.#tokensMax, this.#tokens + 1);
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
