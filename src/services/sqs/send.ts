/** Puts messages into a queue; the one way in for SendMessage and deliveries. Redrives and moves: `transfer.ts`. */
import type { Transaction } from '#ports/world/database.ts';
import { attributeOf } from './attributes.ts';
import type { SqsParts } from './dependencies.ts';
import { DEDUPLICATION_MS } from './limits.ts';
import { arrived, REPEATED } from './metrics.ts';
import type { NewMessage, Queue } from './model.ts';
import { findRemembered, remember } from './store-deduplication.ts';
import { insertMessage, joinGroup } from './store-messages.ts';
import { takeSequence } from './store-queues.ts';

export interface SentMessage {
  readonly messageId: string;
  readonly sequence: number;
}

/** The topic whose wakeups tell that a queue may have something to receive. */
export function queueTopic(queueId: string): string {
  return `sqs/${queueId}`;
}

/**
 * Stores a message, or finds the one that it repeats: a FIFO queue takes a deduplication id once in five
 * minutes, and answers with the first message's ids.
 */
export async function putMessage(
  tx: Transaction,
  queue: Queue,
  message: NewMessage,
  { clock, wakeups, meter }: Pick<SqsParts, 'clock' | 'wakeups' | 'meter'>,
): Promise<SentMessage> {
  const steadyMs = clock.steadyMs();
  const [key, ...olderKeys] = deduplicationKeys(queue, message);
  for (const known of key === undefined ? [] : [key, ...olderKeys]) {
    const earlier = await findRemembered(tx, queue.queueId, known, steadyMs);
    if (earlier === undefined) continue;
    tx.afterCommit(() => meter.count(queue, REPEATED));
    return earlier;
  }
  const sequence = await takeSequence(tx, queue.queueId);
  const stored = {
    ...withoutDelay(message),
    queueId: queue.queueId,
    sequence,
    sentAtMs: clock.now(),
    visibleAtMs: steadyMs + message.delayMs,
    receiveCount: 0,
  };
  await insertMessage(tx, stored);
  if (queue.isFifo) await joinGroup(tx, stored);
  const sent = { messageId: message.messageId, sequence };
  if (key !== undefined) {
    await remember(tx, queue.queueId, key, { ...sent, expiresAtMs: steadyMs + DEDUPLICATION_MS });
  }
  tx.afterCommit(() => {
    wakeups.notify(queueTopic(queue.queueId));
    meter.count(queue, arrived(message));
  });
  return sent;
}

function withoutDelay({ delayMs: _delayMs, ...message }: NewMessage): Omit<NewMessage, 'delayMs'> {
  return message;
}

/**
 * By queue or by group, as `DeduplicationScope` says; none for a standard queue. A message that was sent while
 * the scope was the queue still stands for all groups: `test_fifo_change_to_high_throughput_after_creation`.
 */
function deduplicationKeys(queue: Queue, message: NewMessage): string[] {
  if (!queue.isFifo || message.deduplicationId === undefined) return [];
  const ofQueue = JSON.stringify([message.deduplicationId]);
  const isPerGroup = attributeOf(queue, 'DeduplicationScope') === 'messageGroup';
  return isPerGroup
    ? [JSON.stringify([message.groupId, message.deduplicationId]), ofQueue]
    : [ofQueue];
}
