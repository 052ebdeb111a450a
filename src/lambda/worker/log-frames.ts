import { concatBytes, textOf } from '#kernel/bytes.ts';
import { MIB } from '#kernel/units.ts';
import { LOG_LINE_BYTES_MAX } from './limits.ts';

/** One event of a function's log, with its line end where it has one. */
export interface OutputLine {
  readonly message: string;
  /** When the runtime framed it, in ms since 1970; a plain line has none. */
  readonly timestampMs?: number;
}

const LINE_FEED = 0x0a;
const CHARACTER_BYTES_MAX = 4;
/** Frames begin so: AWS's contract between runtimes and the platform. */
const MAGIC = [0xa5, 0x5a, 0x00] as const;
const FRAME_HEAD_BYTES = 16;
/** A frame that claims to be longer is none; ours, AWS publishes no bound. */
const FRAME_BYTES_MAX = 16 * MIB;

/** A frame, or what is to come of one that is longer than an event may be. */
interface Frame {
  readonly bytes: number;
  readonly timestampMs: number;
}

/** An event, or the head of a long frame, and how many bytes of the output it took. */
interface Cut {
  readonly lines: readonly OutputLine[];
  readonly bytes: number;
}

/**
 * Cuts a stream of output into log events: lines, and the frames with which a runtime keeps a message
 * of several lines together (0xa55a00LL, length, microseconds since 1970, message; big-endian).
 * Holds at most one unfinished event of LOG_LINE_BYTES_MAX; longer ones come in pieces.
 */
export class LineCutter {
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #long: Frame | undefined;

  /** The events that `chunk` completes. */
  push(chunk: Uint8Array): OutputLine[] {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#partialBytes > 0) {
      if (this.#isUnfinishedLine(rest)) {
        this.#keep(rest);
        return [];
      }
      rest = Buffer.concat([...this.#partial, rest]);
      this.#forget();
    }
    const lines: OutputLine[] = [];
    while (rest.length > 0) {
      const cut = this.#long === undefined ? this.#cut(rest) : this.#cutLong(rest, this.#long);
      if (cut === undefined) break;
      lines.push(...cut.lines);
      rest = rest.subarray(cut.bytes);
    }
    if (rest.length > 0) this.#keep(rest);
    return lines;
  }

  /** What came without a line end. */
  flush(): OutputLine[] {
    const long = this.#long;
    this.#long = undefined;
    if (this.#partialBytes === 0) return [];
    const message = textOf(concatBytes(this.#partial));
    this.#forget();
    return [long === undefined ? { message } : { message, timestampMs: long.timestampMs }];
  }

  /** The event at the beginning of `bytes`; `undefined` where its end has not come. */
  #cut(bytes: Buffer): Cut | undefined {
    const frame = readHead(bytes);
    if (frame === 'more') return undefined;
    if (frame !== undefined && frame.bytes > LOG_LINE_BYTES_MAX) {
      this.#long = frame;
      return { lines: [], bytes: FRAME_HEAD_BYTES };
    }
    if (frame !== undefined) {
      const end = FRAME_HEAD_BYTES + frame.bytes;
      if (bytes.length < end) return undefined;
      const message = bytes.toString('utf8', FRAME_HEAD_BYTES, end);
      return { lines: [{ message, timestampMs: frame.timestampMs }], bytes: end };
    }
    const end = bytes.indexOf(LINE_FEED);
    if (end === -1 && bytes.length < LOG_LINE_BYTES_MAX) return undefined;
    const isWhole = end !== -1 && end < LOG_LINE_BYTES_MAX;
    const length = isWhole ? end + 1 : pieceOf(bytes);
    return { lines: [{ message: textOf(bytes.subarray(0, length)) }], bytes: length };
  }

  /** The next piece of a frame that is longer than an event may be. */
  #cutLong(bytes: Buffer, { bytes: missing, timestampMs }: Frame): Cut | undefined {
    if (bytes.length < Math.min(missing, LOG_LINE_BYTES_MAX)) return undefined;
    const length = missing <= LOG_LINE_BYTES_MAX ? missing : pieceOf(bytes);
    this.#long = missing === length ? undefined : { bytes: missing - length, timestampMs };
    const message = textOf(bytes.subarray(0, length));
    return { lines: [{ message, timestampMs }], bytes: length };
  }

  /** A plain line that goes on, and may: nothing has to be put together yet. */
  #isUnfinishedLine(more: Buffer): boolean {
    if (this.#long !== undefined || this.#partial[0]?.[0] === MAGIC[0]) return false;
    return this.#partialBytes + more.length < LOG_LINE_BYTES_MAX && !more.includes(LINE_FEED);
  }

  #keep(bytes: Buffer): void {
    this.#partial.push(Buffer.from(bytes));
    this.#partialBytes += bytes.length;
  }

  #forget(): void {
    this.#partial = [];
    this.#partialBytes = 0;
  }
}

/** How many bytes of a longer event its next piece has: no character of UTF-8 is cut in two. */
function pieceOf(bytes: Buffer): number {
  for (let back = 1; back <= CHARACTER_BYTES_MAX; back += 1) {
    const byte = bytes[LOG_LINE_BYTES_MAX - back] ?? 0;
    if (byte >= 0x80 && byte < 0xc0) continue;
    const characterBytes = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return characterBytes > back ? LOG_LINE_BYTES_MAX - back : LOG_LINE_BYTES_MAX;
  }
  return LOG_LINE_BYTES_MAX;
}

/** What the head at the beginning of `bytes` says of its frame; `more` where the head is not whole. */
function readHead(bytes: Buffer): Frame | 'more' | undefined {
  for (let index = 0; index < MAGIC.length; index += 1) {
    if (index >= bytes.length) return 'more';
    if (bytes[index] !== MAGIC[index]) return undefined;
  }
  if (bytes.length < FRAME_HEAD_BYTES) return 'more';
  const length = bytes.readUInt32BE(4);
  if (length > FRAME_BYTES_MAX) return undefined;
  const timestampMs = Math.floor(Number(bytes.readBigUInt64BE(8)) / 1000);
  return { bytes: length, timestampMs };
}
