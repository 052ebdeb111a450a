import type { Queries, SqlValue, Transaction } from '#ports/world/database.ts';
import { decodeItem, encodeItem } from '../value/item-text.ts';
import type { Attributes } from '../value/value.ts';

/** Where an item lies in its table. `range` is empty where the table has no range key. */
export interface ItemKey {
  readonly hash: Uint8Array;
  readonly range: Uint8Array;
}

export interface StoredItem {
  readonly key: ItemKey;
  readonly item: Attributes;
  readonly bytes: number;
}

/** An item's place in an index. */
export interface IndexEntry {
  readonly key: ItemKey;
  readonly itemKey: ItemKey;
  /** What of the item the index carries weighs. */
  readonly bytes: number;
}

/** How the sum over a table is spread, so that writers rarely meet. */
const COUNT_SLOTS = 16;

interface ItemRow {
  readonly hash_key: Uint8Array;
  readonly range_key: Uint8Array;
  readonly bytes: number;
  readonly item: string;
}

/** The item of a row. */
export function storedItem(row: ItemRow): StoredItem {
  return {
    key: { hash: row.hash_key, range: row.range_key },
    item: decodeItem(row.item),
    bytes: row.bytes,
  };
}

/** The item at a key. */
export async function getItem(
  queries: Queries,
  tableNumber: number,
  key: ItemKey,
): Promise<StoredItem | undefined> {
  const row = await queries.get<{ bytes: number; item: string }>(
    `SELECT bytes, item FROM dynamodb_items
     WHERE table_number = $1 AND hash_key = $2 AND range_key = $3`,
    tableNumber,
    key.hash,
    key.range,
  );
  return row && { key, item: decodeItem(row.item), bytes: row.bytes };
}

/** Writes an item, over the one that is there. */
export async function putItem(
  tx: Transaction,
  tableNumber: number,
  { key, item, bytes }: StoredItem,
): Promise<void> {
  await tx.run(
    `INSERT INTO dynamodb_items (table_number, hash_key, range_key, bytes, item)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (table_number, hash_key, range_key)
     DO UPDATE SET bytes = excluded.bytes, item = excluded.item`,
    tableNumber,
    key.hash,
    key.range,
    bytes,
    encodeItem(item),
  );
}

/** Deletes the item at a key, if there is one. */
export async function deleteItem(
  tx: Transaction,
  tableNumber: number,
  key: ItemKey,
): Promise<void> {
  await tx.run(
    'DELETE FROM dynamodb_items WHERE table_number = $1 AND hash_key = $2 AND range_key = $3',
    tableNumber,
    key.hash,
    key.range,
  );
}

/** Enters an item into an index. */
export async function putEntry(
  tx: Transaction,
  indexNumber: number,
  { key, itemKey, bytes }: IndexEntry,
): Promise<number> {
  return tx.run(
    `INSERT INTO dynamodb_entries
       (index_number, hash_key, range_key, item_hash_key, item_range_key, bytes)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (index_number, hash_key, range_key, item_hash_key, item_range_key)
     DO UPDATE SET bytes = excluded.bytes`,
    indexNumber,
    key.hash,
    key.range,
    itemKey.hash,
    itemKey.range,
    bytes,
  );
}

/** True where the entry is there. */
export async function hasEntry(
  queries: Queries,
  indexNumber: number,
  entry: IndexEntry,
): Promise<boolean> {
  const row = await queries.get(
    `SELECT bytes FROM dynamodb_entries
     WHERE index_number = $1 AND hash_key = $2 AND range_key = $3
       AND item_hash_key = $4 AND item_range_key = $5`,
    indexNumber,
    entry.key.hash,
    entry.key.range,
    entry.itemKey.hash,
    entry.itemKey.range,
  );
  return row !== undefined;
}

/** Takes an item out of an index; answers how many entries went: none or one. */
export async function deleteEntry(
  tx: Transaction,
  indexNumber: number,
  { key, itemKey }: IndexEntry,
): Promise<number> {
  return tx.run(
    `DELETE FROM dynamodb_entries
     WHERE index_number = $1 AND hash_key = $2 AND range_key = $3
       AND item_hash_key = $4 AND item_range_key = $5`,
    indexNumber,
    key.hash,
    key.range,
    itemKey.hash,
    itemKey.range,
  );
}

/** Adds to the number and weight of a table's items or an index's entries. */
export async function count(
  tx: Transaction,
  number: number,
  hash: Uint8Array,
  change: { readonly items: number; readonly bytes: number },
): Promise<void> {
  if (change.items === 0 && change.bytes === 0) return;
  await tx.run(
    `INSERT INTO dynamodb_counts (number, slot, items, bytes) VALUES ($1, $2, $3, $4)
     ON CONFLICT (number, slot)
     DO UPDATE SET items = dynamodb_counts.items + excluded.items,
                   bytes = dynamodb_counts.bytes + excluded.bytes`,
    number,
    (hash[0] ?? 0) % COUNT_SLOTS,
    change.items,
    change.bytes,
  );
}

/** Number and weight of a table's items or an index's entries. */
export async function readCounts(
  queries: Queries,
  number: number,
): Promise<{ readonly items: number; readonly bytes: number }> {
  const row = await queries.get<{ items: number | string | null; bytes: number | string | null }>(
    'SELECT SUM(items) AS items, SUM(bytes) AS bytes FROM dynamodb_counts WHERE number = $1',
    number,
  );
  return { items: Number(row?.items ?? 0), bytes: Number(row?.bytes ?? 0) };
}

/** The next items of a table in their stored order, after a key. */
export async function itemsAfter(
  queries: Queries,
  tableNumber: number,
  after: ItemKey,
  limit: number,
): Promise<readonly StoredItem[]> {
  const rows = await queries.all<ItemRow>(
    `SELECT hash_key, range_key, bytes, item FROM dynamodb_items
     WHERE table_number = $1 AND (hash_key, range_key) > ($2, $3)
     ORDER BY hash_key, range_key LIMIT $4`,
    tableNumber,
    after.hash,
    after.range,
    limit,
  );
  return rows.map(storedItem);
}

/** The items whose hidden entries say that their time is over: the first of them by time. */
export async function expiredItems(
  queries: Queries,
  tableNumber: number,
  ttlNumber: number,
  bounds: { readonly from: Uint8Array; readonly to: Uint8Array; readonly limit: number },
): Promise<readonly StoredItem[]> {
  const rows = await queries.all<ItemRow>(
    `SELECT i.hash_key, i.range_key, i.bytes, i.item
     FROM dynamodb_entries e JOIN dynamodb_items i
       ON i.table_number = $1 AND i.hash_key = e.item_hash_key AND i.range_key = e.item_range_key
     WHERE e.index_number = $2 AND e.hash_key = $3 AND e.range_key >= $4 AND e.range_key < $5
     ORDER BY e.range_key LIMIT $6`,
    tableNumber,
    ttlNumber,
    new Uint8Array(0),
    bounds.from,
    bounds.to,
    bounds.limit,
  );
  return rows.map(storedItem);
}

/** A page's rows; built by items/page-query.ts from fixed pieces of SQL. */
export async function selectPage(
  queries: Queries,
  sql: string,
  parameters: readonly SqlValue[],
): Promise<readonly PageRow[]> {
  const rows = await queries.all<ItemRow & { readonly entry_bytes?: number }>(sql, ...parameters);
  return rows.map((row) => ({
    key: { hash: row.hash_key, range: row.range_key },
    item: decodeItem(row.item),
    bytes: row.entry_bytes ?? row.bytes,
    itemBytes: row.bytes,
  }));
}

export interface PageRow extends StoredItem {
  /** The whole item's, where `bytes` is what the index carries. */
  readonly itemBytes: number;
}
