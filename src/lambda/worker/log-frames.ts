import { concatBytes, textOf } from '#kernel/bytes.ts';
import { LOG_LINE_BYTES_MAX } from './limits.ts';

/** One event of a function's log, with its line end where it has one. */
export interface OutputLine {
  readonly message: string;
  /** When the runtime framed it, in ms since 1970; a plain line has none. */
  readonly timestampMs?: number;
}

const LINE_FEED = 0x0a;
/** Frames begin so: AWS's contract between runtimes and the platform. */
const MAGIC = [0xa5, 0x5a, 0x00] as const;
const FRAME_HEAD_BYTES = 16;

/**
 * Cuts a stream of output into log events: lines, and the frames with which a runtime keeps a message
 * of several lines together (0xa55a00LL, length, microseconds since 1970, message; big-endian).
 * Holds at most one unfinished event of LOG_LINE_BYTES_MAX; longer ones come in pieces.
 */
export class LineCutter {
  #partial: Buffer[] = [];
  #partialBytes = 0;

  /** The events that `chunk` completes. */
  push(chunk: Uint8Array): OutputLine[] {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#partialBytes > 0) {
      if (rest.indexOf(LINE_FEED) === -1 && !this.#isInFrame()) {
        return this.#keep(rest);
      }
      rest = Buffer.concat([...this.#partial, rest]);
      this.#partial = [];
      this.#partialBytes = 0;
    }
    const lines: OutputLine[] = [];
    while (rest.length > 0) {
      const frame = takeFrame(rest);
      if (frame === 'more') break;
      if (frame !== undefined) {
        lines.push(frame.line);
        rest = rest.subarray(frame.bytes);
        continue;
      }
      const end = rest.indexOf(LINE_FEED);
      if (end === -1 && rest.length < LOG_LINE_BYTES_MAX) break;
      const bytes = end === -1 ? LOG_LINE_BYTES_MAX : Math.min(end + 1, LOG_LINE_BYTES_MAX);
      lines.push({ message: textOf(rest.subarray(0, bytes)) });
      rest = rest.subarray(bytes);
    }
    return rest.length === 0 ? lines : [...lines, ...this.#keep(rest)];
  }

  /** What came without a line end. */
  flush(): OutputLine[] {
    if (this.#partialBytes === 0) return [];
    const message = textOf(concatBytes(this.#partial));
    this.#partial = [];
    this.#partialBytes = 0;
    return [{ message }];
  }

  #isInFrame(): boolean {
    return this.#partial[0]?.[0] === MAGIC[0];
  }

  #keep(bytes: Buffer): OutputLine[] {
    this.#partial.push(Buffer.from(bytes));
    this.#partialBytes += bytes.length;
    if (this.#partialBytes <= LOG_LINE_BYTES_MAX + FRAME_HEAD_BYTES) return [];
    return this.flush();
  }
}

/** The frame at the beginning of `bytes`; `more` where its end has not come. */
function takeFrame(bytes: Buffer): { line: OutputLine; bytes: number } | 'more' | undefined {
  for (let index = 0; index < MAGIC.length; index += 1) {
    if (index >= bytes.length) return 'more';
    if (bytes[index] !== MAGIC[index]) return undefined;
  }
  if (bytes.length < FRAME_HEAD_BYTES) return 'more';
  const length = bytes.readUInt32BE(4);
  if (length > LOG_LINE_BYTES_MAX) return undefined;
  const end = FRAME_HEAD_BYTES + length;
  if (bytes.length < end) return 'more';
  const timestampMs = Math.floor(Number(bytes.readBigUInt64BE(8)) / 1000);
  return {
    line: { message: bytes.toString('utf8', FRAME_HEAD_BYTES, end), timestampMs },
    bytes: end,
  };
}
