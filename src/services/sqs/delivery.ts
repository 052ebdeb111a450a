/** Amazon SQS as the target of another service's events. */
import { createHash } from 'node:crypto';
import { textOf } from '#kernel/bytes.ts';
import type { Deliverer, Delivery, DeliveryCheck } from '#ports/peers/deliverer.ts';
import { attributeOf, numberOf } from './attributes.ts';
import type { SqsParts } from './dependencies.ts';
import { messageBytes, type MessageAttributes, type NewMessage, type Queue } from './model.ts';
import { putMessage } from './send.ts';
import { queueOfArn } from './store-queues.ts';

/** Delivers by putting a message into the queue, in the caller's own transaction. */
export function createSqsDeliverer(parts: SqsParts): Deliverer {
  return {
    deliver: async (delivery, tx) => {
      const queue = await queueOfArn(tx, delivery.targetArn);
      if (queue === undefined) return 'missing';
      const message = messageOf(queue, delivery, parts.random.uuid());
      const bytes = messageBytes(message.body, message.attributes);
      if (bytes > numberOf(queue, 'MaximumMessageSize')) return 'unsupported';
      const isOrdered = message.groupId !== undefined && message.deduplicationId !== undefined;
      if (queue.isFifo && !isOrdered) return 'unsupported';
      await putMessage(tx, queue, message, parts);
      return 'deliverable';
    },
    check: async ({ targetArn }, tx): Promise<DeliveryCheck> =>
      (await queueOfArn(tx, targetArn)) === undefined ? 'missing' : 'deliverable',
  };
}

function messageOf(queue: Queue, delivery: Delivery, messageId: string): NewMessage {
  const body = textOf(delivery.payload);
  const { options = {} } = delivery;
  const deduplicationId =
    options.deduplicationId ??
    (attributeOf(queue, 'ContentBasedDeduplication') === 'true'
      ? createHash('sha256').update(body).digest('hex')
      : undefined);
  return {
    messageId,
    body,
    senderId: delivery.senderId ?? delivery.sourceAccountId,
    attributes: attributesOf(delivery),
    delayMs: numberOf(queue, 'DelaySeconds') * 1000,
    ...(options.messageGroupId === undefined ? {} : { groupId: options.messageGroupId }),
    ...(queue.isFifo && deduplicationId !== undefined ? { deduplicationId } : {}),
    ...(options.traceHeader === undefined ? {} : { traceHeader: options.traceHeader }),
  };
}

function attributesOf({ options }: Delivery): MessageAttributes {
  const entries = Object.entries(options?.attributes ?? {}).map(
    ([name, { type, value }]) =>
      [
        name,
        typeof value === 'string'
          ? { DataType: type, StringValue: value }
          : { DataType: type, BinaryValue: value },
      ] as const,
  );
  return Object.fromEntries(entries);
}
