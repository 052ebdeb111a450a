/** What a WHERE says of keys. Pure. */
import { keyTermsOf, type KeyTerms } from '../expressions/key-condition.ts';
import type { Condition } from '../expressions/syntax.ts';
import { keyAttributes, type Keys } from '../tables/table.ts';
import { isOfKeyType } from '../value/key-bytes.ts';
import type { Attributes, Value } from '../value/value.ts';

/** The conditions that all must hold. */
export function conjuncts(condition: Condition | undefined): readonly Condition[] {
  if (condition === undefined) return [];
  if (condition.kind !== 'and') return [condition];
  return [...conjuncts(condition.left), ...conjuncts(condition.right)];
}

/** One condition of several that all must hold; `undefined` for none. */
export function allOf(conditions: readonly Condition[]): Condition | undefined {
  const [first, ...rest] = conditions;
  if (first === undefined) return undefined;
  return rest.reduce<Condition>((left, right) => ({ kind: 'and', left, right }), first);
}

export interface KeySplit {
  /** The key that the condition names whole; `undefined` where it does not. */
  readonly key: Attributes | undefined;
  /** What else must hold. */
  readonly rest: Condition | undefined;
}

/** The one item that a condition is about, and what it asks of it. */
export function splitKey(keys: Keys, where: Condition | undefined): KeySplit {
  const values = new Map<string, Value>();
  const rest: Condition[] = [];
  const names = new Set(keyAttributes(keys).map(({ name }) => name));
  for (const condition of conjuncts(where)) {
    const equality = equalityOf(condition);
    if (equality && names.has(equality.name) && !values.has(equality.name)) {
      values.set(equality.name, equality.value);
    } else rest.push(condition);
  }
  const key = values.size === names.size ? Object.fromEntries(values) : undefined;
  return { key, rest: allOf(rest) };
}

function equalityOf(
  condition: Condition,
): { readonly name: string; readonly value: Value } | undefined {
  if (condition.kind !== 'compare' || condition.comparator !== '=') return undefined;
  const { left, right } = condition;
  const [path, value] = left.kind === 'path' ? [left, right] : [right, left];
  if (path.kind !== 'path' || path.path.length !== 1 || value.kind !== 'value') return undefined;
  return { name: String(path.path[0]), value: value.value };
}

/**
 * The bounds that a condition puts on what must be read: an equality for the hash key, and any one condition for the
 * range key. Empty where everything must be read.
 */
export function boundsOf(keys: Keys, where: Condition | undefined): KeyTerms {
  const terms = new Map(termsOf(keys, where, keys.hash.name, ['EQ']));
  if (terms.size === 0 || !keys.range) return terms;
  const operators = ['EQ', 'LT', 'LE', 'GT', 'GE', 'BETWEEN', 'BEGINS_WITH'];
  return new Map([...terms, ...termsOf(keys, where, keys.range.name, operators)]);
}

function termsOf(
  keys: Keys,
  where: Condition | undefined,
  name: string,
  operators: readonly string[],
): KeyTerms {
  const attribute = keyAttributes(keys).find((each) => each.name === name);
  for (const condition of conjuncts(where)) {
    const term = asTerms(condition)?.get(name);
    if (term === undefined || !operators.includes(term.operator)) continue;
    if (attribute && term.values.every((value) => isOfKeyType(value, attribute.type))) {
      return new Map([[name, term]]);
    }
  }
  return new Map();
}

/** The condition as one on a key, where it can be one. */
function asTerms(condition: Condition): KeyTerms | undefined {
  const isPlain =
    (condition.kind === 'compare' && condition.comparator !== '<>') ||
    condition.kind === 'between' ||
    (condition.kind === 'call' && condition.name === 'begins_with');
  if (!isPlain) return undefined;
  const operands =
    condition.kind === 'compare'
      ? [condition.left, condition.right]
      : condition.kind === 'between'
        ? [condition.operand, condition.low, condition.high]
        : condition.operands;
  const paths = operands.filter(({ kind }) => kind === 'path');
  const isKey = paths.length === 1 && paths.every((path) => isTopLevel(path));
  const values = operands.filter(({ kind }) => kind === 'value');
  if (!isKey || values.length !== operands.length - 1) return undefined;
  if (condition.kind !== 'compare' && operands[0]?.kind !== 'path') return undefined;
  return keyTermsOf(condition);
}

function isTopLevel(operand: {
  readonly kind: string;
  readonly path?: readonly unknown[];
}): boolean {
  return operand.path?.length === 1;
}
