import { present } from '#kernel/assert.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Keys, StreamViewType } from '../tables/table.ts';
import type { TableAddress } from './tables.ts';

/** A table's stream: enabled, or disabled and readable until its records are gone. */
export interface Stream {
  readonly number: number;
  readonly table: TableAddress;
  readonly label: string;
  readonly viewType: StreamViewType;
  readonly keys: Keys;
  readonly createdAtMs: number;
  readonly disabledAtMs?: number;
  /** Of the newest record; 0 where there was none yet. */
  readonly lastSequence: number;
}

export interface StoredRecord {
  readonly sequence: number;
  readonly atMs: number;
  /** AWS's SizeBytes. */
  readonly bytes: number;
  /** JSON of a StreamChange. */
  readonly record: string;
}

interface StreamRow {
  readonly number: number;
  readonly account_id: string;
  readonly region: string;
  readonly table_name: string;
  readonly label: string;
  readonly view_type: StreamViewType;
  readonly key_schema: string;
  readonly created_at_ms: number;
  readonly disabled_at_ms: number | null;
  readonly last_sequence: number;
}

function streamOf(row: StreamRow): Stream {
  return {
    number: row.number,
    table: { accountId: row.account_id, region: row.region, name: row.table_name },
    label: row.label,
    viewType: row.view_type,
    keys: JSON.parse(row.key_schema) as Keys, // Only insertStream writes it.
    createdAtMs: row.created_at_ms,
    ...(row.disabled_at_ms === null ? {} : { disabledAtMs: row.disabled_at_ms }),
    lastSequence: row.last_sequence,
  };
}

/** Writes a new stream, which has no record yet. */
export async function insertStream(tx: Transaction, stream: Stream): Promise<void> {
  await tx.run(
    `INSERT INTO dynamodb_streams
       (number, account_id, region, table_name, label, view_type, key_schema, created_at_ms, last_sequence)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
    stream.number,
    stream.table.accountId,
    stream.table.region,
    stream.table.name,
    stream.label,
    stream.viewType,
    JSON.stringify(stream.keys),
    stream.createdAtMs,
  );
}

/** Ends a stream: nothing is appended any more. */
export async function disableStream(tx: Transaction, number: number, atMs: number): Promise<void> {
  await tx.run(
    'UPDATE dynamodb_streams SET disabled_at_ms = $2 WHERE number = $1 AND disabled_at_ms IS NULL',
    number,
    atMs,
  );
}

/** The stream of a table with that label. */
export async function findStream(
  queries: Queries,
  table: TableAddress,
  label: string,
): Promise<Stream | undefined> {
  const row = await queries.get<StreamRow>(
    `SELECT * FROM dynamodb_streams
     WHERE account_id = $1 AND region = $2 AND table_name = $3 AND label = $4`,
    table.accountId,
    table.region,
    table.name,
    label,
  );
  return row && streamOf(row);
}

/**
 * Streams of one table, or of all where the name is empty, in the order of their names and labels.
 */
export async function listStreams(
  queries: Queries,
  table: TableAddress,
  after: { readonly name: string; readonly label: string },
  limit: number,
): Promise<readonly Stream[]> {
  const rows = await queries.all<StreamRow>(
    `SELECT * FROM dynamodb_streams
     WHERE account_id = $1 AND region = $2 AND ($3 = '' OR table_name = $3)
       AND (table_name, label) > ($4, $5)
     ORDER BY table_name, label LIMIT $6`,
    table.accountId,
    table.region,
    table.name,
    after.name,
    after.label,
    limit,
  );
  return rows.map(streamOf);
}

/** Appends a record and answers its sequence number. */
export async function appendRecord(
  tx: Transaction,
  streamNumber: number,
  record: Omit<StoredRecord, 'sequence'>,
): Promise<number> {
  const row = await tx.get<{ last_sequence: number }>(
    `UPDATE dynamodb_streams SET last_sequence = last_sequence + 1 WHERE number = $1
     RETURNING last_sequence`,
    streamNumber,
  );
  const sequence = present(row, 'a table names its stream').last_sequence;
  await tx.run(
    `INSERT INTO dynamodb_stream_records (stream_number, sequence, at_ms, bytes, record)
     VALUES ($1, $2, $3, $4, $5)`,
    streamNumber,
    sequence,
    record.atMs,
    record.bytes,
    record.record,
  );
  return sequence;
}

/** Records of a stream after a sequence number, those of `sinceMs` and later. */
export async function readRecords(
  queries: Queries,
  streamNumber: number,
  from: { readonly afterSequence: number; readonly sinceMs: number },
  limit: number,
): Promise<readonly StoredRecord[]> {
  const rows = await queries.all<{
    sequence: number;
    at_ms: number;
    bytes: number;
    record: string;
  }>(
    `SELECT sequence, at_ms, bytes, record FROM dynamodb_stream_records
     WHERE stream_number = $1 AND sequence > $2 AND at_ms >= $3 ORDER BY sequence LIMIT $4`,
    streamNumber,
    from.afterSequence,
    from.sinceMs,
    limit,
  );
  return rows.map((row) => ({
    sequence: row.sequence,
    atMs: row.at_ms,
    bytes: row.bytes,
    record: row.record,
  }));
}

/** Drops records that nobody can read any more, and streams that are disabled and empty of them. */
export async function trimStreams(
  tx: Transaction,
  beforeMs: number,
  limit: number,
): Promise<boolean> {
  const rows = await tx.run(
    `DELETE FROM dynamodb_stream_records WHERE (stream_number, sequence) IN (
       SELECT stream_number, sequence FROM dynamodb_stream_records WHERE at_ms < $1 LIMIT $2)`,
    beforeMs,
    limit,
  );
  await tx.run('DELETE FROM dynamodb_streams WHERE disabled_at_ms < $1', beforeMs);
  return rows === limit;
}

/** When the oldest record came, or a stream was disabled; `undefined` where there is neither. */
export async function oldestRecordMs(queries: Queries): Promise<number | undefined> {
  const row = await queries.get<{ at_ms: number | null }>(
    `SELECT MIN(at_ms) AS at_ms FROM (
       SELECT MIN(at_ms) AS at_ms FROM dynamodb_stream_records
       UNION ALL SELECT MIN(disabled_at_ms) AS at_ms FROM dynamodb_streams) AS oldest`,
  );
  return row?.at_ms === null || row?.at_ms === undefined ? undefined : row.at_ms;
}
