/**
 * The one way in which an item changes: its row, its entries, the counts and the stream, in one
 * transaction.
 */
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import { count, deleteEntry, deleteItem, getItem, putEntry, putItem } from '../store/items.ts';
import type { IndexEntry, ItemKey, StoredItem } from '../store/items.ts';
import { appendRecord } from '../store/streams.ts';
import type { TableDefinitions } from '../store/tables.ts';
import { streamArn } from '../tables/table.ts';
import type { Index, Table } from '../tables/table.ts';
import { areEqualItems } from '../value/compare.ts';
import { itemBytes } from '../value/size.ts';
import type { Attributes } from '../value/value.ts';
import { writeUnits } from './capacity.ts';
import type { Units } from './capacity.ts';
import { entryOf, expiryEntryOf, isSamePlace, isSameProjection } from './index-entries.ts';
import { deliverToKinesis } from './kinesis-record.ts';
import { streamChange } from './stream-change.ts';

export interface ItemChange {
  readonly key: ItemKey;
  readonly before?: StoredItem;
  /** Absent where the item is deleted. */
  readonly after?: Attributes;
  readonly atMs: number;
  /** DynamoDB itself deletes what has expired. */
  readonly isByService?: boolean;
  /** It came from another Region's replica, and goes no further. */
  readonly isReplicated?: boolean;
}

/** What a change needs beside its transaction. */
export interface Writing {
  readonly wakeups: Wakeups;
  readonly deliverer: Deliverer;
  readonly random: Random;
  readonly tables: TableDefinitions;
}

/** The topic on which a stream's readers are woken. */
export function streamTopic(arn: string): string {
  return `dynamodb.stream.${arn}`;
}

/**
 * Writes the change and answers what it consumed. What stays the same writes nothing, but is paid
 * for.
 */
export async function writeItem(
  tx: Transaction,
  writing: Writing,
  table: Table,
  change: ItemChange,
): Promise<Units> {
  const { key, before, after } = change;
  const bytes = after ? itemBytes(after) : 0;
  const units = writeUnits(Math.max(bytes, before?.bytes ?? 0));
  const isUnchanged = before && after ? areEqualItems(before.item, after) : before === after;
  if (isUnchanged) return { table: units, indexes: new Map() };
  if (after) await putItem(tx, table.number, { key, item: after, bytes });
  else await deleteItem(tx, table.number, key);
  await count(tx, table.number, key.hash, {
    items: (after ? 1 : 0) - (before ? 1 : 0),
    bytes: bytes - (before?.bytes ?? 0),
  });
  const indexes = new Map<string, number>();
  for (const index of table.indexes) {
    const indexUnits = await writeEntries(tx, table, index, change);
    if (indexUnits > 0) indexes.set(index.name, indexUnits);
  }
  await writeExpiry(tx, table, change);
  await writeRecord(tx, writing.wakeups, table, change);
  await deliverToKinesis(tx, writing, table, change);
  if (change.isReplicated !== true) await replicate(tx, writing, table, change);
  return { table: units, indexes };
}

/** Brings the table's replicas in other Regions to the same item, in the same transaction. */
async function replicate(
  tx: Transaction,
  writing: Writing,
  table: Table,
  { key, after, atMs, isByService }: ItemChange,
): Promise<void> {
  const { accountId, name, replicas = [] } = table;
  for (const region of replicas) {
    const replica = await writing.tables.find(tx, { accountId, region, name });
    if (!replica) continue;
    const before = await getItem(tx, replica.number, key);
    await writeItem(tx, writing, replica, {
      key,
      ...(before && { before }),
      ...(after && { after }),
      atMs,
      ...(isByService === undefined ? {} : { isByService }),
      isReplicated: true,
    });
  }
}

/** Brings one index up to the change; answers the units that it took. */
async function writeEntries(
  tx: Transaction,
  table: Table,
  index: Index,
  { key, before, after }: ItemChange,
): Promise<number> {
  const old = before && entryOf(table, index, before.item, key);
  const fresh = after && entryOf(table, index, after, key);
  if (before && after && old && fresh && isSamePlace(old, fresh)) {
    if (isSameProjection(table, index, before.item, after)) return 0;
    if (old.bytes !== fresh.bytes) await replaceEntry(tx, index.number, old, fresh);
    return writeUnits(Math.max(old.bytes, fresh.bytes));
  }
  let units = 0;
  if (old) {
    const deleted = await deleteEntry(tx, index.number, old);
    await count(tx, index.number, key.hash, { items: -deleted, bytes: -deleted * old.bytes });
    units += writeUnits(old.bytes);
  }
  if (fresh) {
    await putEntry(tx, index.number, fresh);
    await count(tx, index.number, key.hash, { items: 1, bytes: fresh.bytes });
    units += writeUnits(fresh.bytes);
  }
  return units;
}

/** An index that is being filled may not have the old entry yet. */
async function replaceEntry(
  tx: Transaction,
  indexNumber: number,
  old: IndexEntry,
  fresh: IndexEntry,
): Promise<void> {
  const deleted = await deleteEntry(tx, indexNumber, old);
  await putEntry(tx, indexNumber, fresh);
  await count(tx, indexNumber, fresh.itemKey.hash, {
    items: 1 - deleted,
    bytes: fresh.bytes - deleted * old.bytes,
  });
}

async function writeExpiry(tx: Transaction, table: Table, change: ItemChange): Promise<void> {
  if (!table.timeToLive) return;
  const { attribute, number } = table.timeToLive;
  const { key, before, after } = change;
  const old = before && expiryEntryOf(attribute, before.item, key);
  const fresh = after && expiryEntryOf(attribute, after, key);
  if (old && fresh && isSamePlace(old, fresh)) return;
  if (old) await deleteEntry(tx, number, old);
  if (fresh) await putEntry(tx, number, fresh);
}

async function writeRecord(
  tx: Transaction,
  wakeups: Wakeups,
  table: Table,
  { before, after, atMs, isByService }: ItemChange,
): Promise<void> {
  const { stream } = table;
  if (!stream?.isEnabled) return;
  const images = { ...(before && { before: before.item }), ...(after && { after }) };
  const { change, bytes } = streamChange(table, stream.viewType, images, isByService ?? false);
  await appendRecord(tx, stream.number, { atMs, bytes, record: JSON.stringify(change) });
  tx.afterCommit(() => wakeups.notify(streamTopic(streamArn(table, stream.label))));
}
