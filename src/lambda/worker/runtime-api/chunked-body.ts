import { addHeader } from './http-head.ts';

const LINE_BYTES_MAX = 16 * 1024;
const TRAILERS_MAX = 32;
/** A trailer carries the error of a streamed response in base64; AWS's limit of an error is 1 MiB. */
const TRAILER_BYTES_MAX = 2 * 1024 * 1024;
const CHUNK_SIZE = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

type DecoderState =
  | { readonly kind: 'size' }
  | { readonly kind: 'data'; remaining: number }
  | { readonly kind: 'data-end' }
  | { readonly kind: 'trailers' }
  | { readonly kind: 'ended' };

export type ChunkedResult =
  | { readonly kind: 'more' }
  /** `rest` are the bytes after the body. */
  | {
      readonly kind: 'ended';
      readonly trailers: ReadonlyMap<string, string>;
      readonly rest: Buffer;
    }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Undoes the chunked transfer coding, chunk by chunk; owns no more than one unfinished line. */
export class ChunkedDecoder {
  #state: DecoderState = { kind: 'size' };
  #line: Buffer = Buffer.alloc(0);
  readonly #trailers = new Map<string, string>();
  #trailerBytes = 0;
  readonly #onData: (data: Buffer) => void;

  /** `onData` gets views of the bytes pushed, never empty. */
  constructor(onData: (data: Buffer) => void) {
    this.#onData = onData;
  }

  push(bytes: Buffer): ChunkedResult {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#state.kind === 'data') {
        rest = this.#takeData(this.#state, rest);
        continue;
      }
      const end = rest.indexOf(LINE_FEED);
      const piece = end === -1 ? rest : rest.subarray(0, end + 1);
      rest = rest.subarray(piece.length);
      const isTrailer = this.#state.kind === 'trailers';
      const lineBytesMax = isTrailer ? TRAILER_BYTES_MAX : LINE_BYTES_MAX;
      if (this.#line.length + piece.length > lineBytesMax) return malformed('line too long');
      this.#line =
        this.#line.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#line, piece]);
      if (end === -1) return { kind: 'more' };
      const problem = this.#takeLine();
      if (problem !== undefined) return malformed(problem);
      if (this.#state.kind === 'ended') return { kind: 'ended', trailers: this.#trailers, rest };
    }
    return { kind: 'more' };
  }

  #takeData(state: { remaining: number }, bytes: Buffer): Buffer {
    const data = bytes.subarray(0, state.remaining);
    state.remaining -= data.length;
    if (state.remaining === 0) this.#state = { kind: 'data-end' };
    this.#onData(data);
    return bytes.subarray(data.length);
  }

  #takeLine(): string | undefined {
    const line = this.#line;
    this.#line = Buffer.alloc(0);
    if (line.at(-2) !== CARRIAGE_RETURN) return 'bare line feed';
    const text = line.toString('latin1', 0, line.length - 2);
    if (this.#state.kind === 'trailers') return this.#takeTrailer(text);
    if (this.#state.kind === 'data-end') {
      if (text !== '') return 'chunk longer than its size';
      this.#state = { kind: 'size' };
      return undefined;
    }
    const size = CHUNK_SIZE.exec(text);
    if (size === null) return 'malformed chunk size';
    const remaining = Number.parseInt(size[1] ?? '', 16);
    this.#state = remaining === 0 ? { kind: 'trailers' } : { kind: 'data', remaining };
    return undefined;
  }

  #takeTrailer(text: string): string | undefined {
    if (text === '') {
      this.#state = { kind: 'ended' };
      return undefined;
    }
    this.#trailerBytes += text.length;
    if (this.#trailers.size >= TRAILERS_MAX || this.#trailerBytes > TRAILER_BYTES_MAX) {
      return 'too many trailers';
    }
    return addHeader(this.#trailers, text);
  }
}

function malformed(reason: string): ChunkedResult {
  return { kind: 'malformed', reason };
}
