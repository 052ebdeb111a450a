/** SQL of registered consumers. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { StreamConsumer } from './model.ts';

interface ConsumerRow {
  readonly stream_id: string;
  readonly name: string;
  readonly arn: string;
  readonly created_ms: number;
  readonly tags: string;
  readonly policy: string | null;
}

const COLUMNS = 'stream_id, name, arn, created_ms, tags, policy';

function consumerOf(row: ConsumerRow): StreamConsumer {
  return {
    streamId: row.stream_id,
    name: row.name,
    arn: row.arn,
    createdAtMs: row.created_ms,
    // Written as JSON of texts by this file.
    tags: JSON.parse(row.tags) as Record<string, string>,
    ...(row.policy !== null && { policy: row.policy }),
  };
}

/** Consumers of a stream by name, after a name, at most `limit`. */
export async function listConsumers(
  queries: Queries,
  streamId: string,
  page: { readonly after: string; readonly limit: number },
): Promise<StreamConsumer[]> {
  const rows = await queries.all<ConsumerRow>(
    `SELECT ${COLUMNS} FROM kinesis_consumers
     WHERE stream_id = $1 AND name > $2 ORDER BY name LIMIT $3`,
    streamId,
    page.after,
    page.limit,
  );
  return rows.map(consumerOf);
}

/** A consumer by its name, or `undefined`. */
export async function findConsumer(
  queries: Queries,
  streamId: string,
  name: string,
): Promise<StreamConsumer | undefined> {
  const row = await queries.get<ConsumerRow>(
    `SELECT ${COLUMNS} FROM kinesis_consumers WHERE stream_id = $1 AND name = $2`,
    streamId,
    name,
  );
  return row && consumerOf(row);
}

/** Adds a consumer, or replaces its tags and policy. */
export async function putConsumer(tx: Transaction, consumer: StreamConsumer): Promise<void> {
  await tx.run(
    `INSERT INTO kinesis_consumers (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (stream_id, name) DO UPDATE SET tags = excluded.tags, policy = excluded.policy`,
    consumer.streamId,
    consumer.name,
    consumer.arn,
    consumer.createdAtMs,
    JSON.stringify(consumer.tags),
    consumer.policy ?? null,
  );
}

/** Takes a consumer away. */
export async function deleteConsumer(
  tx: Transaction,
  { streamId, name }: StreamConsumer,
): Promise<void> {
  await tx.run('DELETE FROM kinesis_consumers WHERE stream_id = $1 AND name = $2', streamId, name);
}
