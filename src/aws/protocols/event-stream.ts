/**
 * Frames of `application/vnd.amazon.eventstream`: lengths and their CRC, headers, payload, CRC of the whole.
 * @see https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { crc32 } from 'node:zlib';
import { assert } from '#kernel/assert.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { MIB } from '#kernel/units.ts';

export const EVENT_STREAM_TYPE = 'application/vnd.amazon.eventstream';

/** One message. Header values are text: AWS's own events use no other type. */
export interface EventMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** Bytes of the whole message, its four-byte fields and CRCs included. */
const MESSAGE_BYTES_MAX = 16 * MIB + 16;
/** Bytes of all headers together. */
const HEADERS_BYTES_MAX = 128 * 1024;
const PRELUDE_BYTES = 12;
const TRAILER_BYTES = 4;
const STRING_TYPE = 7;

/** A message's frame. */
export function encodeMessage(message: EventMessage): Uint8Array {
  const headers = encodeHeaders(message.headers);
  const length = PRELUDE_BYTES + headers.byteLength + message.payload.byteLength + TRAILER_BYTES;
  assert(length <= MESSAGE_BYTES_MAX, 'an event is larger than a message may be');
  const frame = Buffer.allocUnsafe(length);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt32BE(headers.byteLength, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  frame.set(headers, PRELUDE_BYTES);
  frame.set(message.payload, PRELUDE_BYTES + headers.byteLength);
  frame.writeUInt32BE(crc32(frame.subarray(0, length - TRAILER_BYTES)), length - TRAILER_BYTES);
  return frame;
}

function encodeHeaders(headers: EventMessage['headers']): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const nameBytes = utf8(name);
    const valueBytes = utf8(value);
    assert(nameBytes.length <= 255 && valueBytes.length <= 32_767, `header ${name} is too long`);
    const length = valueBytes.length;
    parts.push(Uint8Array.of(nameBytes.length), nameBytes);
    parts.push(Uint8Array.of(STRING_TYPE, length >> 8, length & 0xff), valueBytes);
  }
  return Buffer.concat(parts);
}

/** Bytes that are no message: cut short, of a wrong CRC, or longer than one may be. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/**
 * The first message in `bytes` and how many bytes it took; `undefined` while it is not complete.
 * @throws MalformedMessage
 */
export function decodeMessage(
  bytes: Uint8Array,
): { readonly message: EventMessage; readonly bytesRead: number } | undefined {
  if (bytes.byteLength < PRELUDE_BYTES) return undefined;
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = frame.readUInt32BE(0);
  const headersLength = frame.readUInt32BE(4);
  if (crc32(frame.subarray(0, 8)) !== frame.readUInt32BE(8)) {
    throw new MalformedMessage('the CRC of the lengths is wrong');
  }
  const isPlausible =
    length <= MESSAGE_BYTES_MAX &&
    headersLength <= HEADERS_BYTES_MAX &&
    PRELUDE_BYTES + headersLength + TRAILER_BYTES <= length;
  if (!isPlausible) throw new MalformedMessage('the lengths are impossible');
  if (frame.byteLength < length) return undefined;
  const end = length - TRAILER_BYTES;
  if (crc32(frame.subarray(0, end)) !== frame.readUInt32BE(end)) {
    throw new MalformedMessage('the CRC of the message is wrong');
  }
  const headers = decodeHeaders(frame.subarray(PRELUDE_BYTES, PRELUDE_BYTES + headersLength));
  const payload = frame.subarray(PRELUDE_BYTES + headersLength, end);
  return { message: { headers, payload }, bytesRead: length };
}

function decodeHeaders(bytes: Buffer): EventMessage['headers'] {
  const headers: Record<string, string> = {};
  let position = 0;
  const take = (count: number): Buffer => {
    if (position + count > bytes.byteLength) throw new MalformedMessage('a header is cut short');
    position += count;
    return bytes.subarray(position - count, position);
  };
  while (position < bytes.byteLength) {
    const name = textOf(take(take(1).readUInt8()));
    if (take(1).readUInt8() !== STRING_TYPE) throw new MalformedMessage(`${name} is no text`);
    const value = textOf(take(take(2).readUInt16BE()));
    Object.defineProperty(headers, name, { value, enumerable: true, configurable: true });
  }
  return headers;
}
