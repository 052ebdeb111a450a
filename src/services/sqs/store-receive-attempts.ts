/** SQL of what receives gave that may be tried again. */
import type { Transaction } from '#ports/world/database.ts';

interface AttemptKey {
  readonly queueId: string;
  readonly attemptId: string;
  readonly nowMs: number;
}

/** A message's sequence, how often it was received, until when that hid it, and when it was. */
export type ReceivedMessage = readonly [
  sequence: number,
  receiveCount: number,
  visibleAtMs: number,
  receivedAtMs?: number,
];

/** What an attempt gave in the last five minutes. */
export async function findAttempt(
  tx: Transaction,
  { queueId, attemptId, nowMs }: AttemptKey,
): Promise<readonly ReceivedMessage[] | undefined> {
  const row = await tx.get<{ received: string }>(
    `SELECT received FROM sqs_receive_attempts
     WHERE queue_id = $1 AND attempt_id = $2 AND expires_ms > $3`,
    queueId,
    attemptId,
    nowMs,
  );
  // Written by saveAttempt.
  return row && (JSON.parse(row.received) as ReceivedMessage[]);
}

/** Keeps what an attempt gave, in the place of what it gave before. */
export async function saveAttempt(
  tx: Transaction,
  { queueId, attemptId }: AttemptKey,
  received: readonly ReceivedMessage[],
  expiresAtMs: number,
): Promise<void> {
  await tx.run(
    `INSERT INTO sqs_receive_attempts (queue_id, attempt_id, received, expires_ms)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (queue_id, attempt_id) DO UPDATE SET
       received = excluded.received, expires_ms = excluded.expires_ms`,
    queueId,
    attemptId,
    JSON.stringify(received),
    expiresAtMs,
  );
}

/** Forgets what is past its five minutes, at most `limit`; answers how many that were. */
export function forgetAttempts(tx: Transaction, nowMs: number, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM sqs_receive_attempts WHERE (queue_id, attempt_id) IN
       (SELECT queue_id, attempt_id FROM sqs_receive_attempts WHERE expires_ms <= $1 LIMIT $2)`,
    nowMs,
    limit,
  );
}
