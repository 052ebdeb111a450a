/**
 * SQL of messages. Invariants: a FIFO queue's `sqs_groups` row holds the sequence and visibility of the
 * first message of its group (I1), and `sqs_queues` the number of its messages (I2, with `takeSequence`); every
 * function that inserts, moves or deletes a message keeps them.
 */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { assert } from '#kernel/assert.ts';
import type { MessageAttributes, Queue, StoredMessage } from './model.ts';

interface MessageRow {
  readonly queue_id: string;
  readonly sequence: number;
  readonly message_id: string;
  readonly body: string;
  readonly attributes: string | null;
  readonly sender_id: string;
  readonly sent_ms: number;
  readonly visible_ms: number;
  readonly receive_count: number;
  readonly first_received_ms: number | null;
  readonly group_id: string | null;
  readonly deduplication_id: string | null;
  readonly trace_header: string | null;
  readonly dead_letter_source_arn: string | null;
}

const COLUMNS = `queue_id, sequence, message_id, body, attributes, sender_id, sent_ms, visible_ms,
  receive_count, first_received_ms, group_id, deduplication_id, trace_header, dead_letter_source_arn`;

function messageOf(row: MessageRow): StoredMessage {
  return {
    queueId: row.queue_id,
    sequence: row.sequence,
    messageId: row.message_id,
    body: row.body,
    attributes: row.attributes === null ? {} : parseAttributes(row.attributes),
    senderId: row.sender_id,
    sentAtMs: row.sent_ms,
    visibleAtMs: row.visible_ms,
    receiveCount: row.receive_count,
    ...(row.first_received_ms === null ? {} : { firstReceivedAtMs: row.first_received_ms }),
    ...(row.group_id === null ? {} : { groupId: row.group_id }),
    ...(row.deduplication_id === null ? {} : { deduplicationId: row.deduplication_id }),
    ...(row.trace_header === null ? {} : { traceHeader: row.trace_header }),
    ...(row.dead_letter_source_arn === null
      ? {}
      : { deadLetterSourceArn: row.dead_letter_source_arn }),
  };
}

/** Attributes as JSON; bytes as `{"base64": ...}`. */
function formatAttributes(attributes: MessageAttributes): string | null {
  if (Object.keys(attributes).length === 0) return null;
  return JSON.stringify(attributes, (_, value: unknown) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  );
}

function parseAttributes(text: string): MessageAttributes {
  // Written by formatAttributes.
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'base64' in value
      ? new Uint8Array(Buffer.from(String(value.base64), 'base64'))
      : value,
  ) as MessageAttributes;
}

/** Adds a message; of a FIFO queue, `joinGroup` goes with it. */
export async function insertMessage(tx: Transaction, message: StoredMessage): Promise<void> {
  await tx.run(
    `INSERT INTO sqs_messages (${COLUMNS})
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    message.queueId,
    message.sequence,
    message.messageId,
    message.body,
    formatAttributes(message.attributes),
    message.senderId,
    message.sentAtMs,
    message.visibleAtMs,
    message.receiveCount,
    message.firstReceivedAtMs ?? null,
    message.groupId ?? null,
    message.deduplicationId ?? null,
    message.traceHeader ?? null,
    message.deadLetterSourceArn ?? null,
  );
}

/** Adds a message behind its group's others (I1). */
export async function joinGroup(tx: Transaction, message: StoredMessage): Promise<void> {
  await tx.run(
    `INSERT INTO sqs_groups (queue_id, group_id, head_sequence, visible_ms) VALUES ($1, $2, $3, $4)
     ON CONFLICT (queue_id, group_id) DO NOTHING`,
    message.queueId,
    message.groupId ?? '',
    message.sequence,
    message.visibleAtMs,
  );
}

type GroupMember = Pick<StoredMessage, 'queueId' | 'groupId' | 'deduplicationId'>;

/** Makes the rows of the messages' groups tell their first messages again (I1), each group's once. */
export async function refreshGroups(
  tx: Transaction,
  messages: Iterable<GroupMember>,
): Promise<void> {
  const members = new Map<string | undefined, GroupMember>();
  for (const message of messages) members.set(message.groupId, message);
  for (const member of members.values()) await refreshGroup(tx, member);
}

/**
 * Makes the row of a message's group tell its first message again (I1). In a standard queue, whose messages may
 * have a group but no deduplication id, groups order nothing and have no row.
 */
export async function refreshGroup(
  tx: Transaction,
  { queueId, groupId, deduplicationId }: GroupMember,
): Promise<void> {
  if (groupId === undefined || deduplicationId === undefined) return;
  const head = await tx.get<{ sequence: number; visible_ms: number }>(
    `SELECT sequence, visible_ms FROM sqs_messages
     WHERE queue_id = $1 AND group_id = $2 ORDER BY sequence LIMIT 1`,
    queueId,
    groupId,
  );
  if (head === undefined) {
    await tx.run('DELETE FROM sqs_groups WHERE queue_id = $1 AND group_id = $2', queueId, groupId);
    return;
  }
  await tx.run(
    'UPDATE sqs_groups SET head_sequence = $1, visible_ms = $2 WHERE queue_id = $3 AND group_id = $4',
    head.sequence,
    head.visible_ms,
    queueId,
    groupId,
  );
}

/** Messages of a standard queue that can be received now, the longest visible first. */
export async function visibleMessages(
  queries: Queries,
  queueId: string,
  nowMs: number,
  limit: number,
): Promise<StoredMessage[]> {
  const rows = await queries.all<MessageRow>(
    `SELECT ${COLUMNS} FROM sqs_messages WHERE queue_id = $1 AND visible_ms <= $2
     ORDER BY visible_ms, sequence LIMIT $3`,
    queueId,
    nowMs,
    limit,
  );
  return rows.map(messageOf);
}

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

/** Groups of a FIFO queue whose first message can be received now, in order of that message. */
export async function visibleGroups(
  queries: Queries,
  queueId: string,
  nowMs: number,
  limit: number,
): Promise<string[]> {
  // The plus keeps to the index of heads: by visibility, all groups would be sorted for the first few.
  const rows = await queries.all<{ group_id: string }>(
    `SELECT group_id FROM sqs_groups WHERE queue_id = $1 AND +visible_ms <= $2
     ORDER BY head_sequence LIMIT $3`,
    queueId,
    nowMs,
    limit,
  );
  return rows.map(({ group_id: groupId }) => groupId);
}

/** The first messages of a group, whether visible or not. */
export async function groupMessages(
  queries: Queries,
  queueId: string,
  groupId: string,
  limit: number,
): Promise<StoredMessage[]> {
  const rows = await queries.all<MessageRow>(
    `SELECT ${COLUMNS} FROM sqs_messages WHERE queue_id = $1 AND group_id = $2
     ORDER BY sequence LIMIT $3`,
    queueId,
    groupId,
    limit,
  );
  return rows.map(messageOf);
}

/** What of a message changes, and what tells its place; without its content. */
export type MessageState = Omit<
  StoredMessage,
  'messageId' | 'body' | 'attributes' | 'senderId' | 'sentAtMs'
>;

/** The state of the message of a sequence number, or `undefined` where it is gone. */
export async function findState(
  queries: Queries,
  queueId: string,
  sequence: number,
): Promise<MessageState | undefined> {
  const row = await queries.get<MessageRow>(
    `SELECT visible_ms, receive_count, first_received_ms, group_id, deduplication_id
     FROM sqs_messages WHERE queue_id = $1 AND sequence = $2`,
    queueId,
    sequence,
  );
  if (row === undefined) return undefined;
  return {
    queueId,
    sequence,
    visibleAtMs: row.visible_ms,
    receiveCount: row.receive_count,
    ...(row.first_received_ms === null ? {} : { firstReceivedAtMs: row.first_received_ms }),
    ...(row.group_id === null ? {} : { groupId: row.group_id }),
    ...(row.deduplication_id === null ? {} : { deduplicationId: row.deduplication_id }),
  };
}

/** Writes what a receive or a change of visibility changed. */
export async function updateMessage(tx: Transaction, message: MessageState): Promise<void> {
  await tx.run(
    `UPDATE sqs_messages SET visible_ms = $1, receive_count = $2, first_received_ms = $3
     WHERE queue_id = $4 AND sequence = $5`,
    message.visibleAtMs,
    message.receiveCount,
    message.firstReceivedAtMs ?? null,
    message.queueId,
    message.sequence,
  );
}

/**
 * Deletes those messages of a queue that are still there; keeps their groups' rows and the queue's count true
 * (I1, I2). Answers whether one of them was in a group that orders.
 */
export async function deleteMessages(
  tx: Transaction,
  queueId: string,
  sequences: readonly number[],
): Promise<boolean> {
  const groups = new Map<string, GroupMember>();
  let count = 0;
  for (const sequence of sequences) {
    const deleted = await tx.get<Pick<MessageRow, 'group_id' | 'deduplication_id'>>(
      `DELETE FROM sqs_messages WHERE queue_id = $1 AND sequence = $2
       RETURNING group_id, deduplication_id`,
      queueId,
      sequence,
    );
    if (deleted === undefined) continue;
    count += 1;
    const { group_id: groupId, deduplication_id: deduplicationId } = deleted;
    if (groupId === null || deduplicationId === null) continue;
    groups.set(groupId, { queueId, groupId, deduplicationId });
  }
  if (count === 0) return false;
  await tx.run(
    'UPDATE sqs_queues SET message_count = message_count - $1 WHERE queue_id = $2',
    count,
    queueId,
  );
  await refreshGroups(tx, groups.values());
  return groups.size > 0;
}

/** Deletes one message, where it is still there. */
export async function deleteMessage(
  tx: Transaction,
  { queueId, sequence }: Pick<StoredMessage, 'queueId' | 'sequence'>,
): Promise<void> {
  await deleteMessages(tx, queueId, [sequence]);
}

/** Deletes every message of a queue, and what is remembered of them. */
export async function clearQueue(tx: Transaction, queueId: string): Promise<void> {
  await tx.run('DELETE FROM sqs_messages WHERE queue_id = $1', queueId);
  await tx.run('DELETE FROM sqs_groups WHERE queue_id = $1', queueId);
  await tx.run('UPDATE sqs_queues SET message_count = 0 WHERE queue_id = $1', queueId);
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
