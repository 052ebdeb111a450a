/**
 * Something of which there is so much for all and each has a part: connections, bytes.
 * Who takes has a share, with something of its own in any case and the rest out of what all have together, the pot.
 *
 * I1 Nobody takes more of the pot than it leaves there, but for an odd one: alone one has half, of many each has its
 *    part, and whoever comes late finds something, however many came before.
 * I2 What a share has goes back before what is its own.
 */
export class SharedPot {
  #left: number;
  readonly #ownMax: number;

  /** `ownMax`: what each share has in any case, beside the pot. */
  constructor(size: number, ownMax: number) {
    this.#left = size;
    this.#ownMax = ownMax;
  }

  /** A share that takes no more than `max`. */
  share(max = Infinity): Share {
    let taken = 0;
    return {
      take: (count = 1) => {
        const fromPot = this.#beyondOwn(taken + count);
        const more = fromPot - this.#beyondOwn(taken);
        // (I1)
        const isFair = more === 0 || fromPot <= this.#left - more + 1;
        if (!isFair || taken + count > max) return false;
        taken += count;
        this.#left -= more;
        return true;
      },
      giveBack: (count = 1) => {
        // (I2)
        this.#left += this.#beyondOwn(taken) - this.#beyondOwn(taken - count);
        taken -= count;
      },
    };
  }

  #beyondOwn(taken: number): number {
    return Math.max(0, taken - this.#ownMax);
  }
}

export interface Share {
  /** Takes this many, one where none are told; false, and none are taken, where there may be no more now. */
  take(count?: number): boolean;
  /** So many that were taken are free again. */
  giveBack(count?: number): void;
}
