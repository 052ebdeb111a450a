/** The parameters that were before expressions, as the same conditions, updates and paths. */
import type {
  AttributeValue,
  AttributeValueUpdate,
  Condition as LegacyCondition,
  ExpectedAttributeValue,
} from '#aws/models/dynamodb.types.gen.ts';
import { invalidParameters, validation } from '../errors.ts';
import type { Condition, KeyTerms, Path, UpdateAction } from '../expressions/index.ts';
import { parseValue } from '../value/parse-value.ts';
import { typeOf } from '../value/value.ts';
import { comparisonCondition, joinConditions, parseComparison } from './comparison.ts';

type Map<T> = { readonly [name: string]: T };

/** @throws ValidationException in AWS's words */
export function expectedCondition(
  expected: Map<ExpectedAttributeValue> | undefined,
  operator: string | undefined,
): Condition | undefined {
  const conditions = Object.entries(expected ?? {}).map(([name, each]) => oneExpected(name, each));
  return joinConditions(conditions, operator);
}

function oneExpected(name: string, expected: ExpectedAttributeValue): Condition {
  const {
    AttributeValueList: list,
    ComparisonOperator: operator,
    Exists: exists,
    Value,
  } = expected;
  if (list !== undefined && Value !== undefined) {
    throw invalidParameters(
      `Value and AttributeValueList cannot be used together for Attribute: ${name}`,
    );
  }
  if (operator !== undefined) {
    if (exists !== undefined) {
      throw invalidParameters(
        `Exists and ComparisonOperator cannot be used together for Attribute: ${name}`,
      );
    }
    const values = list ?? (Value === undefined ? undefined : [Value]);
    if (values === undefined && operator !== 'NULL' && operator !== 'NOT_NULL') {
      throw invalidParameters(
        `Value or AttributeValueList must be used with ComparisonOperator: ${operator} ` +
          `for Attribute: ${name}`,
      );
    }
    return comparisonCondition(name, parseComparison(operator, values));
  }
  if (list !== undefined) {
    throw invalidParameters(
      `AttributeValueList can only be used with a ComparisonOperator for Attribute: ${name}`,
    );
  }
  return existsCondition(name, exists, Value);
}

function existsCondition(
  name: string,
  exists: boolean | undefined,
  value: AttributeValue | undefined,
): Condition {
  if (exists === false) {
    if (value !== undefined) {
      throw invalidParameters(`Value cannot be used when Exists is false for Attribute: ${name}`);
    }
    return comparisonCondition(name, { operator: 'NULL', values: [] });
  }
  if (value === undefined) {
    throw invalidParameters(
      `Value must be provided when Exists is ${exists ?? 'null'} for Attribute: ${name}`,
    );
  }
  return comparisonCondition(name, { operator: 'EQ', values: [parseValue(value)] });
}

/** @throws ValidationException in AWS's words */
export function filterCondition(
  filter: Map<LegacyCondition> | undefined,
  operator: string | undefined,
): Condition | undefined {
  const conditions = Object.entries(filter ?? {}).map(([name, each]) =>
    comparisonCondition(name, parseComparison(each.ComparisonOperator, each.AttributeValueList)),
  );
  return joinConditions(conditions, operator);
}

/** @throws ValidationException in AWS's words */
export function legacyKeyTerms(conditions: Map<LegacyCondition> | undefined): KeyTerms | undefined {
  if (conditions === undefined) return undefined;
  return new Map(
    Object.entries(conditions).map(([name, each]) => [
      name,
      parseComparison(each.ComparisonOperator, each.AttributeValueList),
    ]),
  );
}

const SETS: readonly string[] = ['SS', 'NS', 'BS'];
const ADDABLE: readonly string[] = ['N', 'L', ...SETS];

/** @throws ValidationException in AWS's words */
export function legacyUpdate(
  updates: Map<AttributeValueUpdate> | undefined,
): readonly UpdateAction[] | undefined {
  if (updates === undefined) return undefined;
  return Object.entries(updates).map(([name, each]) => oneUpdate(name, each));
}

function oneUpdate(
  name: string,
  { Action: action = 'PUT', Value }: AttributeValueUpdate,
): UpdateAction {
  const target = { kind: 'path', path: [name] } as const;
  if (Value === undefined) {
    if (action === 'DELETE') return { kind: 'remove', target };
    throw invalidParameters('Only DELETE action is allowed when no attribute value is specified');
  }
  const value = { kind: 'value', value: parseValue(Value) } as const;
  const type = typeOf(value.value);
  if (action === 'DELETE') {
    if (SETS.includes(type)) return { kind: 'delete', target, value };
    throw invalidParameters(`DELETE action with value is not supported for the type ${type}`);
  }
  if (action !== 'ADD') return { kind: 'set', target, value };
  if (ADDABLE.includes(type)) return { kind: 'add', target, value };
  throw invalidParameters(`ADD action is not supported for the type ${type}`);
}

/** @throws ValidationException where a name is there twice */
export function legacyProjection(
  names: readonly string[] | undefined,
): readonly Path[] | undefined {
  const repeated = names?.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) {
    throw invalidParameters(`Duplicate value in attribute name: ${repeated}`);
  }
  return names?.map((name) => [name]);
}

/**
 * The parameters of a request that are expressions, or the legacy ones that they replace, in AWS's
 * order.
 */
export interface ParameterNames {
  readonly expressions: readonly string[];
  readonly legacy: readonly string[];
}

/** @throws ValidationException where both kinds are used, or placeholders without expressions */
export function assertOneKind(input: object, names: ParameterNames): void {
  const isGiven = (name: string): boolean => Object.hasOwn(input, name);
  const expressions = names.expressions.filter(isGiven);
  const legacy = names.legacy.filter(isGiven);
  if (expressions.length > 0 && legacy.length > 0) {
    throw validation(
      'Can not use both expression and non-expression parameters in the same request: ' +
        `Non-expression parameters: {${legacy.join(', ')}} ` +
        `Expression parameters: {${expressions.join(', ')}}`,
    );
  }
  if (isGiven('ExpressionAttributeNames') && expressions.length === 0) {
    throw validation('ExpressionAttributeNames can only be specified when using expressions');
  }
  const valued = names.expressions.filter((name) => name !== 'ProjectionExpression');
  if (isGiven('ExpressionAttributeValues') && valued.length > 0 && !valued.some(isGiven)) {
    throw validation(
      'ExpressionAttributeValues can only be specified when using expressions: ' +
        `${valued.join(' and ')} ${valued.length > 1 ? 'are' : 'is'} null`,
    );
  }
}
