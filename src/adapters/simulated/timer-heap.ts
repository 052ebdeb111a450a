/** A callback that is due at a time; `order` decides between equal times. */
export interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

/** Timers by time: a binary heap, in which cancelled ones stay until they come up. */
export class TimerHeap {
  readonly #timers: Timer[] = [];

  push(timer: Timer): void {
    const timers = this.#timers;
    let index = timers.push(timer) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = timers[parentIndex];
      if (parent === undefined || isBefore(parent, timer)) break;
      timers[index] = parent;
      index = parentIndex;
    }
    timers[index] = timer;
  }

  /** The first timer, which stays. */
  peek(): Timer | undefined {
    while (this.#timers[0]?.isCancelled === true) this.#removeFirst();
    return this.#timers[0];
  }

  /** Takes the first timer, where it is due at `untilMs` or before. */
  take(untilMs: number): Timer | undefined {
    const first = this.peek();
    if (first === undefined || first.atMs > untilMs) return undefined;
    this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const timers = this.#timers;
    const last = timers.pop();
    if (last === undefined || timers.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = timers[childIndex];
      const right = timers[childIndex + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        childIndex += 1;
        child = right;
      }
      if (child === undefined || isBefore(last, child)) break;
      timers[index] = child;
      index = childIndex;
    }
    timers[index] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}
