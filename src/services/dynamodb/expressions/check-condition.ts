/** What a condition must keep beyond its grammar, refused in AWS's order. */
import type { AwsError } from '#aws/errors.ts';
import { unreachable } from '#kernel/assert.ts';
import { compareValues } from '../value/compare.ts';
import { base64 } from '../value/parse-value.ts';
import { typeOf } from '../value/value.ts';
import type { Value, ValueType } from '../value/value.ts';
import { IN_OPERANDS_MAX } from '../limits.ts';
import { formatPath } from './syntax.ts';
import type { Call, Condition, Operand } from './syntax.ts';

const OPERAND_COUNTS: ReadonlyMap<string, number> = new Map([
  ['attribute_exists', 1],
  ['attribute_not_exists', 1],
  ['attribute_type', 2],
  ['begins_with', 2],
  ['contains', 2],
  ['size', 1],
]);

const TYPES: ReadonlySet<string> = new Set([
  'S',
  'N',
  'B',
  'NULL',
  'SS',
  'BOOL',
  'L',
  'BS',
  'NS',
  'M',
]);
const ORDERED_TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B']);

/** Answers what is wrong with the part, as AWS says it. */
type Check<T> = (part: T) => string | undefined;

/** @throws what `errorOf` makes of the first fault */
export function checkCondition(condition: Condition, errorOf: (message: string) => AwsError): void {
  const leaves = leavesOf(condition);
  const callees = leaves.flatMap(callsOf);
  const operands = leaves.flatMap(operandsOf).flatMap(flatten);
  const fault =
    firstFault(callees, unknownFunction) ??
    firstFault(leaves, misusedFunction) ??
    firstFault(operands, reservedWord) ??
    firstFault(leaves, faultOfLeaf);
  if (fault !== undefined) throw errorOf(fault);
}

function firstFault<T>(parts: readonly T[], check: Check<T>): string | undefined {
  for (const part of parts) {
    const fault = check(part);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

type Leaf = Exclude<Condition, { kind: 'and' | 'or' | 'not' }>;

/** The comparisons and calls, in the order of the text. */
function leavesOf(condition: Condition): readonly Leaf[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [...leavesOf(condition.left), ...leavesOf(condition.right)];
    case 'not':
      return leavesOf(condition.condition);
    default:
      return [condition];
  }
}

function operandsOf(leaf: Leaf): readonly Operand[] {
  switch (leaf.kind) {
    case 'compare':
      return [leaf.left, leaf.right];
    case 'between':
      return [leaf.operand, leaf.low, leaf.high];
    case 'in':
      return [leaf.operand, ...leaf.list];
    case 'call':
      return leaf.operands;
    default:
      return unreachable(leaf);
  }
}

/** The operand after those that it holds. */
function flatten(operand: Operand): readonly Operand[] {
  return operand.kind === 'call' ? [...operand.operands.flatMap(flatten), operand] : [operand];
}

function callsOf(leaf: Leaf): readonly Call[] {
  const inner = operandsOf(leaf)
    .flatMap(flatten)
    .filter((operand) => operand.kind === 'call');
  return leaf.kind === 'call' ? [...inner, leaf] : inner;
}

function unknownFunction(call: Call): string | undefined {
  return OPERAND_COUNTS.has(call.name)
    ? undefined
    : `Invalid function name; function: ${call.name}`;
}

/** `size` is an operand and no condition; the others are conditions and no operands. */
function misusedFunction(leaf: Leaf): string | undefined {
  const nested = operandsOf(leaf).flatMap(flatten);
  const misused =
    nested.find((operand) => operand.kind === 'call' && operand.name !== 'size') ??
    (leaf.kind === 'call' && leaf.name === 'size' ? leaf : undefined);
  if (misused?.kind !== 'call') return undefined;
  return `The function is not allowed to be used this way in an expression; function: ${misused.name}`;
}

function reservedWord(operand: Operand): string | undefined {
  if (operand.kind !== 'path' || operand.reservedWord === undefined) return undefined;
  return `Attribute name is a reserved keyword; reserved keyword: ${operand.reservedWord}`;
}

/** What is wrong with an operand whose placeholder stands for nothing. */
export function undefinedPlaceholder(operand: Operand): string | undefined {
  if (operand.kind === 'call' || operand.undefinedName === undefined) return undefined;
  return operand.kind === 'path'
    ? 'An expression attribute name used in the document path is not defined; attribute name: ' +
        operand.undefinedName
    : 'An expression attribute value used in expression is not defined; attribute value: ' +
        operand.undefinedName;
}

function faultOfLeaf(leaf: Leaf): string | undefined {
  const calls = callsOf(leaf);
  return (
    firstFault(operandsOf(leaf).flatMap(flatten), undefinedPlaceholder) ??
    firstFault(calls, wrongCount) ??
    sameOperands(leaf) ??
    firstFault(calls, faultOfCall) ??
    faultOfTypes(leaf)
  );
}

function wrongCount({ name, operands }: Call): string | undefined {
  if (OPERAND_COUNTS.get(name) === operands.length) return undefined;
  return (
    'Incorrect number of operands for operator or function; ' +
    `operator or function: ${name}, number of operands: ${operands.length}`
  );
}

function sameOperands(leaf: Leaf): string | undefined {
  const [first, second, third] = operandsOf(leaf);
  if (leaf.kind === 'between' || leaf.kind === 'in' || third) return undefined;
  if (first?.kind !== 'path' || second?.kind !== 'path') return undefined;
  if (formatPath(first.path) !== formatPath(second.path)) return undefined;
  const operator = leaf.kind === 'compare' ? leaf.comparator : leaf.name;
  return (
    'The first operand must be distinct from the remaining operands for this operator or ' +
    `function; operator: ${operator}, first operand: ${formatPath(first.path)}`
  );
}

function faultOfCall({ name, operands }: Call): string | undefined {
  const [first, second] = operands;
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      return first?.kind === 'path' ? undefined : needsPath(name);
    case 'begins_with':
      return firstFault(operands, (operand) => {
        const type = literalType(operand);
        return type && type !== 'S' && type !== 'B' ? wrongType(name, type) : undefined;
      });
    case 'attribute_type':
      return faultOfTypeName(second);
    case 'size': {
      const type = first && literalType(first);
      return type === 'N' || type === 'BOOL' || type === 'NULL' ? wrongType(name, type) : undefined;
    }
    default:
      return undefined;
  }
}

function needsPath(name: string): string {
  return `Operator or function requires a document path; operator or function: ${name}`;
}

/** The fault of an operand of a type that the function does not take. */
export function wrongType(name: string, type: string): string {
  return (
    'Incorrect operand type for operator or function; ' +
    `operator or function: ${name}, operand type: ${type}`
  );
}

function faultOfTypeName(operand: Operand | undefined): string | undefined {
  const type = operand && literalType(operand);
  if (operand?.kind !== 'value' || !('S' in operand.value)) {
    return wrongType('attribute_type', type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}');
  }
  const name = operand.value.S;
  if (TYPES.has(name)) return undefined;
  return (
    `Invalid attribute type name found; type: ${name}, ` +
    'valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}'
  );
}

/** The type of a value or of what a call answers; a path's is not known yet. */
function literalType(operand: Operand): ValueType | undefined {
  if (operand.kind === 'path') return undefined;
  if (operand.kind === 'call') return operand.name === 'size' ? 'N' : 'BOOL';
  return typeOf(operand.value);
}

function faultOfTypes(leaf: Leaf): string | undefined {
  if (leaf.kind === 'between') return faultOfBounds(leaf.low, leaf.high);
  if (leaf.kind === 'in') return faultOfList(leaf.list);
  if (leaf.kind !== 'compare' || leaf.comparator === '=' || leaf.comparator === '<>')
    return undefined;
  return firstFault([leaf.left, leaf.right], (operand) => unordered(leaf.comparator, operand));
}

function unordered(operator: string, operand: Operand): string | undefined {
  const type = literalType(operand);
  if (type === undefined || ORDERED_TYPES.has(type)) return undefined;
  return wrongType(operator, type);
}

function faultOfList(list: readonly Operand[]): string | undefined {
  if (list.length <= IN_OPERANDS_MAX) return undefined;
  return `The IN operator is provided with too many operands; number of operands: ${list.length}`;
}

function faultOfBounds(low: Operand, high: Operand): string | undefined {
  const unorderedBound = firstFault([low, high], (operand) => unordered('BETWEEN', operand));
  if (unorderedBound !== undefined) return unorderedBound;
  if (low.kind !== 'value' || high.kind !== 'value') return undefined;
  const bounds =
    `lower bound operand: AttributeValue: ${formatValue(low.value)}, ` +
    `upper bound operand: AttributeValue: ${formatValue(high.value)}`;
  const order = compareValues(low.value, high.value);
  if (order === undefined) {
    return `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`;
  }
  if (order <= 0) return undefined;
  return `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`;
}

function formatValue(value: Value): string {
  if ('S' in value) return `{S:${value.S}}`;
  if ('N' in value) return `{N:${value.N}}`;
  return 'B' in value ? `{B:${base64(value.B)}}` : `{${typeOf(value)}}`;
}
