/**
 * Keys as bytes that sort as DynamoDB sorts: strings by their UTF-8, binaries as they are, numbers
 * by value. A number is one byte of sign, one of exponent, and its digits two a byte; negatives are
 * complemented.
 */
import { crc32 } from 'node:zlib';
import { assert } from '#kernel/assert.ts';
import { parseNumber } from './number.ts';
import type { KeyType, Value } from './value.ts';

const SIGN_NEGATIVE = 0x40;
const SIGN_ZERO = 0x80;
const SIGN_POSITIVE = 0xc0;
const EXPONENT_BIAS = 130;
/** Ends a negative number, so that the one with fewer digits comes later. */
const NEGATIVE_END = 0xff;
/** Bytes of the hash before a hash key. */
export const HASH_BYTES = 4;

/** The bytes by which a value is sorted as a range key. */
export function keyBytes(value: Value): Uint8Array {
  if ('S' in value) return Buffer.from(value.S);
  if ('B' in value) return value.B;
  assert('N' in value, 'a key is S, N or B');
  return numberKeyBytes(value.N);
}

/**
 * The bytes under which a hash key's items lie: a hash, which scatters keys over the segments of a
 * scan, and the key itself.
 */
export function hashKeyBytes(value: Value): Uint8Array {
  const key = keyBytes(value);
  const bytes = Buffer.allocUnsafe(HASH_BYTES + key.byteLength);
  bytes.writeUInt32BE(crc32(key));
  bytes.set(key, HASH_BYTES);
  return bytes;
}

/** The bytes by which a number is sorted. */
export function numberKeyBytes(text: string): Uint8Array {
  const { digits, exponent, isNegative } = parseNumber(text);
  if (digits === '') return Buffer.of(SIGN_ZERO);
  const padded = digits.length % 2 === 0 ? digits : `${digits}0`;
  const bytes = [isNegative ? SIGN_NEGATIVE : SIGN_POSITIVE, exponent + EXPONENT_BIAS];
  for (let index = 0; index < padded.length; index += 2) {
    bytes.push(Number(padded.slice(index, index + 2)) + 1);
  }
  if (!isNegative) return Buffer.from(bytes);
  const complemented = bytes.map((byte, index) => (index === 0 ? byte : 0xff - byte));
  return Buffer.from([...complemented, NEGATIVE_END]);
}

/** The smallest bytes after all that begin with `prefix`; `undefined` where there are none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.byteLength;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  if (length === 0) return undefined;
  const end = Buffer.from(prefix.subarray(0, length));
  end[length - 1] = (end[length - 1] ?? 0) + 1;
  return end;
}

/** Where segment `index` of `total` begins; `undefined` after the last. */
export function segmentStart(index: number, total: number): Uint8Array | undefined {
  if (index >= total) return undefined;
  const bytes = Buffer.alloc(HASH_BYTES);
  bytes.writeUInt32BE(Math.ceil((index * 2 ** 32) / total));
  return bytes;
}

/** True where a value may be a key of this type. */
export function isOfKeyType(value: Value, type: KeyType): boolean {
  return Object.hasOwn(value, type);
}
