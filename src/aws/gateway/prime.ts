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
  const first = await chunks.next();
  return { ...response, body: resume(first, chunks) };
}

async function* resume(
  first: IteratorResult<Uint8Array, unknown>,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next = first; next.done !== true; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}
