/** SQL that looks at many messages and reads none: how many there are, and when. */
import { assert } from '#kernel/assert.ts';
import type { Queries } from '#ports/world/database.ts';
import type { Queue } from './model.ts';

/** Whether anything can be received now; reads no message. */
export async function isAnyVisible(
  queries: Queries,
  { queueId, isFifo }: Pick<Queue, 'queueId' | 'isFifo'>,
  nowMs: number,
): Promise<boolean> {
  const table = isFifo ? 'sqs_groups' : 'sqs_messages';
  const row = await queries.get(
    `SELECT 1 AS found FROM ${table} WHERE queue_id = $1 AND visible_ms <= $2 LIMIT 1`,
    queueId,
    nowMs,
  );
  return row !== undefined;
}

/** Of a queue's first messages, the sequences of those sent before a time, for retention. */
export async function messagesSentBefore(
  queries: Queries,
  queueId: string,
  sentBeforeMs: number,
  limit: number,
): Promise<number[]> {
  const rows = await queries.all<{ sequence: number }>(
    `SELECT sequence FROM (SELECT sequence, sent_ms FROM sqs_messages WHERE queue_id = $1
       ORDER BY sequence LIMIT $3) AS first_messages WHERE sent_ms < $2`,
    queueId,
    sentBeforeMs,
    limit,
  );
  return rows.map(({ sequence }) => sequence);
}

/** The next queue with messages, in order of id; one step down the index for each, however many there are. */
export async function queueWithMessagesAfter(
  queries: Queries,
  queueId: string,
): Promise<string | undefined> {
  const row = await queries.get<{ queue_id: string }>(
    'SELECT queue_id FROM sqs_messages WHERE queue_id > $1 ORDER BY queue_id LIMIT 1',
    queueId,
  );
  return row?.queue_id;
}

/** When the next hidden message becomes visible, or `undefined`. */
export async function nextVisibleAt(
  queries: Queries,
  queueId: string,
  nowMs: number,
): Promise<number | undefined> {
  const row = await queries.get<{ visible_ms: number }>(
    `SELECT visible_ms FROM sqs_messages WHERE queue_id = $1 AND visible_ms > $2
     ORDER BY visible_ms LIMIT 1`,
    queueId,
    nowMs,
  );
  return row?.visible_ms;
}

/** When the first message that is there can be received, whether that is past or not. */
export async function firstVisibleAt(
  queries: Queries,
  { queueId, isFifo }: Pick<Queue, 'queueId' | 'isFifo'>,
): Promise<number | undefined> {
  const table = isFifo ? 'sqs_groups' : 'sqs_messages';
  const row = await queries.get<{ at: number | null }>(
    `SELECT MIN(visible_ms) AS at FROM ${table} WHERE queue_id = $1`,
    queueId,
  );
  return row?.at ?? undefined;
}

/** How many messages were received and are not seen again yet, up to `limit`. */
export async function countInFlight(
  queries: Queries,
  queueId: string,
  nowMs: number,
  limit: number,
): Promise<number> {
  const row = await queries.get<{ count: number }>(
    `SELECT COUNT(*) AS count FROM (SELECT 1 AS one FROM sqs_messages
       WHERE queue_id = $1 AND visible_ms > $2 AND receive_count > 0 LIMIT $3) AS in_flight`,
    queueId,
    nowMs,
    limit,
  );
  return row?.count ?? 0;
}

/** How many groups of a FIFO queue have a message that was received and is not seen again yet. */
export async function countGroupsInFlight(
  queries: Queries,
  queueId: string,
  nowMs: number,
): Promise<number> {
  const row = await queries.get<{ count: number }>(
    `SELECT COUNT(DISTINCT group_id) AS count FROM sqs_messages
     WHERE queue_id = $1 AND visible_ms > $2 AND receive_count > 0`,
    queueId,
    nowMs,
  );
  return row?.count ?? 0;
}

/** Bounds what is looked at for the oldest message. */
const OLDEST_LOOKED_AT_MAX = 1000;
/** A standard queue's message that was received as often counts no more: it is poison. */
const POISON_RECEIVES = 3;

/** When the oldest message was sent, or `undefined` where there is none. */
export async function oldestSentAt(
  queries: Queries,
  { queueId, isFifo }: Pick<Queue, 'queueId' | 'isFifo'>,
): Promise<number | undefined> {
  const row = await queries.get<{ sent_ms: number }>(
    `SELECT sent_ms FROM (SELECT sequence, sent_ms, receive_count, dead_letter_source_arn
       FROM sqs_messages WHERE queue_id = $1 ORDER BY sequence LIMIT $2) AS first_messages
     WHERE receive_count < $3 OR dead_letter_source_arn IS NOT NULL ORDER BY sequence LIMIT 1`,
    queueId,
    OLDEST_LOOKED_AT_MAX,
    isFifo ? Number.MAX_SAFE_INTEGER : POISON_RECEIVES,
  );
  return row?.sent_ms;
}

export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** How many messages can be received, are hidden by a receive, and wait for their delay. */
export async function countMessages(
  queries: Queries,
  queueId: string,
  nowMs: number,
): Promise<MessageCounts> {
  const all = await queries.get<{ count: number }>(
    'SELECT message_count AS count FROM sqs_queues WHERE queue_id = $1',
    queueId,
  );
  const hidden = await queries.get<{ count: number; delayed: number }>(
    `SELECT COUNT(*) AS count, COALESCE(SUM(CASE receive_count WHEN 0 THEN 1 ELSE 0 END), 0) AS delayed
     FROM sqs_messages WHERE queue_id = $1 AND visible_ms > $2`,
    queueId,
    nowMs,
  );
  assert(hidden !== undefined, 'a count is always answered');
  return {
    visible: (all?.count ?? 0) - hidden.count,
    inFlight: hidden.count - hidden.delayed,
    delayed: hidden.delayed,
  };
}
