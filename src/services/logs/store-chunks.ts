import type { Queries, SqlValue, Transaction } from '#ports/world/database.ts';
import type { Chunk } from './chunk.ts';
import type { LogStream } from './model.ts';

export interface StoredChunk {
  readonly streamId: number;
  readonly number: number;
  readonly firstMs: number;
  readonly ingestedAtMs: number;
  readonly content: Uint8Array;
}

interface ChunkRow {
  readonly stream_id: number;
  readonly number: number;
  readonly first_ms: number;
  readonly ingested_at_ms: number;
  readonly content: Uint8Array;
}

/** Adds chunks, in order, behind those that the stream has. */
export async function appendChunks(
  tx: Transaction,
  stream: LogStream,
  chunks: readonly Chunk[],
  nowMs: number,
): Promise<void> {
  for (const [index, { firstMs, lastMs, bytes, content }] of chunks.entries()) {
    await tx.run(
      'INSERT INTO log_chunk VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      stream.streamId,
      stream.chunkCount + index,
      stream.groupId,
      firstMs,
      lastMs,
      nowMs,
      bytes,
      content,
    );
  }
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  await tx.run(
    `UPDATE log_stream SET chunk_count = chunk_count + $1, stored_bytes = stored_bytes + $2, ingested_at_ms = $3,
       first_event_ms = CASE WHEN first_event_ms <= $4 THEN first_event_ms ELSE $4 END,
       last_event_ms = CASE WHEN last_event_ms >= $5 THEN last_event_ms ELSE $5 END
     WHERE stream_id = $6`,
    chunks.length,
    bytes,
    nowMs,
    chunks[0]?.firstMs ?? nowMs,
    Math.max(...chunks.map(({ lastMs }) => lastMs)),
    stream.streamId,
  );
}

export interface ChunkQuery {
  readonly groupId: number;
  /** Only these streams; all of the group where absent. */
  readonly streamIds?: readonly number[];
  /** Chunks that may hold events from `fromMs` to `toMs`, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  /** By their first time, then stream and number. */
  readonly order: 'ascending' | 'descending';
  /** Beyond this chunk in that order. */
  readonly after?: Pick<StoredChunk, 'firstMs' | 'streamId' | 'number'>;
  /** No chunk spans more. */
  readonly spanMs: number;
  readonly limit: number;
}

/** The chunks that may hold what is asked for, in order, at most `limit`. */
export async function listChunks(queries: Queries, query: ChunkQuery): Promise<StoredChunk[]> {
  const { streamIds, fromMs, toMs, order, after, limit } = query;
  const parameters: SqlValue[] = [fromMs - query.spanMs, toMs, fromMs, limit];
  const bind = (value: SqlValue): string => `$${parameters.push(value)}`;
  const [direction, beyond] = order === 'ascending' ? ['ASC', '>'] : ['DESC', '<'];
  // The index on streams where there is one stream, else the one on groups.
  const scope =
    streamIds?.length === 1
      ? `stream_id = ${bind(streamIds[0] ?? 0)}`
      : `group_id = ${bind(query.groupId)}${
          streamIds === undefined
            ? ''
            : ` AND stream_id IN (${streamIds.map(bind).join(', ') || 'NULL'})`
        }`;
  const paging =
    after === undefined
      ? ''
      : `AND (first_ms, stream_id, number) ${beyond} (${bind(after.firstMs)}, ${bind(after.streamId)}, ${bind(after.number)})`;
  const rows = await queries.all<ChunkRow>(
    `SELECT stream_id, number, first_ms, ingested_at_ms, content FROM log_chunk
     WHERE ${scope} AND first_ms >= $1 AND first_ms <= $2 AND last_ms >= $3 ${paging}
     ORDER BY first_ms ${direction}, stream_id ${direction}, number ${direction} LIMIT $4`,
    ...parameters,
  );
  return rows.map((row) => ({
    streamId: Number(row.stream_id),
    number: Number(row.number),
    firstMs: Number(row.first_ms),
    ingestedAtMs: Number(row.ingested_at_ms),
    content: row.content,
  }));
}

/** Deletes at most `limit` chunks of a group that end before a time; answers how many. */
export async function deleteExpiredChunks(
  tx: Transaction,
  groupId: number,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const rows = await tx.all<{ stream_id: number; bytes: number }>(
    `DELETE FROM log_chunk WHERE (stream_id, number) IN (
       SELECT stream_id, number FROM log_chunk WHERE group_id = $1 AND first_ms < $2 AND last_ms < $2
       ORDER BY first_ms LIMIT $3)
     RETURNING stream_id, bytes`,
    groupId,
    beforeMs,
    limit,
  );
  const freed = new Map<number, number>();
  for (const row of rows) {
    const streamId = Number(row.stream_id);
    freed.set(streamId, (freed.get(streamId) ?? 0) + Number(row.bytes));
  }
  for (const [streamId, bytes] of freed) {
    await tx.run(
      'UPDATE log_stream SET stored_bytes = stored_bytes - $1 WHERE stream_id = $2',
      bytes,
      streamId,
    );
  }
  return rows.length;
}

/** Deletes at most `limit` chunks of a deleted group or stream; answers whether there may be more. */
export async function deleteGarbage(tx: Transaction, limit: number): Promise<boolean> {
  const row = await tx.get<{ group_id: number; stream_id: number }>(
    'SELECT * FROM log_garbage LIMIT 1',
  );
  if (row === undefined) return false;
  const [groupId, streamId] = [Number(row.group_id), Number(row.stream_id)];
  const [column, id] = streamId === 0 ? ['group_id', groupId] : ['stream_id', streamId];
  const deleted = await tx.run(
    `DELETE FROM log_chunk WHERE (stream_id, number) IN (
       SELECT stream_id, number FROM log_chunk WHERE ${column} = $1 LIMIT $2)`,
    id,
    limit,
  );
  if (deleted < limit) {
    await tx.run(
      'DELETE FROM log_garbage WHERE group_id = $1 AND stream_id = $2',
      groupId,
      streamId,
    );
  }
  return true;
}
