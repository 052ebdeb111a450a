/** SQL of records. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { StoredRecord } from './model.ts';

interface RecordRow {
  readonly sequence: number;
  readonly at_ms: number;
  readonly partition_key: string | null;
  readonly data: Uint8Array;
}

export interface ShardAddress {
  readonly streamId: string;
  readonly shardIndex: number;
}

/** What of a shard is asked for: times in ms since 1970, records and bytes of data at most. */
export interface ReadRange {
  readonly afterSequence: number;
  readonly sinceMs: number;
  readonly recordsMax: number;
  readonly bytesMax: number;
}

export interface ReadPage {
  readonly records: readonly StoredRecord[];
  /** True where the shard has newer records than these. */
  readonly hasMore: boolean;
}

/** Adds a record. */
export async function insertRecord(
  tx: Transaction,
  { streamId, shardIndex }: ShardAddress,
  record: StoredRecord,
): Promise<void> {
  await tx.run(
    `INSERT INTO kinesis_records (stream_id, shard_index, sequence, at_ms, bytes, partition_key, data)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    streamId,
    shardIndex,
    record.sequence,
    record.atMs,
    record.data.byteLength,
    record.partitionKey ?? null,
    record.data,
  );
}

/** Records of a shard in order: as many as fit the bounds, the first in any case. */
export async function readRecords(
  queries: Queries,
  { streamId, shardIndex }: ShardAddress,
  { afterSequence, sinceMs, recordsMax, bytesMax }: ReadRange,
): Promise<ReadPage> {
  // Sizes first: what does not fit is never loaded.
  const sizes = await queries.all<{ sequence: number; bytes: number }>(
    `SELECT sequence, bytes FROM kinesis_records
     WHERE stream_id = $1 AND shard_index = $2 AND sequence > $3 AND at_ms >= $4
     ORDER BY sequence LIMIT $5`,
    streamId,
    shardIndex,
    afterSequence,
    sinceMs,
    recordsMax + 1,
  );
  const count = fittingCount(sizes.slice(0, recordsMax), bytesMax);
  const last = sizes[count - 1];
  if (last === undefined) return { records: [], hasMore: false };
  const rows = await queries.all<RecordRow>(
    `SELECT sequence, at_ms, partition_key, data FROM kinesis_records
     WHERE stream_id = $1 AND shard_index = $2 AND sequence > $3 AND sequence <= $4 AND at_ms >= $5
     ORDER BY sequence`,
    streamId,
    shardIndex,
    afterSequence,
    last.sequence,
    sinceMs,
  );
  return { records: rows.map(recordOf), hasMore: sizes.length > count };
}

function fittingCount(sizes: readonly { readonly bytes: number }[], bytesMax: number): number {
  let total = 0;
  const tooMany = sizes.findIndex(({ bytes }) => (total += bytes) > bytesMax);
  return tooMany === -1 ? sizes.length : Math.max(1, tooMany);
}

function recordOf(row: RecordRow): StoredRecord {
  return {
    sequence: row.sequence,
    atMs: row.at_ms,
    partitionKey: row.partition_key ?? undefined,
    data: row.data,
  };
}

/** Sequence and time of a shard's newest record, or `undefined`. */
export async function newestRecord(
  queries: Queries,
  { streamId, shardIndex }: ShardAddress,
): Promise<{ readonly sequence: number; readonly atMs: number } | undefined> {
  const row = await queries.get<{ sequence: number; at_ms: number }>(
    `SELECT sequence, at_ms FROM kinesis_records WHERE stream_id = $1 AND shard_index = $2
     ORDER BY sequence DESC LIMIT 1`,
    streamId,
    shardIndex,
  );
  return row && { sequence: row.sequence, atMs: row.at_ms };
}

/** The sequence of a shard's first record that came at a time or after it, or `undefined`. */
export async function firstSequenceSince(
  queries: Queries,
  { streamId, shardIndex }: ShardAddress,
  sinceMs: number,
): Promise<number | undefined> {
  const row = await queries.get<{ sequence: number }>(
    `SELECT sequence FROM kinesis_records
     WHERE stream_id = $1 AND shard_index = $2 AND at_ms >= $3 ORDER BY sequence LIMIT 1`,
    streamId,
    shardIndex,
    sinceMs,
  );
  return row?.sequence;
}

/** Deletes at most `limit` records that came before a time; answers how many. */
export async function deleteRecordsBefore(
  tx: Transaction,
  streamId: string,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const rows = await tx.all<{ shard_index: number; sequence: number }>(
    `SELECT shard_index, sequence FROM kinesis_records
     WHERE stream_id = $1 AND at_ms < $2 ORDER BY at_ms LIMIT $3`,
    streamId,
    beforeMs,
    limit,
  );
  for (const { shard_index: shardIndex, sequence } of rows) {
    await tx.run(
      'DELETE FROM kinesis_records WHERE stream_id = $1 AND shard_index = $2 AND sequence = $3',
      streamId,
      shardIndex,
      sequence,
    );
  }
  return rows.length;
}
