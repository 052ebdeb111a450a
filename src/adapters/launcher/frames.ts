/** Bytes of one frame at most; the launcher refuses more. */
const FRAME_BYTES_MAX = 1024 * 1024;
const HEADER_BYTES = 4;

/**
 * Four bytes of length, little-endian, then fields that each end with NUL.
 *
 * @throws RangeError where a field holds NUL, or all of them are longer than 1 MiB
 */
export function encodeFrame(fields: readonly string[]): Buffer {
  const text = `${fields.join('\0')}\0`;
  if (text.split('\0').length !== fields.length + 1) {
    throw new RangeError('an argument or a variable of a process holds a NUL byte');
  }
  const length = Buffer.byteLength(text);
  if (length > FRAME_BYTES_MAX) throw new RangeError('arguments and variables exceed 1 MiB');
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32LE(length);
  frame.write(text, HEADER_BYTES);
  return frame;
}

/** Cuts what arrives into frames; keeps what is not whole yet. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are whole now, each as its fields. */
  push(chunk: Buffer): string[][] {
    const frames: string[][] = [];
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + rest.readUInt32LE();
      if (rest.length < end) break;
      frames.push(rest.toString('utf8', HEADER_BYTES, end - 1).split('\0'));
      rest = rest.subarray(end);
    }
    this.#rest = rest;
    return frames;
  }
}
