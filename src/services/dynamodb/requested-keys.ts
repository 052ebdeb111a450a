/**
 * What a request reads and answers, for policies that give each caller a part of an item.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html#FGAC_DDB.ConditionKeys
 */
import { objectsOf, textOf } from '#aws/access/index.ts';
import type { Call, KeyValues, ParsedInput } from '#aws/operation.ts';
import { isObject } from '#kernel/json.ts';
import { tokenize, type Token } from './expressions/lexer.ts';
import { isReservedWord } from './expressions/reserved-words.ts';

/** Stands for what cannot be told: no policy names it. */
export const UNKNOWN = '\0unknown';

/** The condition keys of an operation on items; none for others. */
export function requestedKeys({ operation, input }: Pick<Call, 'operation' | 'input'>): KeyValues {
  if (/Statement|ExecuteTransaction/.test(operation)) {
    return { 'dynamodb:Attributes': [UNKNOWN], 'dynamodb:Select': UNKNOWN };
  }
  const parts = partsOf(operation, input);
  if (parts === undefined) return {};
  const attributes = new Set(parts.flatMap(attributesOf));
  const isRead = /^(?:Query|Scan|(?:Batch|Transact)?GetItems?)$/.test(operation);
  const isTransaction = operation.startsWith('Transact');
  return {
    'dynamodb:Attributes': [...attributes],
    'dynamodb:Select': isRead ? selectOf(input, parts) : undefined,
    'dynamodb:ReturnValues': isRead ? undefined : (textOf(input, 'ReturnValues') ?? 'NONE'),
    'dynamodb:EnclosingOperation': isTransaction ? operation : undefined,
  };
}

/** The parts of a batch or of a transaction, or the request itself. */
function partsOf(operation: string, input: ParsedInput): readonly ParsedInput[] | undefined {
  switch (operation) {
    case 'DeleteItem':
    case 'GetItem':
    case 'PutItem':
    case 'Query':
    case 'Scan':
    case 'UpdateItem':
      return [input];
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return objectsOf(input, 'TransactItems').flatMap((item) =>
        Object.values(item).filter(isObject),
      );
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.values(isObject(input['RequestItems']) ? input['RequestItems'] : {})
        .flatMap((request) =>
          Array.isArray(request) ? request.filter(isObject).flatMap(writesOf) : [request],
        )
        .filter(isObject);
    default:
      return undefined;
  }
}

function writesOf(write: ParsedInput): readonly unknown[] {
  return [write['PutRequest'], write['DeleteRequest']];
}

/** All that is not asked for by name is asked for as a whole. */
function selectOf(input: ParsedInput, parts: readonly ParsedInput[]): string {
  const isNarrow = parts.every(
    (part) => part['ProjectionExpression'] !== undefined || part['AttributesToGet'] !== undefined,
  );
  const usual = input['IndexName'] === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES';
  return textOf(input, 'Select') ?? (isNarrow ? 'SPECIFIC_ATTRIBUTES' : usual);
}

const EXPRESSIONS = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
] as const;

/** Members whose own members are named as attributes are. */
const NAMED = [
  'AttributeUpdates',
  'Expected',
  'Item',
  'Key',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
] as const;

/** The attributes of the top level that a request names. */
function attributesOf(part: ParsedInput): readonly string[] {
  const listed = part['AttributesToGet'];
  const keys = part['Keys'];
  return [
    ...NAMED.flatMap((member) => namesOf(part[member])),
    ...(Array.isArray(keys) ? keys.flatMap(namesOf) : []),
    ...(Array.isArray(listed) ? listed.map(String) : []),
    ...EXPRESSIONS.flatMap((member) => pathsOf(textOf(part, member) ?? '', part)),
  ];
}

function namesOf(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function pathsOf(expression: string, { ExpressionAttributeNames }: ParsedInput): readonly string[] {
  const names = isObject(ExpressionAttributeNames) ? ExpressionAttributeNames : {};
  const tokens = tokenize(expression);
  return tokens
    .filter((token, at) => isAttribute(token, tokens[at - 1], tokens[at + 1]))
    .map(({ text }) => textOf(names, text) ?? text);
}

/** Not what lies within another attribute, nor a function or a word of the language, of which one is not reserved. */
function isAttribute({ kind, text }: Token, before?: Token, after?: Token): boolean {
  if (before?.text === '.') return false;
  if (kind === 'name-placeholder') return true;
  return kind === 'name' && after?.text !== '(' && !isReservedWord(text) && !/^remove$/i.test(text);
}
