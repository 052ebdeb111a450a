/**
 * Reads a stream up to delimiters, in bounded memory.
 * Owns the stream's iterator: whoever made the scanner closes it.
 */
export class ByteScanner implements AsyncDisposable {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #buffer: Buffer;
  #isEnded = false;

  constructor(source: AsyncIterable<Uint8Array>, head: Uint8Array = new Uint8Array(0)) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#buffer = Buffer.from(head);
  }

  /**
   * The bytes before the delimiter, which is read too; `undefined` where it is not among the next `bytesMax` bytes,
   * or the stream ends before it.
   */
  async until(delimiter: Uint8Array, bytesMax: number): Promise<Buffer | undefined> {
    for (let from = 0; ;) {
      const at = this.#buffer.indexOf(delimiter, from);
      if (at >= 0 && at <= bytesMax) return this.#take(at, delimiter.byteLength);
      if (at >= 0 || this.#buffer.byteLength > bytesMax + delimiter.byteLength) return undefined;
      from = Math.max(0, this.#buffer.byteLength - delimiter.byteLength + 1);
      if (!(await this.#fill())) return undefined;
    }
  }

  /** The next bytes, as many as there are up to `count`. */
  async next(count: number): Promise<Buffer> {
    while (this.#buffer.byteLength < count && (await this.#fill()));
    return this.#take(Math.min(count, this.#buffer.byteLength), 0);
  }

  /**
   * Streams the bytes before the delimiter, which is read too.
   * @throws what `missing` makes where the stream ends without it
   */
  async *streamUntil(delimiter: Uint8Array, missing: () => Error): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#buffer.indexOf(delimiter);
      if (at >= 0) {
        const last = this.#take(at, delimiter.byteLength);
        if (last.byteLength > 0) yield last;
        return;
      }
      const sure = this.#buffer.byteLength - delimiter.byteLength + 1;
      if (sure > 0) yield this.#take(sure, 0);
      if (!(await this.#fill())) throw missing();
    }
  }

  /** Reads what is left and lets it go. */
  async drain(): Promise<void> {
    this.#buffer = Buffer.alloc(0);
    while (await this.#fill()) this.#buffer = Buffer.alloc(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#iterator.return?.();
  }

  #take(count: number, skip: number): Buffer {
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count + skip);
    return taken;
  }

  async #fill(): Promise<boolean> {
    if (this.#isEnded) return false;
    const step = await this.#iterator.next();
    if (step.done) {
      this.#isEnded = true;
      return false;
    }
    this.#buffer =
      this.#buffer.byteLength === 0
        ? Buffer.from(step.value)
        : Buffer.concat([this.#buffer, step.value]);
    return true;
  }
}
