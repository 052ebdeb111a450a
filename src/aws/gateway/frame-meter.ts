/** How long the frames are that a client of WebSocket sends: of that the library tells nothing. Pure. */

const SHORT_MAX = 125;
const LENGTH_16_BIT = 126;
const MASK_BYTES = 4;

/** Reads the heads of frames in a stream of bytes, whatever pieces it comes in. @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export class FrameMeter {
  #head: number[] = [];
  /** Bytes of the payload that are to come. */
  #left = 0;

  /** The longest payload that a frame announces which begins in these bytes; 0 where none does. */
  longest(bytes: Uint8Array): number {
    let longest = 0;
    let at = 0;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, bytes.length - at);
        this.#left -= passed;
        at += passed;
        continue;
      }
      this.#head.push(bytes[at] ?? 0);
      at += 1;
      const length = payloadBytes(this.#head);
      if (length === undefined) continue;
      this.#head = [];
      this.#left = length;
      longest = Math.max(longest, length);
    }
    return longest;
  }
}

/** The length of a payload whose frame's head is there whole; else `undefined`. */
function payloadBytes(head: readonly number[]): number | undefined {
  const second = head[1];
  if (second === undefined) return undefined;
  const code = second & 0x7f;
  const lengthBytes = code <= SHORT_MAX ? 0 : code === LENGTH_16_BIT ? 2 : 8;
  const maskBytes = second >= 0x80 ? MASK_BYTES : 0;
  if (head.length < 2 + lengthBytes + maskBytes) return undefined;
  if (lengthBytes === 0) return code;
  return head.slice(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
}
