import { compareNumbers } from './number.ts';
import { base64 } from './parse-value.ts';
import { typeOf } from './value.ts';
import type { Attributes, Value } from './value.ts';

/** True where both are of one type and say the same; sets in any order, lists in theirs. */
export function areEqual(left: Value, right: Value): boolean {
  if (typeOf(left) !== typeOf(right)) return false;
  if ('S' in left && 'S' in right) return left.S === right.S;
  if ('N' in left && 'N' in right) return left.N === right.N;
  if ('BOOL' in left && 'BOOL' in right) return left.BOOL === right.BOOL;
  if ('B' in left && 'B' in right) return Buffer.compare(left.B, right.B) === 0;
  if ('SS' in left && 'SS' in right) return areSameMembers(left.SS, right.SS);
  if ('NS' in left && 'NS' in right) return areSameMembers(left.NS, right.NS);
  if ('BS' in left && 'BS' in right) {
    return areSameMembers(left.BS.map(base64), right.BS.map(base64));
  }
  if ('L' in left && 'L' in right) return areEqualLists(left.L, right.L);
  if ('M' in left && 'M' in right) return areEqualItems(left.M, right.M);
  return true;
}

function areSameMembers(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  const members = new Set(left);
  return right.every((member) => members.has(member));
}

function areEqualLists(left: readonly Value[], right: readonly Value[]): boolean {
  return (
    left.length === right.length &&
    left.every((value, index) => {
      const other = right[index];
      return other !== undefined && areEqual(value, other);
    })
  );
}

/** True where both have the same attributes with equal values. */
export function areEqualItems(left: Attributes, right: Attributes): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    const value = left[name];
    const other = Object.hasOwn(right, name) ? right[name] : undefined;
    return value !== undefined && other !== undefined && areEqual(value, other);
  });
}

/**
 * Negative, zero or positive as `left` comes before, with or after `right`; `undefined` where their
 * types differ or have no order. Strings are ordered by their UTF-8 bytes.
 */
export function compareValues(left: Value, right: Value): number | undefined {
  if ('S' in left && 'S' in right) return compareStrings(left.S, right.S);
  if ('N' in left && 'N' in right) return compareNumbers(left.N, right.N);
  if ('B' in left && 'B' in right) return Buffer.compare(left.B, right.B);
  return undefined;
}

const SURROGATE = /[\uD800-\uDFFF]/;

/** Code units order as UTF-8 does, but for surrogates. */
function compareStrings(left: string, right: string): number {
  if (left === right) return 0;
  if (SURROGATE.test(left) || SURROGATE.test(right)) {
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  return left < right ? -1 : 1;
}
