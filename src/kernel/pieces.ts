import { concatBytes, EMPTY_BYTES } from './bytes.ts';
import { KIB } from './units.ts';

/** What keeping a piece costs beside its bytes: a sender may write them one by one. */
export const PIECE_BYTES = 512;
/** A shorter piece is copied, so that it does not keep all that it came with. */
export const SHORT_PIECE_BYTES = KIB;
const BLOCK_BYTES = 16 * KIB;

/** Bytes that come in pieces until they are whole: of one byte each, they take no more memory than of many. */
export class Pieces {
  readonly #pieces: Uint8Array[] = [];
  /** Where short pieces are kept together; what is before `#begin` is among the pieces already. */
  #block: Uint8Array = EMPTY_BYTES;
  #begin = 0;
  #end = 0;

  add(piece: Uint8Array): void {
    const isFirst = this.#pieces.length === 0 && this.#end === 0;
    if (isFirst || piece.byteLength >= SHORT_PIECE_BYTES) {
      this.#closeBlock();
      this.#pieces.push(piece);
      return;
    }
    if (this.#end + piece.byteLength > this.#block.byteLength) {
      this.#closeBlock();
      this.#block = new Uint8Array(BLOCK_BYTES);
      this.#begin = 0;
      this.#end = 0;
    }
    this.#block.set(piece, this.#end);
    this.#end += piece.byteLength;
  }

  /** All of them, in order. */
  whole(): Uint8Array {
    this.#closeBlock();
    return concatBytes(this.#pieces);
  }

  #closeBlock(): void {
    if (this.#end > this.#begin) this.#pieces.push(this.#block.subarray(this.#begin, this.#end));
    this.#begin = this.#end;
  }
}
