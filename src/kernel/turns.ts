/** Work of which one piece is done at a time, in the order in which it came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does the work once all before it has ended, well or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const taken = this.#last.then(work);
    this.#last = taken.catch(() => undefined);
    return taken;
  }

  /** Resolves once all that was taken so far has ended. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
