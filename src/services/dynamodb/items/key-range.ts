/** Conditions on keys as bounds of bytes. */
import { assert, present } from '#kernel/assert.ts';
import { compareValues } from '../value/compare.ts';
import { keyBytes, prefixEnd } from '../value/key-bytes.ts';
import type { Value } from '../value/value.ts';
import type { KeyTerm } from '../expressions/index.ts';
import type { Bound } from './page.ts';

export interface KeyRange {
  readonly low?: Bound;
  readonly high?: Bound;
}

/** The range keys that meet the term. */
export function keyRangeOf({ operator, values }: KeyTerm): KeyRange {
  const bytes = values.map(keyBytes);
  const first = present(bytes[0], 'counted when parsed');
  switch (operator) {
    case 'EQ':
      return { low: inclusive(first), high: inclusive(first) };
    case 'LT':
      return { high: exclusive(first) };
    case 'LE':
      return { high: inclusive(first) };
    case 'GT':
      return { low: exclusive(first) };
    case 'GE':
      return { low: inclusive(first) };
    case 'BETWEEN':
      return { low: inclusive(first), high: inclusive(present(bytes[1], 'counted when parsed')) };
    default: {
      assert(operator === 'BEGINS_WITH', 'others are refused before');
      const end = prefixEnd(first);
      return { low: inclusive(first), ...(end && { high: exclusive(end) }) };
    }
  }
}

function inclusive(bytes: Uint8Array): Bound {
  return { bytes, isInclusive: true };
}

function exclusive(bytes: Uint8Array): Bound {
  return { bytes, isInclusive: false };
}

/** True where a key's value lies in the range. */
export function isInRange(value: Value, { low, high }: KeyRange): boolean {
  const bytes = keyBytes(value);
  return isWithin(low, bytes, 1) && isWithin(high, bytes, -1);
}

function isWithin(bound: Bound | undefined, bytes: Uint8Array, side: 1 | -1): boolean {
  if (bound === undefined) return true;
  const order = Buffer.compare(bytes, bound.bytes) * side;
  return order > 0 || (order === 0 && bound.isInclusive);
}

/** True where two key values are the same. */
export function isSameKey(one: Value, two: Value): boolean {
  return compareValues(one, two) === 0;
}
