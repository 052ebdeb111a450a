/** SQL of shards. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Shard } from './model.ts';

interface ShardRow {
  readonly shard_index: number;
  readonly start_hash: string;
  readonly end_hash: string;
  readonly parent_index: number | null;
  readonly adjacent_parent_index: number | null;
  readonly opened_sequence: number;
  readonly opened_ms: number;
  readonly closed_sequence: number | null;
  readonly closed_ms: number | null;
}

const COLUMNS =
  'shard_index, start_hash, end_hash, parent_index, adjacent_parent_index, ' +
  'opened_sequence, opened_ms, closed_sequence, closed_ms';

function shardOf(row: ShardRow): Shard {
  return {
    index: row.shard_index,
    startHash: BigInt(row.start_hash),
    endHash: BigInt(row.end_hash),
    ...(row.parent_index !== null && { parentIndex: row.parent_index }),
    ...(row.adjacent_parent_index !== null && { adjacentParentIndex: row.adjacent_parent_index }),
    openedSequence: row.opened_sequence,
    openedAtMs: row.opened_ms,
    ...(row.closed_sequence !== null && { closedSequence: row.closed_sequence }),
    ...(row.closed_ms !== null && { closedAtMs: row.closed_ms }),
  };
}

/** Adds an open shard to a stream. */
export async function insertShard(tx: Transaction, streamId: string, shard: Shard): Promise<void> {
  await tx.run(
    `INSERT INTO kinesis_shards (stream_id, ${COLUMNS})
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL)`,
    streamId,
    shard.index,
    shard.startHash.toString(),
    shard.endHash.toString(),
    shard.parentIndex ?? null,
    shard.adjacentParentIndex ?? null,
    shard.openedSequence,
    shard.openedAtMs,
  );
}

/** Closes a shard at a place of the stream's sequence. */
export async function closeShard(
  tx: Transaction,
  streamId: string,
  shardIndex: number,
  place: { readonly sequence: number; readonly atMs: number },
): Promise<void> {
  await tx.run(
    `UPDATE kinesis_shards SET closed_sequence = $1, closed_ms = $2
     WHERE stream_id = $3 AND shard_index = $4`,
    place.sequence,
    place.atMs,
    streamId,
    shardIndex,
  );
}

/** All shards of a stream, oldest first. */
export async function allShards(queries: Queries, streamId: string): Promise<Shard[]> {
  const rows = await queries.all<ShardRow>(
    `SELECT ${COLUMNS} FROM kinesis_shards WHERE stream_id = $1 ORDER BY shard_index`,
    streamId,
  );
  return rows.map(shardOf);
}

/** The shards that take records. */
export async function openShards(queries: Queries, streamId: string): Promise<Shard[]> {
  const rows = await queries.all<ShardRow>(
    `SELECT ${COLUMNS} FROM kinesis_shards
     WHERE stream_id = $1 AND closed_sequence IS NULL ORDER BY shard_index`,
    streamId,
  );
  return rows.map(shardOf);
}

/** A shard by its number, or `undefined`. */
export async function findShard(
  queries: Queries,
  streamId: string,
  shardIndex: number,
): Promise<Shard | undefined> {
  const row = await queries.get<ShardRow>(
    `SELECT ${COLUMNS} FROM kinesis_shards WHERE stream_id = $1 AND shard_index = $2`,
    streamId,
    shardIndex,
  );
  return row && shardOf(row);
}

/** The number of open shards of an account's streams of a mode, in a Region. */
export async function countOpenShards(
  queries: Queries,
  scope: { readonly accountId: string; readonly region: string },
): Promise<number> {
  const row = await queries.get<{ count: number }>(
    `SELECT COUNT(*) AS count FROM kinesis_shards, kinesis_streams
     WHERE kinesis_shards.stream_id = kinesis_streams.stream_id
       AND account_id = $1 AND region = $2 AND closed_sequence IS NULL`,
    scope.accountId,
    scope.region,
  );
  return row?.count ?? 0;
}

/** Takes a shard away, which is closed and past the stream's retention. */
export async function deleteShard(
  tx: Transaction,
  streamId: string,
  shardIndex: number,
): Promise<void> {
  await tx.run(
    'DELETE FROM kinesis_shards WHERE stream_id = $1 AND shard_index = $2',
    streamId,
    shardIndex,
  );
}
