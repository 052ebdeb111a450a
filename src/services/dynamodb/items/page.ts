/** Reads items in the order of a table's or an index's keys, a page at a time. */
import type { Queries, SqlValue } from '#ports/world/database.ts';
import { PAGE_BYTES_MAX } from '../limits.ts';
import { selectPage } from '../store/items.ts';
import type { ItemKey, PageRow } from '../store/items.ts';
import type { Index, Table } from '../tables/table.ts';
import type { Attributes } from '../value/value.ts';
import { keyOf } from './item-key.ts';

export interface Bound {
  readonly bytes: Uint8Array;
  readonly isInclusive: boolean;
}

export interface PageRequest {
  readonly table: Table;
  readonly index?: Index;
  /** The one hash key of a query; a scan has none. */
  readonly hash?: Uint8Array;
  /** Bounds of the range key in a query, of the hash key in a scan. */
  readonly low?: Bound;
  readonly high?: Bound;
  readonly isBackward: boolean;
  /** The keys of the item after which the page begins. */
  readonly after?: Attributes;
  readonly limit?: number;
}

export interface Page {
  readonly rows: readonly PageRow[];
  /** True where the limit or the page's size ended it, and not the last item. */
  readonly isCut: boolean;
}

const FIRST_CHUNK_ROWS = 50;
const CHUNK_ROWS_MAX = 500;

/** The rows of one page: up to the limit, and up to the row that fills 1 MB. */
export async function readPage(queries: Queries, request: PageRequest): Promise<Page> {
  const { limit = Infinity } = request;
  const rows: PageRow[] = [];
  let bytes = 0;
  let after = request.after && positionOf(request, request.after);
  while (rows.length < limit) {
    const wanted = Math.min(limit - rows.length, chunkRows(rows.length, bytes));
    const { sql, parameters } = pageSql(request, after, wanted);
    const chunk = await selectPage(queries, sql, parameters);
    for (const row of chunk) {
      rows.push(row);
      bytes += row.bytes;
      if (bytes >= PAGE_BYTES_MAX) return { rows, isCut: true };
    }
    const last = chunk.at(-1);
    if (last === undefined || chunk.length < wanted) return { rows, isCut: false };
    after = positionOf(request, last.item);
  }
  return { rows, isCut: true };
}

/** As many rows as will about fill the page, judged by those before. */
function chunkRows(rows: number, bytes: number): number {
  if (rows === 0) return FIRST_CHUNK_ROWS;
  const wanted = Math.ceil((PAGE_BYTES_MAX - bytes) / Math.max(1, bytes / rows)) + 1;
  return Math.max(1, Math.min(CHUNK_ROWS_MAX, wanted));
}

/** Where an item lies, as the values of the columns that order the page. */
interface Position {
  readonly key: ItemKey;
  readonly itemKey: ItemKey;
}

function positionOf({ table, index }: PageRequest, item: Attributes): Position {
  const itemKey = keyOf(table.keys, item);
  return { key: index ? keyOf(index.keys, item) : itemKey, itemKey };
}

/** Builds one of a handful of statements; the store's cache keeps them prepared. */
function pageSql(
  request: PageRequest,
  after: Position | undefined,
  limit: number,
): { readonly sql: string; readonly parameters: readonly SqlValue[] } {
  const { table, index, hash, isBackward } = request;
  const parameters: SqlValue[] = [];
  const bind = (value: SqlValue): string => `$${parameters.push(value)}`;
  const order = orderColumns(request);
  const conditions = index
    ? [`e.index_number = ${bind(index.number)}`]
    : [`e.table_number = ${bind(table.number)}`];
  if (hash) conditions.push(`e.hash_key = ${bind(hash)}`);
  const bounded = hash ? 'e.range_key' : 'e.hash_key';
  // The side on which the page begins is bounded by what it begins after.
  if (request.low && (isBackward || !after)) {
    conditions.push(
      `${bounded} ${request.low.isInclusive ? '>=' : '>'} ${bind(request.low.bytes)}`,
    );
  }
  if (request.high && (!isBackward || !after)) {
    conditions.push(
      `${bounded} ${request.high.isInclusive ? '<=' : '<'} ${bind(request.high.bytes)}`,
    );
  }
  if (after) {
    const values = order.map((column) => bind(columnValue(after, column)));
    conditions.push(`(${order.join(', ')}) ${isBackward ? '<' : '>'} (${values.join(', ')})`);
  }
  const from = index
    ? `i.hash_key, i.range_key, i.bytes, i.item, e.bytes AS entry_bytes
       FROM dynamodb_entries e JOIN dynamodb_items i ON i.table_number = ${bind(table.number)}
         AND i.hash_key = e.item_hash_key AND i.range_key = e.item_range_key`
    : 'e.hash_key, e.range_key, e.bytes, e.item FROM dynamodb_items e';
  const direction = isBackward ? ' DESC' : '';
  const sql = `SELECT ${from} WHERE ${conditions.join(' AND ')}
    ORDER BY ${order.map((column) => column + direction).join(', ')} LIMIT ${bind(limit)}`;
  return { sql, parameters };
}

type OrderColumn = 'e.hash_key' | 'e.range_key' | 'e.item_hash_key' | 'e.item_range_key';

/** The columns of the key after those that are fixed. */
function orderColumns({ index, hash }: PageRequest): readonly OrderColumn[] {
  return [
    ...(hash ? [] : (['e.hash_key'] as const)),
    'e.range_key',
    ...(index ? (['e.item_hash_key', 'e.item_range_key'] as const) : []),
  ];
}

function columnValue({ key, itemKey }: Position, column: OrderColumn): Uint8Array {
  switch (column) {
    case 'e.hash_key':
      return key.hash;
    case 'e.range_key':
      return key.range;
    case 'e.item_hash_key':
      return itemKey.hash;
    default:
      return itemKey.range;
  }
}
