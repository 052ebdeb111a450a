/** SELECT: the keys that its WHERE names are read, and what is read must meet all of it. */
import { createHash } from 'node:crypto';
import type { ExecuteStatementOutput } from '#aws/models/dynamodb.types.gen.ts';
import { parseJson } from '#kernel/json.ts';
import type { Queries } from '#ports/world/database.ts';
import { validation } from '../errors.ts';
import { keyRangeOf } from '../items/key-range.ts';
import { readPage } from '../items/page.ts';
import { conditionPaths } from '../expressions/condition-paths.ts';
import { valueAt } from '../expressions/evaluate-condition.ts';
import type { Path } from '../expressions/syntax.ts';
import {
  assertKeysWhole,
  pageOutput,
  readIndex,
  readKeys,
  readingOf,
} from '../operations/read-support.ts';
import { keyAttributes } from '../tables/table.ts';
import type { KeyAttribute, Keys, Table } from '../tables/table.ts';
import { hashKeyBytes, isOfKeyType } from '../value/key-bytes.ts';
import { decodeItem, toJson } from '../value/item-text.ts';
import { base64, parseAttributes } from '../value/parse-value.ts';
import { attributeOf } from '../value/value.ts';
import type { Attributes, Value } from '../value/value.ts';
import { boundsOf } from './key-conditions.ts';
import type { SelectStatement } from './parse-statement.ts';

export interface SelectOptions {
  readonly isConsistent: boolean;
  readonly limit?: number | undefined;
  readonly nextToken?: string | undefined;
  readonly wanted?: string | undefined;
}

/** A page of what a statement selects, with the token of the next. @throws ValidationException */
export async function select(
  queries: Queries,
  table: Table,
  statement: SelectStatement,
  options: SelectOptions,
): Promise<ExecuteStatementOutput> {
  const { where, paths } = statement;
  const names = {
    ...(statement.index === undefined ? {} : { IndexName: statement.index }),
    ConsistentRead: options.isConsistent,
  };
  const index = readIndex(table, names);
  const keys = readKeys(table, index);
  const reading = readingOf(table, index, {}, { ...(where && { filter: where }) });
  for (const used of [paths ?? [], where ? conditionPaths(where) : []])
    assertKeysWhole(table, used);
  const bounds = boundsOf(keys, where);
  const hash = bounds.get(keys.hash.name)?.values[0];
  const range = keys.range && bounds.get(keys.range.name);
  const after = startKeyOf(options.nextToken, statement, [
    ...keyAttributes(table.keys),
    ...keyAttributes(keys),
  ]);
  const page = await readPage(queries, {
    table,
    ...(index && { index }),
    ...(hash && { hash: hashKeyBytes(hash) }),
    ...(hash && range ? keyRangeOf(range) : {}),
    isBackward: isBackward(keys, statement, hash),
    ...(after && { after }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  });
  const output = pageOutput(reading, page, {
    ConsistentRead: options.isConsistent,
    ...(options.wanted === undefined ? {} : { ReturnConsumedCapacity: options.wanted }),
  });
  const { Items = [], ConsumedCapacity, LastEvaluatedKey: last } = output;
  return {
    // What pageOutput shows are attributes of the store.
    Items: paths ? Items.map((item) => projected(paths, item as Attributes)) : Items,
    ...(last && { NextToken: tokenOf(last as Attributes, statement), LastEvaluatedKey: last }),
    ...(ConsumedCapacity && { ConsumedCapacity }),
  };
}

/** Each path under its last name: `a.b` as `b`. */
function projected(paths: readonly Path[], item: Attributes): Attributes {
  const found = paths.flatMap((path): [string, Value][] => {
    const value = valueAt(item, path);
    return value === undefined ? [] : [[nameOf(path), value]];
  });
  return Object.fromEntries(found);
}

function nameOf(path: Path): string {
  const from = path.findLastIndex((element) => typeof element === 'string');
  const [name, ...indexes] = path.slice(from);
  return `${name}${indexes.map((index) => `[${index}]`).join('')}`;
}

/** @throws ValidationException where the order is none that the keys have */
function isBackward(
  keys: Keys,
  { order, where }: SelectStatement,
  hash: Value | undefined,
): boolean {
  const [first] = order;
  if (first === undefined) return false;
  if (where === undefined) {
    throw validation('Must have WHERE clause in the statement when using ORDER BY clause.');
  }
  if (hash === undefined) {
    throw validation(
      'Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.',
    );
  }
  const names = [keys.hash.name, keys.range?.name];
  const unknown = order.find(({ name }) => !names.includes(name));
  if (unknown) {
    throw validation(
      `Variable reference ${unknown.name} in ORDER BY clause must be part of the primary key.`,
    );
  }
  return order.some(({ name, isBackward: isDown }) => name === keys.range?.name && isDown);
}

/** What a token is bound to: the statement with its parameters. */
function digestOf(statement: SelectStatement): string {
  const text = JSON.stringify(statement, (_, value: unknown) =>
    value instanceof Uint8Array ? base64(value) : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

function tokenOf(last: Attributes, statement: SelectStatement): string {
  return Buffer.from(JSON.stringify([digestOf(statement), toJson(last)])).toString('base64');
}

/** @throws ValidationException where the token is none of this statement's */
function startKeyOf(
  token: string | undefined,
  statement: SelectStatement,
  attributes: readonly KeyAttribute[],
): Attributes | undefined {
  if (token === undefined) return undefined;
  const key = readToken(token, statement);
  const isKey = attributes.every(({ name, type }) => {
    const value = key && attributeOf(key, name);
    return value !== undefined && isOfKeyType(value, type);
  });
  if (isKey) return key;
  throw validation('NextToken does not match request');
}

/** What tokenOf wrote; whatever else clients send is nothing. */
function readToken(token: string, statement: SelectStatement): Attributes | undefined {
  try {
    const parsed = parseJson(Buffer.from(token, 'base64').toString());
    if (!Array.isArray(parsed) || parsed[0] !== digestOf(statement)) return undefined;
    return parseAttributes(decodeItem(JSON.stringify(parsed[1])));
  } catch {
    return undefined;
  }
}
