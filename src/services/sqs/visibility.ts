/** What a receipt handle allows: deleting its message, or changing when it is seen again. */
import { SECOND_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { SqsParts } from './dependencies.ts';
import {
  hiddenTooLong,
  invalidParameter,
  invalidValue,
  missingParameter,
  receiptHandleIsInvalid,
} from './errors.ts';
import { VISIBILITY_SECONDS_MAX } from './limits.ts';
import { parseReceiptHandle, type Queue, type Receipt } from './model.ts';
import { queueTopic } from './send.ts';
import {
  deleteMessage,
  findState,
  refreshGroup,
  updateMessage,
  type MessageState,
} from './store-messages.ts';

/**
 * Deletes the message of a receipt handle; one that is gone already is no error. A FIFO queue refuses a
 * handle whose visibility timeout is over; a standard queue takes it.
 * @throws AwsError ReceiptHandleIsInvalid, InvalidParameterValue
 */
export async function deleteByReceipt(
  tx: Transaction,
  queue: Queue,
  handle: string,
  { clock, wakeups, inFlight }: Pick<SqsParts, 'clock' | 'wakeups' | 'inFlight'>,
): Promise<void> {
  const nowMs = clock.steadyMs();
  const { queueId } = queue;
  if (!queue.isFifo) {
    const { hiddenUntilMs } = await deleteMessage(tx, receiptOf(queue, handle));
    inFlight.freed(queueId, hiddenUntilMs, nowMs);
    return;
  }
  const message = await messageOfReceipt(tx, queue, handle);
  if (message === undefined) return;
  if (isExpired(message, handle, nowMs)) {
    throw invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.');
  }
  const { hiddenUntilMs } = await deleteMessage(tx, message);
  inFlight.freed(queueId, hiddenUntilMs, nowMs);
  // The next of its group can be received now.
  tx.afterCommit(() => wakeups.notify(queueTopic(queueId)));
}

/**
 * Makes a message visible again after `seconds` from now, and twelve hours after it was received at the latest.
 * @throws AwsError ReceiptHandleIsInvalid, InvalidParameterValue
 */
export async function changeVisibility(
  { clock, inFlight }: Pick<SqsParts, 'clock' | 'inFlight'>,
  tx: Transaction,
  queue: Queue,
  { handle, seconds }: { readonly handle: string; readonly seconds: number },
): Promise<void> {
  const nowMs = clock.steadyMs();
  if (seconds < 0 || seconds > VISIBILITY_SECONDS_MAX) {
    throw invalidParameter(
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200.`,
    );
  }
  const message = await messageOfReceipt(tx, queue, handle);
  if (message === undefined || isExpired(message, handle, nowMs)) {
    if (message !== undefined && !queue.isFifo) return;
    throw invalidValue(
      handle,
      'ReceiptHandle',
      'Message does not exist or is not available for visibility timeout change.',
    );
  }
  const { receivedAtMs = nowMs } = receiptOf(queue, handle);
  const visibleAtMs = nowMs + seconds * SECOND_MS;
  const lastAtMs = receivedAtMs + VISIBILITY_SECONDS_MAX * SECOND_MS;
  if (visibleAtMs > lastAtMs) throw hiddenTooLong(seconds);
  await updateMessage(tx, { ...message, visibleAtMs });
  if (seconds === 0) inFlight.freed(queue.queueId, [message.visibleAtMs], nowMs);
  await refreshGroup(tx, message);
}

async function messageOfReceipt(
  tx: Transaction,
  queue: Queue,
  handle: string,
): Promise<MessageState | undefined> {
  return findState(tx, queue.queueId, receiptOf(queue, handle).sequence);
}

/**
 * The members of a batch's entries are not checked on the wire: a handle may be missing there.
 * @throws AwsError ReceiptHandleIsInvalid where no receive of this queue gave the handle; MissingParameter
 */
function receiptOf(queue: Queue, handle: string | undefined): Receipt {
  if (handle === undefined) throw missingParameter('ReceiptHandle');
  const receipt = parseReceiptHandle(handle);
  if (receipt?.queueId !== queue.queueId) throw receiptHandleIsInvalid(handle);
  return receipt;
}

/** True once the message was seen again, or received again, since this handle was given. */
function isExpired(message: MessageState, handle: string, nowMs: number): boolean {
  const receipt = parseReceiptHandle(handle);
  return receipt?.receiveCount !== message.receiveCount || message.visibleAtMs <= nowMs;
}
