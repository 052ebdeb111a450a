/**
 * SQL of messages. Invariants: a FIFO queue's `sqs_groups` row holds the sequence and visibility of the
 * first message of its group (I1), and `sqs_queues` the number of its messages (I2, with `takeSequence`); every
 * function that inserts, moves or deletes a message keeps them.
 */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { MessageAttributes, StoredMessage } from './model.ts';

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

/** A message by its sequence, or `undefined` where it is gone. */
export async function findMessage(
  queries: Queries,
  queueId: string,
  sequence: number,
): Promise<StoredMessage | undefined> {
  const row = await queries.get<MessageRow>(
    `SELECT ${COLUMNS} FROM sqs_messages WHERE queue_id = $1 AND sequence = $2`,
    queueId,
    sequence,
  );
  return row && messageOf(row);
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

export interface Deletion {
  /** Whether one of the messages was in a group that orders. */
  readonly hasGroups: boolean;
  /** Until when those were hidden that had been received. */
  readonly hiddenUntilMs: readonly number[];
}

/**
 * Deletes those messages of a queue that are still there; keeps their groups' rows and the queue's count true
 * (I1, I2).
 */
export async function deleteMessages(
  tx: Transaction,
  queueId: string,
  sequences: readonly number[],
): Promise<Deletion> {
  const deleted: (DeletedRow & Pick<MessageRow, 'visible_ms' | 'receive_count'>)[] = [];
  for (const sequence of sequences) {
    const row = await tx.get<(typeof deleted)[number]>(
      `DELETE FROM sqs_messages WHERE queue_id = $1 AND sequence = $2
       RETURNING group_id, deduplication_id, visible_ms, receive_count`,
      queueId,
      sequence,
    );
    if (row !== undefined) deleted.push(row);
  }
  const hasGroups = await countOut(tx, queueId, deleted);
  const received = deleted.filter(({ receive_count: count }) => count > 0);
  return { hasGroups, hiddenUntilMs: received.map(({ visible_ms: atMs }) => atMs) };
}

/** Deletes the first messages of a queue, up to a sequence and at most `limit`; answers how many there were. */
export async function deleteMessagesUpTo(
  tx: Transaction,
  queueId: string,
  sequenceMax: number,
  limit: number,
): Promise<number> {
  const deleted = await tx.all<DeletedRow>(
    `DELETE FROM sqs_messages WHERE queue_id = $1 AND sequence IN
       (SELECT sequence FROM sqs_messages WHERE queue_id = $1 AND sequence <= $2
        ORDER BY sequence LIMIT $3)
     RETURNING group_id, deduplication_id`,
    queueId,
    sequenceMax,
    limit,
  );
  await countOut(tx, queueId, deleted);
  return deleted.length;
}

type DeletedRow = Pick<MessageRow, 'group_id' | 'deduplication_id'>;

/** Tells the queue and its groups of messages that were deleted (I1, I2); true where groups order them. */
async function countOut(
  tx: Transaction,
  queueId: string,
  deleted: readonly DeletedRow[],
): Promise<boolean> {
  if (deleted.length === 0) return false;
  await tx.run(
    'UPDATE sqs_queues SET message_count = message_count - $1 WHERE queue_id = $2',
    deleted.length,
    queueId,
  );
  const members = deleted.flatMap(({ group_id: groupId, deduplication_id: deduplicationId }) =>
    groupId === null || deduplicationId === null ? [] : [{ queueId, groupId, deduplicationId }],
  );
  await refreshGroups(tx, members);
  return members.length > 0;
}

/** Deletes one message, where it is still there. */
export function deleteMessage(
  tx: Transaction,
  { queueId, sequence }: Pick<StoredMessage, 'queueId' | 'sequence'>,
): Promise<Deletion> {
  return deleteMessages(tx, queueId, [sequence]);
}
