import { numberBytes } from './number.ts';
import type { Attributes, Value } from './value.ts';

/** A list or map, besides what it holds. */
const CONTAINER_BYTES = 3;

/**
 * Bytes that an item weighs: names and values, in UTF-8.
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Attributes): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += utf8Bytes(name) + valueBytes(value);
  return bytes;
}

/** Bytes that a value weighs, without its name. */
export function valueBytes(value: Value): number {
  if ('S' in value) return utf8Bytes(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('B' in value) return value.B.byteLength;
  if ('BOOL' in value || 'NULL' in value) return 1;
  if ('SS' in value) return sum(value.SS, utf8Bytes);
  if ('NS' in value) return sum(value.NS, numberBytes);
  if ('BS' in value) return sum(value.BS, (bytes) => bytes.byteLength);
  if ('L' in value) return CONTAINER_BYTES + sum(value.L, (element) => 1 + valueBytes(element));
  const entries = Object.entries(value.M);
  return CONTAINER_BYTES + sum(entries, ([name, held]) => 1 + utf8Bytes(name) + valueBytes(held));
}

function sum<T>(values: readonly T[], bytesOf: (value: T) => number): number {
  let bytes = 0;
  for (const value of values) bytes += bytesOf(value);
  return bytes;
}

/** Bytes of a text in UTF-8. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}
