/**
 * Comparisons of the parameters that were before expressions, as the conditions that they mean.
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
 */
import type { AttributeValue } from '#aws/models/dynamodb.types.gen.ts';
import { assert, present } from '#kernel/assert.ts';
import { invalidParameters, validation } from '../errors.ts';
import type { Condition, Operand } from '../expressions/index.ts';
import { compareValues } from '../value/compare.ts';
import { parseValue } from '../value/parse-value.ts';
import { typeOf } from '../value/value.ts';
import type { Value } from '../value/value.ts';

export interface Comparison {
  readonly operator: string;
  readonly values: readonly Value[];
}

const SCALARS: readonly string[] = ['S', 'N', 'B'];
const COMPARABLE: readonly string[] = [...SCALARS, 'SS', 'NS', 'BS', 'L', 'M', 'BOOL', 'NULL'];

/** How many values each operator takes, and of which types. `undefined` is one or more. */
const OPERATORS: ReadonlyMap<
  string,
  { readonly count: number | undefined; readonly types: readonly string[] }
> = new Map([
  ['EQ', { count: 1, types: COMPARABLE }],
  ['NE', { count: 1, types: COMPARABLE }],
  ['LE', { count: 1, types: SCALARS }],
  ['LT', { count: 1, types: SCALARS }],
  ['GE', { count: 1, types: SCALARS }],
  ['GT', { count: 1, types: SCALARS }],
  ['CONTAINS', { count: 1, types: SCALARS }],
  ['NOT_CONTAINS', { count: 1, types: SCALARS }],
  ['BEGINS_WITH', { count: 1, types: ['S', 'B'] }],
  ['BETWEEN', { count: 2, types: SCALARS }],
  ['IN', { count: undefined, types: SCALARS }],
  ['NULL', { count: 0, types: [] }],
  ['NOT_NULL', { count: 0, types: [] }],
]);

/**
 * Validates a comparison's values.
 * @throws ValidationException in AWS's words
 */
export function parseComparison(
  operator: string,
  input: readonly AttributeValue[] | undefined,
): Comparison {
  const values = (input ?? []).map(parseValue);
  const { count, types } = present(OPERATORS.get(operator), 'the model allows no other operator');
  if (count === undefined ? values.length === 0 : values.length !== count) {
    throw invalidParameters(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  const [first, second] = values;
  if (first && values.some((value) => typeOf(value) !== typeOf(first))) {
    throw invalidParameters('AttributeValues inside AttributeValueList must be of same type');
  }
  const unfit = values.find((value) => !types.includes(typeOf(value)));
  if (unfit) {
    throw invalidParameters(
      `ComparisonOperator ${operator} is not valid for ${typeOf(unfit)} AttributeValue type`,
    );
  }
  if (operator === 'BETWEEN' && first && second && (compareValues(first, second) ?? 0) > 0) {
    throw validation(
      'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
    );
  }
  return { operator, values };
}

const COMPARATORS = { EQ: '=', NE: '<>', LE: '<=', LT: '<', GE: '>=', GT: '>' } as const;

/** The condition that the attribute compares so. */
export function comparisonCondition(name: string, { operator, values }: Comparison): Condition {
  const operand: Operand = { kind: 'path', path: [name] };
  const literals = values.map((value): Operand => ({ kind: 'value', value }));
  const [first, second] = literals;
  const call = (callee: string): Condition => ({
    kind: 'call',
    name: callee,
    operands: [operand, ...literals],
  });
  switch (operator) {
    case 'NULL':
      return call('attribute_not_exists');
    case 'NOT_NULL':
      return call('attribute_exists');
    case 'CONTAINS':
      return call('contains');
    case 'NOT_CONTAINS':
      return { kind: 'not', condition: call('contains') };
    case 'BEGINS_WITH':
      return call('begins_with');
    case 'IN':
      return { kind: 'in', operand, list: literals };
    case 'BETWEEN': {
      const low = present(first, 'two were counted');
      return { kind: 'between', operand, low, high: present(second, 'two were counted') };
    }
    default: {
      assert(Object.hasOwn(COMPARATORS, operator), 'all others are above');
      const comparator = COMPARATORS[operator as keyof typeof COMPARATORS]; // Just asserted.
      return {
        kind: 'compare',
        comparator,
        left: operand,
        right: present(first, 'one was counted'),
      };
    }
  }
}

/**
 * All of them, or any of them.
 * @throws ValidationException where an operator joins nothing
 */
export function joinConditions(
  conditions: readonly Condition[],
  operator: string | undefined,
): Condition | undefined {
  if (operator !== undefined && conditions.length < 2) {
    throw validation(
      conditions.length === 0
        ? 'ConditionalOperator cannot be used without Filter or Expected'
        : 'ConditionalOperator can only be used when Filter or Expected has two or more elements',
    );
  }
  const [first, ...rest] = conditions;
  const kind = operator === 'OR' ? 'or' : 'and';
  return rest.reduce<Condition | undefined>((left, right) => left && { kind, left, right }, first);
}
