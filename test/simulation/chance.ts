import { SeededRandom } from '#adapters/simulated/index.ts';

/** Draws of one actor; each actor has its own, so that a change of one leaves the others as they were. */
export class Chance {
  readonly #random: SeededRandom;

  constructor(seed: number, stream: number) {
    this.#random = new SeededRandom(seed * 1009 + stream);
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.#random.fraction() < probability;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.#random.fraction() * (high - low + 1));
  }

  /** One of them, equally likely. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }

  /** One of them, by weight. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[], otherwise: T): T {
    let left = this.#random.fraction() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    return otherwise;
  }

  uuid(): string {
    return this.#random.uuid();
  }
}
