const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const EMPTY_BYTES = new Uint8Array(0);

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes; ill-formed sequences become U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** One array of all chunks, in order. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** A stream's bytes grew past the bound that its reader had set. */
export class TooManyBytes extends Error {
  override readonly name = 'TooManyBytes';
}

/** A stream that hands over all its bytes sooner than chunk by chunk. Read once, in one of the two ways. */
export interface Collectable extends AsyncIterable<Uint8Array> {
  /**
   * All bytes.
   * @throws TooManyBytes once more than `bytesMax` bytes have come
   */
  collect(bytesMax: number): Promise<Uint8Array>;
}

/** Bytes that are there already, as a stream: of one chunk, or of none where there are no bytes. */
export function streamOfBytes(bytes: Uint8Array): Collectable {
  return new WholeBytes(bytes);
}

/** A class, as several are made for each request: an object of closures costs more than what it holds. */
class WholeBytes implements Collectable {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  async collect(bytesMax: number): Promise<Uint8Array> {
    if (this.bytes.byteLength > bytesMax) throw new TooManyBytes(`more than ${bytesMax} bytes`);
    return this.bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.bytes.byteLength > 0) yield this.bytes;
  }
}

/** All bytes of a stream that has them already, at most `bytesMax`; else `undefined`: then they are collected. */
export function bytesAtHand(
  source: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Uint8Array | undefined {
  if (!(source instanceof WholeBytes)) return undefined;
  return source.bytes.byteLength <= bytesMax ? source.bytes : undefined;
}

/**
 * All bytes of a stream.
 * @throws TooManyBytes once more than `bytesMax` bytes have come
 */
export async function collectBytes(
  source: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<Uint8Array> {
  if (isCollectable(source)) return await source.collect(bytesMax);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new TooManyBytes(`more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return concatBytes(chunks);
}

function isCollectable(source: AsyncIterable<Uint8Array>): source is Collectable {
  return 'collect' in source;
}
