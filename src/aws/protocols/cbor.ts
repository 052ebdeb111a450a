/**
 * The CBOR that rpcv2Cbor uses: no tags but moments, keys that are text. Bounded in depth; lengths that a
 * header claims are believed only as far as bytes follow.
 * @see https://www.rfc-editor.org/rfc/rfc8949
 */
import { textOf, utf8 } from '#kernel/bytes.ts';
import { setOwn, type Mutable } from './records.ts';

const DEPTH_MAX = 100;

/** Bytes that are no CBOR, or pass the bounds. */
export class MalformedCbor extends Error {
  override readonly name = 'MalformedCbor';
}

const MAJOR = {
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
} as const;
const INDEFINITE = 31;
const BREAK = Symbol('break');

/**
 * The one value that `bytes` hold: numbers, text, bytes, booleans, null, Date for tag 1, arrays, objects.
 * @throws MalformedCbor
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new CborReader(bytes);
  const value = reader.value(0);
  if (value === BREAK || !reader.isAtEnd) throw new MalformedCbor('more than one value');
  return value;
}

class CborReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.byteLength;
  }

  value(depth: number): unknown {
    if (depth > DEPTH_MAX) throw new MalformedCbor('nested too deeply');
    const head = this.#view.getUint8(this.#take(1));
    const info = head & 31;
    switch (head >> 5) {
      case MAJOR.unsigned:
        return this.#argument(info);
      case MAJOR.negative:
        return -1 - this.#argument(info);
      case MAJOR.bytes:
        return this.#chunks(info, MAJOR.bytes, depth);
      case MAJOR.text:
        return textOf(this.#chunks(info, MAJOR.text, depth));
      case MAJOR.array:
        return this.#array(info, depth);
      case MAJOR.map:
        return this.#map(info, depth);
      case MAJOR.tag:
        return this.#tagged(this.#argument(info), depth);
      default:
        return this.#simple(info);
    }
  }

  /** Advances over `count` bytes and answers where they begin. */
  #take(count: number): number {
    const start = this.#position;
    if (count > this.#bytes.byteLength - start) throw new MalformedCbor('cut short');
    this.#position = start + count;
    return start;
  }

  #argument(info: number): number {
    if (info < 24) return info;
    if (info === 24) return this.#view.getUint8(this.#take(1));
    if (info === 25) return this.#view.getUint16(this.#take(2));
    if (info === 26) return this.#view.getUint32(this.#take(4));
    if (info === 27) return Number(this.#view.getBigUint64(this.#take(8)));
    throw new MalformedCbor('a reserved length');
  }

  #chunks(info: number, major: number, depth: number): Uint8Array {
    if (info !== INDEFINITE) {
      const length = this.#argument(info);
      const start = this.#take(length);
      return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
    }
    if (depth > DEPTH_MAX) throw new MalformedCbor('nested too deeply');
    const parts: Uint8Array[] = [];
    for (;;) {
      const head = this.#view.getUint8(this.#take(1));
      if (head === 0xff) return Buffer.concat(parts);
      if (head >> 5 !== major || (head & 31) === INDEFINITE)
        throw new MalformedCbor('a wrong chunk');
      parts.push(this.#chunks(head & 31, major, depth));
    }
  }

  #array(info: number, depth: number): unknown[] {
    const count = info === INDEFINITE ? Infinity : this.#argument(info);
    const items: unknown[] = [];
    while (items.length < count) {
      const item = this.value(depth + 1);
      if (item === BREAK) return this.#endOf(items, info);
      items.push(item);
    }
    return items;
  }

  #map(info: number, depth: number): Mutable {
    const count = info === INDEFINITE ? Infinity : this.#argument(info);
    const entries: Mutable = {};
    for (let index = 0; index < count; index += 1) {
      const key = this.value(depth + 1);
      if (key === BREAK) return this.#endOf(entries, info);
      const item = this.value(depth + 1);
      if (typeof key !== 'string' || item === BREAK) throw new MalformedCbor('a wrong entry');
      setOwn(entries, key, item);
    }
    return entries;
  }

  #endOf<T>(collection: T, info: number): T {
    if (info !== INDEFINITE) throw new MalformedCbor('a break where none may be');
    return collection;
  }

  /** A moment, in seconds; other tags are passed over. */
  #tagged(tag: number, depth: number): unknown {
    const value = this.value(depth + 1);
    if (value === BREAK) throw new MalformedCbor('a break where none may be');
    if (tag !== 1) return value;
    if (typeof value !== 'number') throw new MalformedCbor('a moment that is no number');
    return new Date(Math.round(value * 1000));
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
      case 21:
        return info === 21;
      case 22:
      case 23:
        return null;
      case 25:
        return halfFloat(this.#view.getUint16(this.#take(2)));
      case 26:
        return this.#view.getFloat32(this.#take(4));
      case 27:
        return this.#view.getFloat64(this.#take(8));
      case INDEFINITE:
        return BREAK;
      default:
        throw new MalformedCbor('an unknown simple value');
    }
  }
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Marks a number to be written as a double even where it is whole. */
export class CborDouble {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** CBOR of a tree as `decodeCbor` answers it. */
export function encodeCbor(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  encodeInto(parts, value);
  return Buffer.concat(parts);
}

function encodeInto(parts: Uint8Array[], value: unknown): void {
  if (value === null || value === undefined) parts.push(Uint8Array.of(0xf6));
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else if (typeof value === 'number') encodeNumber(parts, value);
  else if (typeof value === 'string') encodeBytes(parts, MAJOR.text, utf8(value));
  else if (value instanceof Uint8Array) encodeBytes(parts, MAJOR.bytes, value);
  else if (value instanceof CborDouble) encodeDouble(parts, value.value);
  else if (value instanceof Date) {
    parts.push(head(MAJOR.tag, 1));
    encodeDouble(parts, value.getTime() / 1000);
  } else if (Array.isArray(value)) {
    parts.push(head(MAJOR.array, value.length));
    for (const item of value) encodeInto(parts, item);
  } else encodeMap(parts, value);
}

function encodeMap(parts: Uint8Array[], value: object): void {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  parts.push(head(MAJOR.map, entries.length));
  for (const [key, item] of entries) {
    encodeBytes(parts, MAJOR.text, utf8(key));
    encodeInto(parts, item);
  }
}

function encodeNumber(parts: Uint8Array[], value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) encodeDouble(parts, value);
  else parts.push(value < 0 ? head(MAJOR.negative, -1 - value) : head(MAJOR.unsigned, value));
}

function encodeDouble(parts: Uint8Array[], value: number): void {
  const bytes = Buffer.allocUnsafe(9);
  bytes.writeUInt8(0xfb, 0);
  bytes.writeDoubleBE(value, 1);
  parts.push(bytes);
}

function encodeBytes(parts: Uint8Array[], major: number, bytes: Uint8Array): void {
  parts.push(head(major, bytes.byteLength), bytes);
}

function head(major: number, argument: number): Uint8Array {
  const type = major << 5;
  if (argument < 24) return Uint8Array.of(type | argument);
  if (argument < 0x100) return Uint8Array.of(type | 24, argument);
  if (argument < 0x10000) return Uint8Array.of(type | 25, argument >> 8, argument & 0xff);
  const isLong = argument >= 0x1_0000_0000;
  const bytes = Buffer.allocUnsafe(isLong ? 9 : 5);
  bytes.writeUInt8(type | (isLong ? 27 : 26), 0);
  if (isLong) bytes.writeBigUInt64BE(BigInt(argument), 1);
  else bytes.writeUInt32BE(argument, 1);
  return bytes;
}
