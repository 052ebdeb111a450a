/**
 * Receives that are tried again: a FIFO queue gives what it gave before, with the same receipt handles, as long as
 * all of it is still hidden by that receive.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
import type { Transaction } from '#ports/world/database.ts';
import { RECEIVE_ATTEMPT_MS } from './limits.ts';
import type { StoredMessage } from './model.ts';
import { findAttempt, saveAttempt, type ReceivedMessage } from './store-receive-attempts.ts';
import { findMessage, refreshGroups, updateMessage } from './store-messages.ts';

export interface ReceiveAttempt {
  readonly queueId: string;
  readonly attemptId: string;
  readonly nowMs: number;
  /** When what is received is seen again. */
  readonly visibleAtMs: number;
}

/** What this attempt gave before, hidden anew; `undefined` where it is another receive. */
export async function repeatReceive(
  tx: Transaction,
  attempt: ReceiveAttempt,
): Promise<StoredMessage[] | undefined> {
  const { queueId, nowMs, visibleAtMs } = attempt;
  const earlier = await findAttempt(tx, attempt);
  if (earlier === undefined) return undefined;
  const messages: StoredMessage[] = [];
  for (const [sequence, receiveCount, hiddenUntilMs, receivedAtMs] of earlier) {
    const message = await findMessage(tx, queueId, sequence);
    const isUntouched =
      message?.receiveCount === receiveCount && message.visibleAtMs === hiddenUntilMs;
    if (!isUntouched || hiddenUntilMs <= nowMs) return undefined;
    messages.push({ ...message, visibleAtMs, ...(receivedAtMs !== undefined && { receivedAtMs }) });
  }
  for (const message of messages) await updateMessage(tx, message);
  await refreshGroups(tx, messages);
  await rememberReceive(tx, attempt, messages);
  return messages;
}

/** Keeps what an attempt gave, for five minutes. */
export async function rememberReceive(
  tx: Transaction,
  attempt: ReceiveAttempt,
  messages: readonly StoredMessage[],
): Promise<void> {
  const received = messages.map(
    ({ sequence, receiveCount, visibleAtMs, receivedAtMs }): ReceivedMessage =>
      receivedAtMs === undefined
        ? [sequence, receiveCount, visibleAtMs]
        : [sequence, receiveCount, visibleAtMs, receivedAtMs],
  );
  await saveAttempt(tx, attempt, received, attempt.nowMs + RECEIVE_ATTEMPT_MS);
}
