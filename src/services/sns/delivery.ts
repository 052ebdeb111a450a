/** A topic as the target of another service's events. */
import { createHash } from 'node:crypto';
import { parseArn } from '#kernel/arn.ts';
import { textOf } from '#kernel/bytes.ts';
import type { Deliverer, Delivery } from '#ports/peers/deliverer.ts';
import type { Queries } from '#ports/world/database.ts';
import type { MessageAttributes, Topic } from './model.ts';
import { publishMessage, type PublishDependencies } from './publish.ts';
import { findTopic } from './store.ts';

/** Publishes in the caller's own transaction. */
export function createSnsDeliverer(dependencies: PublishDependencies): Deliverer {
  return {
    deliver: async (delivery, tx) => {
      const topic = await topicOf(tx, delivery.targetArn);
      if (topic === undefined) return 'missing';
      const { subject, messageGroupId: groupId, traceHeader } = delivery.options ?? {};
      if (topic.isFifo && groupId === undefined) return 'unsupported';
      const text = textOf(delivery.payload);
      const deduplicationId = topic.isFifo ? deduplicationIdOf(delivery, text) : undefined;
      await publishMessage(dependencies, tx, topic, {
        texts: { default: text },
        attributes: attributesOf(delivery),
        ...(subject === undefined ? {} : { subject }),
        ...(groupId === undefined ? {} : { groupId }),
        ...(deduplicationId === undefined ? {} : { deduplicationId }),
        ...(traceHeader === undefined ? {} : { traceHeader }),
      });
      return 'deliverable';
    },
    check: async ({ targetArn }, tx) =>
      (await topicOf(tx, targetArn)) === undefined ? 'missing' : 'deliverable',
  };
}

async function topicOf(queries: Queries, text: string): Promise<Topic | undefined> {
  const arn = parseArn(text);
  if (arn?.service !== 'sns') return undefined;
  return findTopic(queries, { accountId: arn.accountId, region: arn.region, topic: arn.resource });
}

function deduplicationIdOf({ options }: Delivery, text: string): string {
  return options?.deduplicationId ?? createHash('sha256').update(text).digest('hex');
}

function attributesOf({ options }: Delivery): MessageAttributes {
  const entries = Object.entries(options?.attributes ?? {}).map(([name, { type, value }]) => {
    const attribute = typeof value === 'string' ? { StringValue: value } : { BinaryValue: value };
    return [name, { DataType: type, ...attribute }] as const;
  });
  return Object.fromEntries(entries);
}
