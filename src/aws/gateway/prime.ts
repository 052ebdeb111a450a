import type { WireResponse } from '../wire.ts';

/**
 * Waits for the first chunk of a streamed answer, so that what fails before it is still answered as an
 * error; nothing was sent yet.
 * @throws what the stream throws before its first chunk
 */
export async function prime(response: WireResponse): Promise<WireResponse> {
  const { body } = response;
  if (body instanceof Uint8Array) return response;
  const chunks = body[Symbol.asyncIterator]();
  return { ...response, body: new Primed(await chunks.next(), chunks) };
}

/** No generator: of one that nobody began, `return` runs nothing, and the source would stay open. */
class Primed implements AsyncIterableIterator<Uint8Array> {
  #first: IteratorResult<Uint8Array, unknown> | undefined;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(first: IteratorResult<Uint8Array, unknown>, chunks: AsyncIterator<Uint8Array>) {
    this.#first = first;
    this.#chunks = chunks;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, unknown>> {
    const first = this.#first;
    this.#first = undefined;
    return first ?? (await this.#chunks.next());
  }

  async return(): Promise<IteratorResult<Uint8Array, unknown>> {
    await this.#chunks.return?.();
    return { done: true, value: undefined };
  }
}
