import { textOf } from '#kernel/bytes.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Reads a stream by lines and by counts; holds at most one chunk of it and one line. */
export interface ByteReader {
  /**
   * The next line without its end (`\r\n` or `\n`); `undefined` at the end of the stream, and where
   * the line is longer than `bytesMax` or has no end.
   */
  line(bytesMax: number): Promise<string | undefined>;
  /** The next bytes, at least one and at most `bytesMax`; `undefined` at the end of the stream. */
  some(bytesMax: number): Promise<Uint8Array | undefined>;
}

/** A reader over a stream of which nobody else reads. */
export function createByteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);

  /** Makes `rest` longer by a chunk; false at the end of the stream. */
  async function fill(): Promise<boolean> {
    const next = await chunks.next();
    if (next.done === true) return false;
    rest = rest.byteLength === 0 ? next.value : Buffer.concat([rest, next.value]);
    return true;
  }

  return {
    async line(bytesMax) {
      let from = 0;
      for (;;) {
        const end = rest.indexOf(LINE_FEED, from);
        if (end !== -1) {
          const text = rest.subarray(0, rest[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
          rest = rest.subarray(end + 1);
          return text.byteLength > bytesMax ? undefined : textOf(text);
        }
        from = rest.byteLength;
        if (from > bytesMax + 1 || !(await fill())) return undefined;
      }
    },

    async some(bytesMax) {
      while (rest.byteLength === 0) if (!(await fill())) return undefined;
      const piece = rest.subarray(0, bytesMax);
      rest = rest.subarray(piece.byteLength);
      return piece;
    },
  };
}
