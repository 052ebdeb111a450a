import type { Transaction } from '#ports/world/database.ts';
import type { Queue, StoredMessage } from './model.ts';
import { deleteMessage, insertMessage, joinGroup } from './store-messages.ts';
import { takeSequence } from './store-queues.ts';

/**
 * Takes a message out of its queue and puts it, as it is to be there, behind all others of `target`.
 * Nothing is deduplicated: what was taken once is never dropped on its way.
 */
export async function transferMessage(
  tx: Transaction,
  message: StoredMessage,
  target: Queue,
  moved: StoredMessage,
): Promise<void> {
  await deleteMessage(tx, message);
  const sequence = await takeSequence(tx, target.queueId);
  const stored = { ...moved, queueId: target.queueId, sequence };
  await insertMessage(tx, stored);
  if (target.isFifo) await joinGroup(tx, stored);
}
