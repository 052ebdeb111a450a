import type { Queries, SqlValue, Transaction } from '#ports/world/database.ts';
import { noLogStream } from './errors.ts';
import type { LogStream } from './model.ts';
import { nextNumber } from './store-groups.ts';

interface StreamRow {
  readonly stream_id: number;
  readonly group_id: number;
  readonly name: string;
  readonly created_at_ms: number;
  readonly first_event_ms: number | null;
  readonly last_event_ms: number | null;
  readonly ingested_at_ms: number | null;
  readonly chunk_count: number;
}

/** A group's stream by its name. */
export async function findStream(
  queries: Queries,
  groupId: number,
  name: string,
): Promise<LogStream | undefined> {
  const row = await queries.get<StreamRow>(
    'SELECT * FROM log_stream WHERE group_id = $1 AND name = $2',
    groupId,
    name,
  );
  return row === undefined ? undefined : streamOf(row);
}

/** @throws AwsError ResourceNotFoundException */
export async function requireStream(
  queries: Queries,
  groupId: number,
  name: string,
): Promise<LogStream> {
  const stream = await findStream(queries, groupId, name);
  if (stream === undefined) throw noLogStream();
  return stream;
}

/** Makes a stream whose name is free; it is empty. */
export async function insertStream(
  tx: Transaction,
  { groupId, name, createdAtMs }: Pick<LogStream, 'groupId' | 'name' | 'createdAtMs'>,
): Promise<LogStream> {
  const streamId = await nextNumber(tx, 'stream');
  await tx.run(
    'INSERT INTO log_stream VALUES ($1, $2, $3, $4, NULL, NULL, NULL, 0, 0)',
    streamId,
    groupId,
    name,
    createdAtMs,
  );
  return { streamId, groupId, name, createdAtMs, chunkCount: 0 };
}

/** Deletes the stream at once, its events by and by. */
export async function deleteStream(
  tx: Transaction,
  { streamId, groupId }: LogStream,
): Promise<void> {
  await tx.run('DELETE FROM log_stream WHERE stream_id = $1', streamId);
  await tx.run('INSERT INTO log_garbage VALUES ($1, $2)', groupId, streamId);
}

export interface StreamPage {
  readonly groupId: number;
  readonly prefix: string;
  /** The name, or the time of the last event and the name, of the page before. */
  readonly after: { readonly lastEventMs: number; readonly name: string } | undefined;
  readonly isByLastEvent: boolean;
  readonly isDescending: boolean;
  readonly limit: number;
}

/** A page of a group's streams; one without events counts as older than all. */
export async function listStreams(queries: Queries, page: StreamPage): Promise<LogStream[]> {
  const { groupId, prefix, after, isByLastEvent, isDescending, limit } = page;
  const [beyond, order] = isDescending ? ['<', 'DESC'] : ['>', 'ASC'];
  const time = 'COALESCE(last_event_ms, -1)';
  const parameters: SqlValue[] = [groupId, limit];
  let where = 'group_id = $1';
  if (prefix !== '') {
    parameters.push(prefix, `${prefix}\u{10ffff}`);
    where += ' AND name >= $3 AND name < $4';
  }
  if (after !== undefined) {
    parameters.push(after.name);
    const name = `$${parameters.length}`;
    if (!isByLastEvent) {
      where += ` AND name ${beyond} ${name}`;
    } else {
      parameters.push(after.lastEventMs);
      where += ` AND (${time}, name) ${beyond} ($${parameters.length}, ${name})`;
    }
  }
  const by = isByLastEvent ? `${time} ${order}, name ${order}` : `name ${order}`;
  const rows = await queries.all<StreamRow>(
    `SELECT * FROM log_stream WHERE ${where} ORDER BY ${by} LIMIT $2`,
    ...parameters,
  );
  return rows.map(streamOf);
}

/** The names of streams, by their numbers. */
export async function streamNames(
  queries: Queries,
  ids: Iterable<number>,
): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  for (const id of ids) {
    const row = await queries.get<{ name: string }>(
      'SELECT name FROM log_stream WHERE stream_id = $1',
      id,
    );
    if (row !== undefined) names.set(id, row.name);
  }
  return names;
}

function streamOf(row: StreamRow): LogStream {
  return {
    streamId: Number(row.stream_id),
    groupId: Number(row.group_id),
    name: row.name,
    createdAtMs: Number(row.created_at_ms),
    ...(row.first_event_ms === null ? {} : { firstEventMs: Number(row.first_event_ms) }),
    ...(row.last_event_ms === null ? {} : { lastEventMs: Number(row.last_event_ms) }),
    ...(row.ingested_at_ms === null ? {} : { ingestedAtMs: Number(row.ingested_at_ms) }),
    chunkCount: Number(row.chunk_count),
  };
}
