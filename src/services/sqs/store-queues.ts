/** SQL of queues. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { assert } from '#kernel/assert.ts';
import { parseArn } from '#kernel/arn.ts';
import { queueArn, redrivePolicy, type Queue, type QueueAddress } from './model.ts';

interface QueueRow {
  readonly queue_id: string;
  readonly account_id: string;
  readonly region: string;
  readonly name: string;
  readonly is_fifo: number;
  readonly attributes: string;
  readonly tags: string;
  readonly created_ms: number;
  readonly modified_ms: number;
}

const COLUMNS =
  'queue_id, account_id, region, name, is_fifo, attributes, tags, created_ms, modified_ms';

function queueOf(row: QueueRow): Queue {
  return {
    queueId: row.queue_id,
    accountId: row.account_id,
    region: row.region,
    name: row.name,
    isFifo: row.is_fifo === 1,
    // Both were written as JSON of texts by this file.
    attributes: JSON.parse(row.attributes) as Record<string, string>,
    tags: JSON.parse(row.tags) as Record<string, string>,
    createdAtMs: row.created_ms,
    modifiedAtMs: row.modified_ms,
  };
}

/** The queue of an address, or `undefined`. */
export async function findQueue(
  queries: Queries,
  { accountId, region, name }: QueueAddress,
): Promise<Queue | undefined> {
  const row = await queries.get<QueueRow>(
    `SELECT ${COLUMNS} FROM sqs_queues WHERE account_id = $1 AND region = $2 AND name = $3`,
    accountId,
    region,
    name,
  );
  return row === undefined ? undefined : queueOf(row);
}

/** The queue of an id, or `undefined` once it is deleted. */
export async function findQueueById(queries: Queries, queueId: string): Promise<Queue | undefined> {
  const row = await queries.get<QueueRow>(
    `SELECT ${COLUMNS} FROM sqs_queues WHERE queue_id = $1`,
    queueId,
  );
  return row === undefined ? undefined : queueOf(row);
}

/** The queue that an ARN names, in whichever account and Region. */
export async function queueOfArn(queries: Queries, text: string): Promise<Queue | undefined> {
  const arn = parseArn(text);
  if (arn?.service !== 'sqs') return undefined;
  const { accountId, region, resource: name } = arn;
  return findQueue(queries, { accountId, region, name });
}

/** Adds a queue, whose sequence begins at 1. */
export async function insertQueue(tx: Transaction, queue: Queue): Promise<void> {
  await tx.run(
    `INSERT INTO sqs_queues (${COLUMNS}, last_sequence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`,
    queue.queueId,
    queue.accountId,
    queue.region,
    queue.name,
    queue.isFifo ? 1 : 0,
    JSON.stringify(queue.attributes),
    JSON.stringify(queue.tags),
    queue.createdAtMs,
    queue.modifiedAtMs,
  );
}

/** Replaces what can change of a queue: attributes, tags and the time of the change. */
export async function updateQueue(tx: Transaction, queue: Queue): Promise<void> {
  await tx.run(
    'UPDATE sqs_queues SET attributes = $1, tags = $2, modified_ms = $3 WHERE queue_id = $4',
    JSON.stringify(queue.attributes),
    JSON.stringify(queue.tags),
    queue.modifiedAtMs,
    queue.queueId,
  );
}

/** Deletes a queue's own row; its messages go with `clearQueue`. */
export async function deleteQueueRow(tx: Transaction, queueId: string): Promise<void> {
  await tx.run('DELETE FROM sqs_queues WHERE queue_id = $1', queueId);
}

/** Queues of an account and Region by name, after a name, at most `limit`. */
export async function listQueues(
  queries: Queries,
  scope: { readonly accountId: string; readonly region: string },
  page: { readonly prefix: string; readonly after: string; readonly limit: number },
): Promise<Queue[]> {
  const rows = await queries.all<QueueRow>(
    `SELECT ${COLUMNS} FROM sqs_queues
     WHERE account_id = $1 AND region = $2 AND name > $3 AND substr(name, 1, $4) = $5
     ORDER BY name LIMIT $6`,
    scope.accountId,
    scope.region,
    page.after,
    page.prefix.length,
    page.prefix,
    page.limit,
  );
  return rows.map(queueOf);
}

/** The queues of a dead-letter queue's account and Region that send their poison to it, by name. */
export async function deadLetterSources(queries: Queries, target: Queue): Promise<Queue[]> {
  const page = { prefix: '', after: '', limit: Number.MAX_SAFE_INTEGER };
  const arn = queueArn(target);
  const queues = await listQueues(queries, target, page);
  return queues.filter((queue) => redrivePolicy(queue)?.deadLetterTargetArn === arn);
}

/** Every queue, for the sweep of what is past its retention. */
export async function allQueues(queries: Queries): Promise<Queue[]> {
  return (await queries.all<QueueRow>(`SELECT ${COLUMNS} FROM sqs_queues`)).map(queueOf);
}

/** The ids of the queues that hold messages. */
export async function queuesHoldingMessages(queries: Queries): Promise<string[]> {
  const rows = await queries.all<{ queue_id: string }>(
    'SELECT queue_id FROM sqs_queues WHERE message_count > 0',
  );
  return rows.map(({ queue_id: queueId }) => queueId);
}

/** The sequence of the newest message that the queue has ever taken. */
export async function lastSequence(queries: Queries, queueId: string): Promise<number> {
  const row = await queries.get<{ last_sequence: number }>(
    'SELECT last_sequence FROM sqs_queues WHERE queue_id = $1',
    queueId,
  );
  return row?.last_sequence ?? 0;
}

/** The sequence number of a message that is being added to a queue, and counts from now on. */
export async function takeSequence(tx: Transaction, queueId: string): Promise<number> {
  const row = await tx.get<{ last_sequence: number }>(
    `UPDATE sqs_queues SET last_sequence = last_sequence + 1, message_count = message_count + 1
     WHERE queue_id = $1 RETURNING last_sequence`,
    queueId,
  );
  assert(row !== undefined, `queue ${queueId} is gone in its own transaction`);
  return row.last_sequence;
}
