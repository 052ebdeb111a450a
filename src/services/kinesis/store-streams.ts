/** SQL of streams. */
import { assert } from '#kernel/assert.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Stream, StreamAddress, StreamSettings } from './model.ts';

interface StreamRow {
  readonly stream_id: string;
  readonly account_id: string;
  readonly region: string;
  readonly name: string;
  readonly created_ms: number;
  readonly changing: string;
  readonly settled_ms: number;
  readonly settings: string;
  readonly last_sequence: number;
}

const COLUMNS =
  'stream_id, account_id, region, name, created_ms, changing, settled_ms, settings, last_sequence';

function streamOf(row: StreamRow): Stream {
  return {
    streamId: row.stream_id,
    accountId: row.account_id,
    region: row.region,
    name: row.name,
    createdAtMs: row.created_ms,
    changing: row.changing === 'CREATING' ? 'CREATING' : 'UPDATING',
    settledAtMs: row.settled_ms,
    // Written as JSON by this file.
    settings: JSON.parse(row.settings) as StreamSettings,
    lastSequence: row.last_sequence,
  };
}

/** The stream of an address, or `undefined`. */
export async function findStream(
  queries: Queries,
  { accountId, region, name }: StreamAddress,
): Promise<Stream | undefined> {
  const row = await queries.get<StreamRow>(
    `SELECT ${COLUMNS} FROM kinesis_streams WHERE account_id = $1 AND region = $2 AND name = $3`,
    accountId,
    region,
    name,
  );
  return row && streamOf(row);
}

/** The stream of a StreamId, or `undefined`. */
export async function findStreamById(
  queries: Queries,
  streamId: string,
): Promise<Stream | undefined> {
  const row = await queries.get<StreamRow>(
    `SELECT ${COLUMNS} FROM kinesis_streams WHERE stream_id = $1`,
    streamId,
  );
  return row && streamOf(row);
}

/** Adds a stream. */
export async function insertStream(tx: Transaction, stream: Stream): Promise<void> {
  await tx.run(
    `INSERT INTO kinesis_streams (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    stream.streamId,
    stream.accountId,
    stream.region,
    stream.name,
    stream.createdAtMs,
    stream.changing,
    stream.settledAtMs,
    JSON.stringify(stream.settings),
    stream.lastSequence,
  );
}

/** Replaces what can change of a stream but its sequence: status and settings. */
export async function updateStream(tx: Transaction, stream: Stream): Promise<void> {
  await tx.run(
    'UPDATE kinesis_streams SET changing = $1, settled_ms = $2, settings = $3 WHERE stream_id = $4',
    stream.changing,
    stream.settledAtMs,
    JSON.stringify(stream.settings),
    stream.streamId,
  );
}

/** Takes a stream, its shards and consumers away; its records go with the sweep. */
export async function deleteStreamRows(tx: Transaction, streamId: string): Promise<void> {
  await tx.run('INSERT INTO kinesis_deleted_streams (stream_id) VALUES ($1)', streamId);
  await tx.run('DELETE FROM kinesis_consumers WHERE stream_id = $1', streamId);
  await tx.run('DELETE FROM kinesis_shards WHERE stream_id = $1', streamId);
  await tx.run('DELETE FROM kinesis_streams WHERE stream_id = $1', streamId);
}

/** Streams of an account and Region by name, after a name, at most `limit`. */
export async function listStreamRows(
  queries: Queries,
  scope: { readonly accountId: string; readonly region: string },
  page: { readonly after: string; readonly limit: number },
): Promise<Stream[]> {
  const rows = await queries.all<StreamRow>(
    `SELECT ${COLUMNS} FROM kinesis_streams
     WHERE account_id = $1 AND region = $2 AND name > $3 ORDER BY name LIMIT $4`,
    scope.accountId,
    scope.region,
    page.after,
    page.limit,
  );
  return rows.map(streamOf);
}

/** Every stream, for the sweep. */
export async function allStreams(queries: Queries): Promise<Stream[]> {
  return (await queries.all<StreamRow>(`SELECT ${COLUMNS} FROM kinesis_streams`)).map(streamOf);
}

/** The first of `count` new numbers of a stream's sequence. */
export async function takeSequences(
  tx: Transaction,
  streamId: string,
  count: number,
): Promise<number> {
  const row = await tx.get<{ last_sequence: number }>(
    `UPDATE kinesis_streams SET last_sequence = last_sequence + $1 WHERE stream_id = $2
     RETURNING last_sequence`,
    count,
    streamId,
  );
  assert(row !== undefined, `stream ${streamId} is gone in its own transaction`);
  return row.last_sequence - count + 1;
}
