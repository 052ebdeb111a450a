/** SQL of what FIFO queues remember of messages that were sent. */
import type { Transaction } from '#ports/world/database.ts';

export interface RememberedMessage {
  readonly messageId: string;
  readonly sequence: number;
}

/** The message that was sent with this key in the last five minutes. */
export async function findRemembered(
  tx: Transaction,
  queueId: string,
  key: string,
  nowMs: number,
): Promise<RememberedMessage | undefined> {
  const row = await tx.get<{ message_id: string; sequence: number }>(
    `SELECT message_id, sequence FROM sqs_deduplication
     WHERE queue_id = $1 AND deduplication_key = $2 AND expires_ms > $3`,
    queueId,
    key,
    nowMs,
  );
  return row === undefined ? undefined : { messageId: row.message_id, sequence: row.sequence };
}

/** Remembers a message under its key; a forgotten one is replaced. */
export async function remember(
  tx: Transaction,
  queueId: string,
  key: string,
  message: RememberedMessage & { readonly expiresAtMs: number },
): Promise<void> {
  await tx.run(
    `INSERT INTO sqs_deduplication (queue_id, deduplication_key, message_id, sequence, expires_ms)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (queue_id, deduplication_key) DO UPDATE SET
       message_id = excluded.message_id, sequence = excluded.sequence, expires_ms = excluded.expires_ms`,
    queueId,
    key,
    message.messageId,
    message.sequence,
    message.expiresAtMs,
  );
}

/** Forgets what is past its five minutes, at most `limit`; answers how many that were. */
export function forgetExpired(tx: Transaction, nowMs: number, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM sqs_deduplication WHERE (queue_id, deduplication_key) IN
       (SELECT queue_id, deduplication_key FROM sqs_deduplication WHERE expires_ms <= $1 LIMIT $2)`,
    nowMs,
    limit,
  );
}

/** Forgets what a queue took up to a sequence, at most `limit`; answers how many that were. */
export function forgetUpTo(
  tx: Transaction,
  queueId: string,
  sequenceMax: number,
  limit: number,
): Promise<number> {
  return tx.run(
    `DELETE FROM sqs_deduplication WHERE queue_id = $1 AND deduplication_key IN
       (SELECT deduplication_key FROM sqs_deduplication WHERE queue_id = $1 AND sequence <= $2
        LIMIT $3)`,
    queueId,
    sequenceMax,
    limit,
  );
}
