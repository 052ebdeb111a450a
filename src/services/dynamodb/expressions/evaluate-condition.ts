import { assert, present, unreachable } from '#kernel/assert.ts';
import { areEqual, compareValues } from '../value/compare.ts';
import { attributeOf, typeOf } from '../value/value.ts';
import type { Attributes, Value } from '../value/value.ts';
import type { Call, Comparator, Condition, Operand, Path } from './syntax.ts';

/** True where the item, which may have no attributes at all, meets the condition. Pure. */
export function isMet(condition: Condition, item: Attributes): boolean {
  switch (condition.kind) {
    case 'and':
      return isMet(condition.left, item) && isMet(condition.right, item);
    case 'or':
      return isMet(condition.left, item) || isMet(condition.right, item);
    case 'not':
      return !isMet(condition.condition, item);
    case 'compare':
      return holds(
        condition.comparator,
        resolve(condition.left, item),
        resolve(condition.right, item),
      );
    case 'between': {
      const value = resolve(condition.operand, item);
      return (
        holds('>=', value, resolve(condition.low, item)) &&
        holds('<=', value, resolve(condition.high, item))
      );
    }
    case 'in': {
      const value = resolve(condition.operand, item);
      return condition.list.some((operand) => holds('=', value, resolve(operand, item)));
    }
    case 'call':
      return isCallMet(condition, item);
    default:
      return unreachable(condition);
  }
}

/** What is missing equals nothing, and differs from everything that is there. */
function holds(comparator: Comparator, left: Value | undefined, right: Value | undefined): boolean {
  if (comparator === '<>') return !holds('=', left, right) && (left ?? right) !== undefined;
  if (left === undefined || right === undefined) return false;
  if (comparator === '=') return areEqual(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return unreachable(comparator);
  }
}

function isCallMet({ name, operands }: Call, item: Attributes): boolean {
  const [first, second] = operands;
  const subject = resolve(present(first, 'counted when checked'), item);
  if (name === 'attribute_exists') return subject !== undefined;
  if (name === 'attribute_not_exists') return subject === undefined;
  const argument = resolve(present(second, 'counted when checked'), item);
  if (subject === undefined || argument === undefined) return false;
  switch (name) {
    case 'attribute_type':
      return 'S' in argument && typeOf(subject) === argument.S;
    case 'begins_with':
      return beginsWith(subject, argument);
    default:
      assert(name === 'contains', 'checked to be a function of conditions');
      return contains(subject, argument);
  }
}

function beginsWith(value: Value, prefix: Value): boolean {
  if ('S' in value && 'S' in prefix) return value.S.startsWith(prefix.S);
  if (!('B' in value && 'B' in prefix)) return false;
  return Buffer.compare(value.B.subarray(0, prefix.B.byteLength), prefix.B) === 0;
}

/** A part of a string or binary, a member of a set, an element of a list. */
function contains(whole: Value, part: Value): boolean {
  if ('S' in whole && 'S' in part) return whole.S.includes(part.S);
  if ('B' in whole && 'B' in part) return includesBytes(whole.B, part.B);
  if ('SS' in whole && 'S' in part) return whole.SS.includes(part.S);
  if ('NS' in whole && 'N' in part) return whole.NS.includes(part.N);
  if ('BS' in whole && 'B' in part) {
    return whole.BS.some((member) => Buffer.compare(member, part.B) === 0);
  }
  return 'L' in whole && whole.L.some((element) => areEqual(element, part));
}

function includesBytes(whole: Uint8Array, part: Uint8Array): boolean {
  return Buffer.from(whole).includes(Buffer.from(part));
}

function resolve(operand: Operand, item: Attributes): Value | undefined {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path':
      return valueAt(item, operand.path);
    case 'call': {
      const subject = resolve(present(operand.operands[0], 'counted when checked'), item);
      const size = subject && sizeOf(subject);
      return size === undefined ? undefined : { N: String(size) };
    }
    default:
      return unreachable(operand);
  }
}

/** Characters of a string, bytes of a binary, elements of the rest; numbers and flags have none. */
function sizeOf(value: Value): number | undefined {
  if ('S' in value) return value.S.length;
  if ('B' in value) return value.B.byteLength;
  if ('SS' in value) return value.SS.length;
  if ('NS' in value) return value.NS.length;
  if ('BS' in value) return value.BS.length;
  if ('L' in value) return value.L.length;
  return 'M' in value ? Object.keys(value.M).length : undefined;
}

/** The value at a path, or `undefined` where the path leads nowhere. */
export function valueAt(item: Attributes, path: Path): Value | undefined {
  let value: Value | undefined = { M: item };
  for (const element of path) {
    if (value === undefined) return undefined;
    value = childOf(value, element);
  }
  return value;
}

function childOf(value: Value, element: string | number): Value | undefined {
  if (typeof element === 'number') return 'L' in value ? value.L[element] : undefined;
  return 'M' in value ? attributeOf(value.M, element) : undefined;
}
