import type { Operations, QueryInput } from '#aws/models/dynamodb.types.gen.ts';
import { present } from '#kernel/assert.ts';
import { invalidParameters, validation } from '../errors.ts';
import { parseExpressions } from '../expressions/index.ts';
import type { KeyTerms } from '../expressions/index.ts';
import { conditionPaths } from '../expressions/condition-paths.ts';
import { parseKey } from '../items/item-key.ts';
import { isInRange, isSameKey, keyRangeOf } from '../items/key-range.ts';
import { readPage } from '../items/page.ts';
import {
  assertOneKind,
  filterCondition,
  legacyKeyTerms,
  legacyProjection,
} from '../legacy/index.ts';
import { keyAttributes, keyNames } from '../tables/table.ts';
import type { Index, Keys, Table } from '../tables/table.ts';
import { hashKeyBytes, isOfKeyType } from '../value/key-bytes.ts';
import { explained } from '../value/parse-value.ts';
import { attributeOf, pickAttributes } from '../value/value.ts';
import type { Attributes } from '../value/value.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import {
  assertKeysWhole,
  assertSelect,
  pageOutput,
  parseStartKey,
  readIndex,
  readKeys,
  readingOf,
  startKeyNames,
} from './read-support.ts';

/** Key conditions that no index answers. */
const NOT_INDEXABLE: readonly string[] = [
  'NULL',
  'NOT_NULL',
  'NE',
  'CONTAINS',
  'NOT_CONTAINS',
  'IN',
];

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
export function query(dynamodb: Dynamodb): Operations['Query'] {
  return async (context, input) => {
    const parsed = parseQuery(input);
    return dynamodb.database.read(async (queries) => {
      const table = await requireTable(dynamodb, queries, context, input.TableName);
      const index = readIndex(table, input);
      const keys = readKeys(table, index);
      const { terms, startKey } = parsed;
      if (startKey && !isComplete(startKey, startKeyNames(table, index))) throw invalidStartKey();
      assertTerms(keys, terms, startKey);
      const hashTerm = present(terms.get(keys.hash.name), 'asserted');
      const hash = present(hashTerm.values[0], 'EQ has one value');
      const rangeTerm = keys.range && terms.get(keys.range.name);
      const range = rangeTerm ? keyRangeOf(rangeTerm) : {};
      if (startKey) assertStart({ table, index, keys, terms }, startKey);
      assertFilter(keys, parsed);
      const reading = readingOf(table, index, input, parsed);
      if (parsed.filter) assertKeysWhole(table, conditionPaths(parsed.filter));
      const page = await readPage(queries, {
        table,
        ...(index && { index }),
        hash: hashKeyBytes(hash),
        ...range,
        isBackward: input.ScanIndexForward === false,
        ...(startKey && { after: startKey }),
        ...(input.Limit !== undefined && { limit: input.Limit }),
      });
      return pageOutput(reading, page, input);
    });
  };
}

type ParsedQuery = ReturnType<typeof parseQuery>;

/** What can be said without the table. */
function parseQuery(input: QueryInput) {
  assertOneKind(input, {
    expressions: ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'],
    // KeyConditions goes with filters and projections that are expressions.
    legacy: [
      'AttributesToGet',
      'QueryFilter',
      'ConditionalOperator',
      ...(input.KeyConditionExpression === undefined ? [] : ['KeyConditions']),
    ],
  });
  const legacyFilter = filterCondition(input.QueryFilter, input.ConditionalOperator);
  const names = legacyProjection(input.AttributesToGet);
  const startKey = parseStartKey(input);
  if (input.KeyConditions === undefined && input.KeyConditionExpression === undefined) {
    throw validation(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  }
  const expressions = parseExpressions(input);
  const terms = expressions.keyTerms ?? legacyKeyTerms(input.KeyConditions) ?? new Map();
  if (terms.size !== 1 && terms.size !== 2) {
    throw validation('Conditions can be of length 1 or 2 only');
  }
  assertSelect(input);
  const paths = expressions.projection ?? names;
  const filter = expressions.filter ?? legacyFilter;
  return {
    terms,
    ...(startKey && { startKey }),
    ...(paths && { paths }),
    ...(filter && { filter }),
    filterLabel: input.QueryFilter ? 'QueryFilter' : 'Filter Expression',
  };
}

function invalidStartKey(): Error {
  return validation('The provided starting key is invalid');
}

function isComplete(key: Attributes, names: readonly string[]): boolean {
  return Object.keys(key).length === names.length;
}

/** @throws ValidationException where the conditions do not go with the key schema */
function assertTerms(keys: Keys, terms: KeyTerms, startKey: Attributes | undefined): void {
  for (const attribute of keyAttributes(keys)) {
    const isHash = attribute === keys.hash;
    if (startKey) {
      const value = attributeOf(startKey, attribute.name);
      if (value === undefined || !isOfKeyType(value, attribute.type)) throw invalidStartKey();
    }
    if (isHash && keys.range === undefined && terms.size > 1) {
      throw validation('Query key condition not supported');
    }
    const term = terms.get(attribute.name);
    if (term === undefined) {
      if (!isHash && terms.size === 1) continue;
      throw validation(`Query condition missed key schema element: ${attribute.name}`);
    }
    if (NOT_INDEXABLE.includes(term.operator)) {
      throw validation('Attempted conditional constraint is not an indexable operation');
    }
    if (term.values.some((value) => !isOfKeyType(value, attribute.type))) {
      throw invalidParameters('Condition parameter type does not match schema type');
    }
    if (isHash && term.operator !== 'EQ') throw validation('Query key condition not supported');
    assertNotEmpty(attribute.name, term.values.some(isEmpty));
  }
}

function isEmpty(value: object): boolean {
  return (
    ('S' in value && value.S === '') ||
    ('B' in value && value.B instanceof Uint8Array && value.B.length === 0)
  );
}

function assertNotEmpty(name: string, hasEmpty: boolean): void {
  if (!hasEmpty) return;
  throw validation(
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot ' +
      `contain an empty string value. Key: ${name}`,
  );
}

interface StartCheck {
  readonly table: Table;
  readonly index: Index | undefined;
  readonly keys: Keys;
  readonly terms: KeyTerms;
}

/** @throws ValidationException where the page cannot begin at the key */
function assertStart({ table, keys, terms }: StartCheck, startKey: Attributes): void {
  const tableKey = pickAttributes(startKey, keyNames(table.keys));
  explained(() => parseKey(table.keys, tableKey), 'The provided starting key is invalid: ');
  const hashTerm = present(terms.get(keys.hash.name)?.values[0], 'asserted before');
  const hash = present(attributeOf(startKey, keys.hash.name), 'asserted before');
  const rangeTerm = keys.range && terms.get(keys.range.name);
  const isOutside = !isSameKey(hash, hashTerm);
  if (keys.range && rangeTerm) {
    const range = present(attributeOf(startKey, keys.range.name), 'asserted before');
    if (!isInRange(range, keyRangeOf(rangeTerm))) {
      throw validation('The provided starting key does not match the range key predicate');
    }
    if (isOutside) {
      throw validation('The query can return at most one row and cannot be restarted');
    }
  }
  if (isOutside) {
    throw validation(
      'The provided starting key is outside query boundaries based on provided conditions',
    );
  }
}

/** @throws ValidationException where the filter looks at a key */
function assertFilter(keys: Keys, { filter, filterLabel }: ParsedQuery): void {
  if (filter === undefined) return;
  const heads = new Set(conditionPaths(filter).map(([name]) => name));
  const key = keyNames(keys).find((name) => heads.has(name));
  if (key === undefined) return;
  throw validation(
    `${filterLabel} can only contain non-primary key attributes: Primary key attribute: ${key}`,
  );
}
