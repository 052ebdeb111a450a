/**
 * The partition keys that a request is about, for policies that give each caller a part of a table.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
import { objectsOf, textOf } from '#aws/access/index.ts';
import type { Call, ParsedInput } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import { isObject } from '#kernel/json.ts';
import { UNKNOWN } from './requested-keys.ts';
import { findIndex, type Table } from './tables/table.ts';

/** A table and the keys or items, or the condition, by which a request reaches into it. */
interface Reach {
  readonly table: string;
  readonly input: ParsedInput;
  readonly items: readonly unknown[];
}

/** Values as text; `undefined` where the operation reaches for no keys: a scan. */
export async function leadingKeysOf(
  { operation, input, context }: Call,
  findTable: (arn: string) => Promise<Table | undefined>,
): Promise<readonly string[] | undefined> {
  if (/Statement|ExecuteTransaction/.test(operation)) return [UNKNOWN];
  const keys: string[] = [];
  let isReached = false;
  for (const { table: name, input: one, items } of reachesOf(operation, input)) {
    const { accountId, region } = context;
    const isArn = name.startsWith('arn:');
    const arn = isArn ? name : formatArn('dynamodb', region, accountId, `table/${name}`);
    const table = await findTable(arn);
    isReached = true;
    if (table === undefined) return [UNKNOWN];
    const found = items.map((item) => valueOf(item, table.keys.hash.name));
    keys.push(...(operation === 'Query' ? [queriedKey(one, table)] : found));
  }
  return isReached ? keys : undefined;
}

function reachesOf(operation: string, input: ParsedInput): readonly Reach[] {
  const table = textOf(input, 'TableName') ?? '';
  switch (operation) {
    case 'GetItem':
    case 'DeleteItem':
    case 'UpdateItem':
      return [{ table, input, items: [input['Key']] }];
    case 'PutItem':
      return [{ table, input, items: [input['Item']] }];
    case 'Query':
      return [{ table, input, items: [] }];
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return objectsOf(input, 'TransactItems')
        .flatMap((item) => Object.values(item).filter(isObject))
        .map((one) => ({
          table: textOf(one, 'TableName') ?? '',
          input: one,
          items: [one['Key'] ?? one['Item']],
        }));
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.entries(isObject(input['RequestItems']) ? input['RequestItems'] : {}).map(
        ([name, request]) => ({ table: name, input: {}, items: batchItems(request) }),
      );
    default:
      return [];
  }
}

function batchItems(request: unknown): readonly unknown[] {
  if (isObject(request)) return objectsOf(request, 'Keys');
  const writes: readonly unknown[] = Array.isArray(request) ? request : [];
  return writes.filter(isObject).map((write) => {
    const [put, removal] = [write['PutRequest'], write['DeleteRequest']];
    if (isObject(put)) return put['Item'];
    return isObject(removal) ? removal['Key'] : undefined;
  });
}

/** The value of a query's equality on the hash key, in either way of asking. */
function queriedKey(input: ParsedInput, table: Table): string {
  const index = textOf(input, 'IndexName');
  const keys = (index === undefined ? undefined : findIndex(table, index)?.keys) ?? table.keys;
  const legacy = isObject(input['KeyConditions']) ? input['KeyConditions'] : {};
  const condition = legacy[keys.hash.name];
  if (isObject(condition)) {
    const values = condition['AttributeValueList'];
    return valueOf({ key: Array.isArray(values) ? values[0] : undefined }, 'key');
  }
  const names = isObject(input['ExpressionAttributeNames'])
    ? input['ExpressionAttributeNames']
    : {};
  const expression = textOf(input, 'KeyConditionExpression') ?? '';
  for (const [, name = '', value = ''] of expression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)) {
    if ((names[name] ?? name) !== keys.hash.name) continue;
    return valueOf(input['ExpressionAttributeValues'], value);
  }
  return UNKNOWN;
}

function valueOf(item: unknown, name: string): string {
  const value = isObject(item) ? item[name] : undefined;
  if (!isObject(value)) return UNKNOWN;
  const { S: text, N: number, B: bytes } = value;
  if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('base64');
  return typeof text === 'string' ? text : typeof number === 'string' ? number : UNKNOWN;
}
