/** The expressions of a request: parsed, checked, and their placeholders all used. */
import type { AttributeValue } from '#aws/models/dynamodb.types.gen.ts';
import { validation } from '../errors.ts';
import { EXPRESSION_BYTES_MAX } from '../limits.ts';
import { checkCondition } from './check-condition.ts';
import { checkUpdate } from './check-update.ts';
import { keyTermsOf } from './key-condition.ts';
import type { KeyTerms } from './key-condition.ts';
import { parseCondition } from './parse-condition.ts';
import { parseUpdate } from './parse-update.ts';
import { Placeholders } from './placeholders.ts';
import { parseProjection } from './projection.ts';
import type { Condition, Path, UpdateAction } from './syntax.ts';

export { applyUpdate, isOnlyRemoving } from './apply-update.ts';
export { isMet } from './evaluate-condition.ts';
export { project } from './projection.ts';
export type { KeyTerm, KeyTerms } from './key-condition.ts';
export type { Condition, Operand, Path, UpdateAction } from './syntax.ts';

export interface ExpressionInput {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: { readonly [name: string]: string };
  readonly ExpressionAttributeValues?: { readonly [name: string]: AttributeValue };
}

export interface Expressions {
  readonly update?: readonly UpdateAction[];
  readonly condition?: Condition;
  readonly keyTerms?: KeyTerms;
  readonly filter?: Condition;
  readonly projection?: readonly Path[];
}

/**
 * Parses all expressions of a request.
 * @throws ValidationException for the first fault
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
 */
export function parseExpressions(input: ExpressionInput): Expressions {
  const placeholders = new Placeholders(
    input.ExpressionAttributeNames,
    input.ExpressionAttributeValues,
  );
  const update = sized('UpdateExpression', input.UpdateExpression);
  const projection = (): string | undefined =>
    sized('ProjectionExpression', input.ProjectionExpression);
  const conditionOf = (label: ConditionLabel): Condition | undefined =>
    parseChecked(label, input, placeholders);
  const parsed = {
    update: update === undefined ? undefined : parseCheckedUpdate(update, placeholders),
    condition: conditionOf('ConditionExpression'),
    keys: conditionOf('KeyConditionExpression'),
    filter: conditionOf('FilterExpression'),
    paths: parseIf(projection(), (text) => parseProjection(text, placeholders)),
  };
  placeholders.assertUsed();
  return {
    ...(parsed.update && { update: parsed.update }),
    ...(parsed.condition && { condition: parsed.condition }),
    ...(parsed.keys && { keyTerms: keyTermsOf(parsed.keys) }),
    ...(parsed.filter && { filter: parsed.filter }),
    ...(parsed.paths && { projection: parsed.paths }),
  };
}

type ConditionLabel = 'ConditionExpression' | 'KeyConditionExpression' | 'FilterExpression';

function parseIf<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  return text === undefined ? undefined : parse(text);
}

/** The expression, neither empty nor over its size. */
function sized(label: string, expression: string | undefined): string | undefined {
  if (expression === undefined) return undefined;
  if (expression === '') throw validation(`Invalid ${label}: The expression can not be empty;`);
  const bytes = Buffer.byteLength(expression);
  if (bytes <= EXPRESSION_BYTES_MAX) return expression;
  throw validation(
    `Invalid ${label}: Expression size has exceeded the maximum allowed size; expression size: ${bytes}`,
  );
}

function parseChecked(
  label: ConditionLabel,
  input: ExpressionInput,
  placeholders: Placeholders,
): Condition | undefined {
  const expression = sized(label, input[label]);
  if (expression === undefined) return undefined;
  const { condition, hasRedundantParentheses, reader } = parseCondition(
    label,
    expression,
    placeholders,
  );
  if (hasRedundantParentheses) throw reader.error('The expression has redundant parentheses;');
  checkCondition(condition, (message) => reader.error(message));
  return condition;
}

function parseCheckedUpdate(
  expression: string,
  placeholders: Placeholders,
): readonly UpdateAction[] {
  const parsed = parseUpdate(expression, placeholders);
  checkUpdate(parsed);
  return parsed.actions;
}
