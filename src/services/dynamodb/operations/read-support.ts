/**
 * What Query and Scan share: the index that they read, what they select of an item, and the output
 * of a page.
 */
import type { QueryInput, QueryOutput, ScanInput } from '#aws/models/dynamodb.types.gen.ts';
import { invalidParameters, validation } from '../errors.ts';
import { isMet, project } from '../expressions/index.ts';
import type { Condition, Path } from '../expressions/index.ts';
import { consumedCapacity, readUnits } from '../items/capacity.ts';
import type { Units } from '../items/capacity.ts';
import { projectedItem } from '../items/index-entries.ts';
import type { Page } from '../items/page.ts';
import type { PageRow } from '../store/items.ts';
import { findIndex, keyNames, projectedNames } from '../tables/table.ts';
import type { Index, Keys, Table } from '../tables/table.ts';
import { nestedKey } from '../items/apply-item-update.ts';
import { explained, parseAttributes } from '../value/parse-value.ts';
import { pickAttributes } from '../value/value.ts';
import type { Attributes } from '../value/value.ts';

export type ReadInput = QueryInput & ScanInput;

/** What a read asks for beside keys and order. */
export interface Reading {
  readonly table: Table;
  readonly index?: Index;
  readonly paths?: readonly Path[];
  readonly filter?: Condition;
  /** True where whole items are read through a local index that does not carry them. */
  readonly isFetching: boolean;
}

/**
 * The index that a read names.
 * @throws ValidationException
 */
export function readIndex(
  table: Table,
  input: Pick<ReadInput, 'IndexName' | 'ConsistentRead'>,
): Index | undefined {
  if (input.IndexName === undefined) return undefined;
  const index = findIndex(table, input.IndexName);
  if (index === undefined) {
    throw validation(`The table does not have the specified index: ${input.IndexName}`);
  }
  if (index.kind === 'global' && input.ConsistentRead === true) {
    throw validation('Consistent reads are not supported on global secondary indexes');
  }
  if (index.status !== 'ACTIVE') {
    throw validation(`Cannot read from backfilling global secondary index: ${index.name}`);
  }
  return index;
}

/** @throws ValidationException where Select does not go with the other parameters */
export function assertSelect(
  input: Pick<ReadInput, 'Select' | 'IndexName' | 'ProjectionExpression' | 'AttributesToGet'>,
): void {
  const { Select: select } = input;
  const parameter =
    input.ProjectionExpression === undefined
      ? input.AttributesToGet && 'AttributesToGet'
      : 'ProjectionExpression';
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && input.IndexName === undefined) {
    throw validation('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  if (select === 'SPECIFIC_ATTRIBUTES' && parameter === undefined) {
    throw validation(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  }
  if (parameter === undefined || select === undefined || select === 'SPECIFIC_ATTRIBUTES') return;
  const chosen = select === 'COUNT' ? 'only the COUNT' : select;
  throw validation(`Cannot specify the ${parameter} when choosing to get ${chosen}`);
}

/**
 * What to read of each item.
 * @throws ValidationException for what a global index does not carry, and for paths into keys
 */
export function readingOf(
  table: Table,
  index: Index | undefined,
  input: Pick<ReadInput, 'Select'>,
  parsed: { readonly paths?: readonly Path[]; readonly filter?: Condition },
): Reading {
  const { paths } = parsed;
  if (paths) assertKeysWhole(table, paths);
  const carried = index && projectedNames(table, index);
  const unprojected = carried
    ? (paths ?? []).map(([name]) => String(name)).filter((name) => !carried.has(name))
    : [];
  const isFetching =
    carried !== undefined && (input.Select === 'ALL_ATTRIBUTES' || unprojected.length > 0);
  if (isFetching && index?.kind === 'global') {
    throw unprojected.length > 0
      ? invalidParameters(
          `Global secondary index ${index.name} does not project [${unprojected.join(', ')}]`,
        )
      : invalidParameters(
          'Select type ALL_ATTRIBUTES is not supported for global secondary index ' +
            `${index.name} because its projection type is not ALL`,
        );
  }
  return { table, ...(index && { index }), ...parsed, isFetching };
}

/** @throws ValidationException where a path leads into a key, which is a scalar */
export function assertKeysWhole(table: Table, paths: readonly Path[]): void {
  const nested = new Set(paths.filter((path) => path.length > 1).map(([name]) => name));
  const key = keyNames(table.keys).find((name) => nested.has(name));
  if (key !== undefined) throw nestedKey('Key', key);
  const indexKey = table.indexes
    .flatMap((index) => keyNames(index.keys))
    .find((name) => nested.has(name));
  if (indexKey !== undefined) throw nestedKey('IndexKey', indexKey);
}

/**
 * The values of a starting key.
 * @throws ValidationException
 */
export function parseStartKey(input: Pick<ReadInput, 'ExclusiveStartKey'>): Attributes | undefined {
  const { ExclusiveStartKey: key } = input;
  if (key === undefined) return undefined;
  return explained(() => parseAttributes(key), 'The provided starting key is invalid: ');
}

/** The names that a starting key has: the table's keys and the index's. */
export function startKeyNames(table: Table, index: Index | undefined): readonly string[] {
  return [...new Set([...keyNames(table.keys), ...(index ? keyNames(index.keys) : [])])];
}

/** The key schema that a read goes by. */
export function readKeys({ keys }: Table, index: Index | undefined): Keys {
  return index?.keys ?? keys;
}

/** A page as Query and Scan answer it. */
export function pageOutput(
  reading: Reading,
  page: Page,
  input: Pick<ReadInput, 'Select' | 'ConsistentRead' | 'ReturnConsumedCapacity'>,
): QueryOutput {
  const { table, index, filter } = reading;
  const last = page.isCut ? page.rows.at(-1) : undefined;
  const shown = page.rows.map((row) => shownItem(reading, row));
  const items = filter ? shown.filter((item) => isMet(filter, item)) : shown;
  const { paths } = reading;
  const units = pageUnits(reading, page, input.ConsistentRead ?? false);
  return {
    Count: items.length,
    ScannedCount: page.rows.length,
    ...(input.Select !== 'COUNT' && {
      Items: paths ? items.map((item) => project(paths, item)) : items,
    }),
    ...(last && { LastEvaluatedKey: pickAttributes(last.item, startKeyNames(table, index)) }),
    ...consumedCapacity(table, units, { wanted: input.ReturnConsumedCapacity }),
  };
}

function shownItem({ table, index, isFetching }: Reading, { item }: PageRow): Attributes {
  return index && !isFetching ? projectedItem(table, index, item) : item;
}

function pageUnits({ index, isFetching }: Reading, page: Page, isConsistent: boolean): Units {
  const bytes = page.rows.reduce((sum, row) => sum + row.bytes, 0);
  const units = readUnits(bytes, isConsistent);
  if (!index) return { table: units, indexes: new Map() };
  const fetched = isFetching
    ? page.rows.reduce((sum, row) => sum + readUnits(row.itemBytes, isConsistent), 0)
    : 0;
  return { table: fetched, indexes: new Map([[index.name, units]]) };
}
