/**
 * What DynamoDB does by itself: fills new indexes, clears away what was deleted, removes items
 * whose time is over, and trims streams and tokens.
 * Owns no state but the store's.
 * I1 Each piece of work is one short transaction, after which others come to their turn.
 * I2 Work that a crash cuts is done again, and twice done is the same as once.
 */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import { entryOf, expiryEntryOf } from './items/index-entries.ts';
import { writeItem } from './items/write-item.ts';
import { STREAM_RETENTION_MS, TRANSACTION_TOKEN_MS, TTL_AGE_MS_MAX } from './limits.ts';
import { CHORES_TOPIC } from './operations/dependencies.ts';
import type { Dynamodb } from './operations/dependencies.ts';
import { advanceChore, clearCounts, clearRows, deleteChore, firstChore } from './store/chores.ts';
import type { Chore } from './store/chores.ts';
import { count, expiredItems, getItem, hasEntry, itemsAfter, putEntry } from './store/items.ts';
import type { StoredItem } from './store/items.ts';
import { oldestRecordMs, trimStreams } from './store/streams.ts';
import { listExpiringTables, updateTable } from './store/tables.ts';
import type { TableAddress } from './store/tables.ts';
import { deleteTokens, oldestToken } from './store/tokens.ts';
import type { Table } from './tables/table.ts';
import { numberKeyBytes } from './value/key-bytes.ts';

const ROWS_A_PIECE = 200;
/** How often expired items are looked for; AWS promises a few days. */
const EXPIRY_INTERVAL_MS = 10 * SECOND_MS;
const TRIM_INTERVAL_MS = 10 * MINUTE_MS;

/** Runs until the signal aborts. */
export async function runBackground(dynamodb: Dynamodb, signal: AbortSignal): Promise<void> {
  const { clock, wakeups } = dynamodb;
  await runDueLoop({
    clock,
    wakeups,
    topic: CHORES_TOPIC,
    intervalMs: HOUR_MS,
    work: (workSignal) => workOnce(dynamodb, workSignal),
    signal,
  });
}

/** Does all that is due; answers when something is due next, in ms of the clock. */
export async function workOnce(
  dynamodb: Dynamodb,
  signal: AbortSignal,
): Promise<number | undefined> {
  while (!signal.aborted && (await doChore(dynamodb))) continue;
  const expiringTables = await dynamodb.database.read(listExpiringTables);
  for (const address of expiringTables) {
    while (!signal.aborted && (await expireItems(dynamodb, address))) continue;
  }
  const nowMs = dynamodb.clock.now();
  while (!signal.aborted && (await trim(dynamodb, nowMs))) continue;
  const oldestMs = await dynamodb.database.read(oldestRecordMs);
  const trimAtMs = oldestMs && Math.max(nowMs + TRIM_INTERVAL_MS, oldestMs + STREAM_RETENTION_MS);
  const expireAtMs = expiringTables.length > 0 ? nowMs + EXPIRY_INTERVAL_MS : undefined;
  const dueMs = Math.min(trimAtMs ?? Infinity, expireAtMs ?? Infinity);
  return dueMs === Infinity ? undefined : dueMs;
}

/** One piece of the oldest chore; false where there is none. */
async function doChore(dynamodb: Dynamodb): Promise<boolean> {
  const isAny = await dynamodb.database.read(firstChore);
  if (isAny === undefined) return false;
  await dynamodb.database.transact(async (tx) => {
    const chore = await firstChore(tx);
    if (chore?.kind === 'fill') await fillIndex(dynamodb, tx, chore);
    else if (chore?.kind === 'copy') await copyItems(dynamodb, tx, chore);
    else if (chore) await clear(tx, chore);
  });
  return true;
}

async function clear(tx: Transaction, chore: Chore): Promise<void> {
  if (await clearRows(tx, chore, ROWS_A_PIECE)) return;
  await clearCounts(tx, chore.number);
  await deleteChore(tx, chore.number, chore.kind);
}

/** Enters the next items of the table into an index; the last piece makes it ACTIVE. */
async function fillIndex(dynamodb: Dynamodb, tx: Transaction, chore: Chore): Promise<void> {
  const table = await dynamodb.tables.find(tx, chore.table);
  const items = table ? await itemsAfter(tx, table.number, chore.after, ROWS_A_PIECE) : [];
  if (table) for (const stored of items) await fillEntry(tx, table, chore.number, stored);
  const last = items.at(-1);
  if (last && items.length === ROWS_A_PIECE) {
    await advanceChore(tx, chore, last.key);
    return;
  }
  if (table) await activateIndex(tx, table, chore.number);
  await deleteChore(tx, chore.number, chore.kind);
}

/** Copies the next items of a global table into a new replica; what writes have brought meanwhile stays. */
async function copyItems(dynamodb: Dynamodb, tx: Transaction, chore: Chore): Promise<void> {
  const replica = await dynamodb.tables.find(tx, chore.table);
  const [region] = replica?.replicas ?? [];
  const source = region && (await dynamodb.tables.find(tx, { ...chore.table, region }));
  const items = source ? await itemsAfter(tx, source.number, chore.after, ROWS_A_PIECE) : [];
  for (const { key, item } of items) {
    if (!replica || (await getItem(tx, replica.number, key))) continue;
    const atMs = dynamodb.clock.now();
    await writeItem(tx, dynamodb, replica, { key, after: item, atMs, isReplicated: true });
  }
  const last = items.at(-1);
  if (last && items.length === ROWS_A_PIECE) await advanceChore(tx, chore, last.key);
  else await deleteChore(tx, chore.number, chore.kind);
}

/** What a write has entered meanwhile stays. */
async function fillEntry(
  tx: Transaction,
  table: Table,
  number: number,
  { key, item }: StoredItem,
): Promise<void> {
  const index = table.indexes.find((each) => each.number === number);
  if (index) {
    const entry = entryOf(table, index, item, key);
    if (entry === undefined || (await hasEntry(tx, number, entry))) return;
    await putEntry(tx, number, entry);
    await count(tx, number, key.hash, { items: 1, bytes: entry.bytes });
  } else if (table.timeToLive?.number === number) {
    const entry = expiryEntryOf(table.timeToLive.attribute, item, key);
    if (entry) await putEntry(tx, number, entry);
  }
}

async function activateIndex(tx: Transaction, table: Table, number: number): Promise<void> {
  if (!table.indexes.some((index) => index.number === number)) return;
  const indexes = table.indexes.map((index) =>
    index.number === number ? { ...index, status: 'ACTIVE' as const } : index,
  );
  await updateTable(tx, { ...table, indexes });
}

/** Removes some items whose time is over; false once none is left. */
async function expireItems(dynamodb: Dynamodb, address: TableAddress): Promise<boolean> {
  const { clock, database, tables, meter } = dynamodb;
  const nowMs = clock.now();
  const find = async (
    queries: Queries,
    limit: number,
  ): Promise<{ readonly table?: Table; readonly expired: readonly StoredItem[] }> => {
    const table = await tables.find(queries, address);
    if (!table?.timeToLive) return { expired: [] };
    const bounds = { from: secondsKey(nowMs - TTL_AGE_MS_MAX), to: secondsKey(nowMs), limit };
    const { number } = table.timeToLive;
    return { table, expired: await expiredItems(queries, table.number, number, bounds) };
  };
  // Looked at before, so that where nothing has expired nothing is written.
  if ((await database.read((queries) => find(queries, 1))).expired.length === 0) return false;
  return database.transact(async (tx) => {
    const { table, expired } = await find(tx, ROWS_A_PIECE);
    if (!table) return false;
    for (const before of expired) {
      await writeItem(tx, dynamodb, table, {
        key: before.key,
        before,
        atMs: nowMs,
        isByService: true,
      });
    }
    tx.afterCommit(() => {
      meter(address, { TableName: table.name }, [['TimeToLiveDeletedItemCount', expired.length]]);
    });
    return expired.length === ROWS_A_PIECE;
  });
}

function secondsKey(ms: number): Uint8Array {
  return numberKeyBytes(String(Math.floor(ms / SECOND_MS)));
}

async function trim({ database }: Dynamodb, nowMs: number): Promise<boolean> {
  const horizonMs = nowMs - STREAM_RETENTION_MS;
  const oldestMs = await database.read(oldestRecordMs);
  const oldestTokenMs = await database.read(oldestToken);
  const isTokenOld = oldestTokenMs !== undefined && oldestTokenMs < nowMs - TRANSACTION_TOKEN_MS;
  const isRecordOld = oldestMs !== undefined && oldestMs < horizonMs;
  if (!isTokenOld && !isRecordOld) return false;
  return database.transact(async (tx) => {
    await deleteTokens(tx, nowMs - TRANSACTION_TOKEN_MS);
    return trimStreams(tx, horizonMs, ROWS_A_PIECE);
  });
}
