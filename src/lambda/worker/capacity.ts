/*
 * What the machine can hold.
 *
 * I1  The memory promised to all slots never passes the machine's; nor does their number.
 * I2  A slot gives back what it holds once.
 */
import { assert } from '#kernel/assert.ts';

export interface CapacityLimits {
  /** Memory for functions, in MiB. */
  readonly memoryMiB: number;
  /** Sandboxes that live at once. */
  readonly slots: number;
  /** Sandboxes that start at once: more than the processors can start in time would all be late. */
  readonly starts: number;
}

export class Capacity {
  readonly limits: CapacityLimits;
  #memoryMiB = 0;
  #slots = 0;
  #starts = 0;

  constructor(limits: CapacityLimits) {
    this.limits = limits;
  }

  get usedMemoryMiB(): number {
    return this.#memoryMiB;
  }

  get usedSlots(): number {
    return this.#slots;
  }

  /** Whether a new sandbox may start now, its memory aside. */
  get mayStart(): boolean {
    return this.#starts < this.limits.starts;
  }

  /** Whether any sandbox starts for somebody who waits. */
  get isStarting(): boolean {
    return this.#starts > 0;
  }

  /** Memory and a place, or `undefined` where the machine is full. */
  reserve(memoryMiB: number): Slot | undefined {
    if (this.#slots >= this.limits.slots || !this.#fits(memoryMiB)) return undefined;
    this.#slots += 1;
    this.#memoryMiB += memoryMiB;
    return new Slot(this, memoryMiB);
  }

  /** Counts a start until it is disposed of. */
  beginStart(): Disposable {
    this.#starts += 1;
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (!isOver) this.#starts -= 1;
        isOver = true;
      },
    };
  }

  /** Called by the slot. */
  change(byMiB: number): boolean {
    if (byMiB > 0 && !this.#fits(byMiB)) return false;
    this.#memoryMiB += byMiB;
    assert(this.#memoryMiB >= 0, 'more memory is given back than was promised');
    return true;
  }

  /** Called by the slot. */
  release(memoryMiB: number): void {
    this.change(-memoryMiB);
    this.#slots -= 1;
  }

  #fits(memoryMiB: number): boolean {
    return this.#memoryMiB + memoryMiB <= this.limits.memoryMiB;
  }
}

/** Memory and a place on the machine, reserved for one sandbox. */
export class Slot implements Disposable {
  readonly #capacity: Capacity;
  #memoryMiB: number;
  #isReleased = false;

  constructor(capacity: Capacity, memoryMiB: number) {
    this.#capacity = capacity;
    this.#memoryMiB = memoryMiB;
  }

  get memoryMiB(): number {
    return this.#memoryMiB;
  }

  /** Changes what is promised; false, and nothing changed, where the machine is too full for more. */
  resize(memoryMiB: number): boolean {
    assert(!this.#isReleased, 'a released slot is resized');
    if (!this.#capacity.change(memoryMiB - this.#memoryMiB)) return false;
    this.#memoryMiB = memoryMiB;
    return true;
  }

  [Symbol.dispose](): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#capacity.release(this.#memoryMiB);
  }
}
