/** From a message that a topic has taken to all endpoints that want it, in one transaction. */
import { utf8 } from '#kernel/bytes.ts';
import type { PatternCache } from '#kernel/event-pattern/index.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { Delivery, DeliveryAttribute, DeliveryOptions } from '#ports/peers/deliverer.ts';
import type { Transaction } from '#ports/world/database.ts';
import { effectivePolicy } from './delivery-policy.ts';
import { count, tell, type Outcome } from './outcome.ts';
import type { SnsDependencies } from './dependencies.ts';
import { lambdaEvent, notification, type EnvelopeContext } from './envelope.ts';
import { wants } from './filter-policy.ts';
import { DEDUPLICATION_MS, RAW_ATTRIBUTES_MAX } from './limits.ts';
import {
  sequenceNumber,
  textFor,
  topicArn,
  type Message,
  type MessageAttributes,
  type Subscription,
  type Topic,
} from './model.ts';
import { postTo } from './posts.ts';
import type { Signer, Signing } from './signing.ts';
import { findRemembered, nextSequence, remember, subscriptionsOf } from './store.ts';

export type PublishDependencies = SnsDependencies & {
  readonly signing: Signing;
  /** Filter policies, compiled. */
  readonly policies: PatternCache;
};

export type NewMessage = Omit<Message, 'id' | 'sequenceNumber' | 'publishedAtMs'>;

export interface Published {
  readonly messageId: string;
  readonly sequenceNumber?: string;
}

/** Takes a message and delivers it; a FIFO topic answers a repeated one as it did the first. */
export async function publishMessage(
  dependencies: PublishDependencies,
  tx: Transaction,
  topic: Topic,
  fresh: NewMessage,
): Promise<Published> {
  const { clock, random } = dependencies;
  const nowMs = clock.now();
  const { deduplicationId } = fresh;
  if (!topic.isFifo || deduplicationId === undefined) {
    const message = { ...fresh, id: random.uuid(), publishedAtMs: nowMs };
    await deliverToAll(dependencies, tx, topic, message);
    return { messageId: message.id };
  }
  const key =
    topic.attributes['FifoThroughputScope'] === 'MessageGroup'
      ? `${fresh.groupId ?? ''}\n${deduplicationId}`
      : deduplicationId;
  const known = await findRemembered(tx, topic, key, nowMs);
  if (known !== undefined) return known;
  const sequence = sequenceNumber(await nextSequence(tx, topic));
  const published = { messageId: random.uuid(), sequenceNumber: sequence };
  await remember(tx, topic, key, { ...published, nowMs, expiresMs: nowMs + DEDUPLICATION_MS });
  const message = {
    ...fresh,
    id: published.messageId,
    sequenceNumber: sequence,
    publishedAtMs: nowMs,
  };
  await deliverToAll(dependencies, tx, topic, message);
  return published;
}

async function deliverToAll(
  dependencies: PublishDependencies,
  tx: Transaction,
  topic: Topic,
  message: Message,
): Promise<void> {
  count(dependencies, topic, 'NumberOfMessagesPublished');
  const signer = await dependencies.signing.open(tx, message.publishedAtMs);
  const context = contextOf(dependencies, topic, onceEach(signer));
  for (const subscription of await subscriptionsOf(tx, topic)) {
    if (subscription.isPending) continue;
    if (wants(dependencies.policies, subscription, message)) {
      await deliverTo(dependencies, tx, { topic, subscription, message, context });
    } else count(dependencies, topic, 'NumberOfNotificationsFilteredOut');
  }
}

interface Addressed {
  readonly topic: Topic;
  readonly subscription: Subscription;
  readonly message: Message;
  readonly context: EnvelopeContext;
}

/** What an endpoint refuses goes to the subscription's dead-letter queue, and is counted in any case. */
async function deliverTo(
  dependencies: PublishDependencies,
  tx: Transaction,
  addressed: Addressed,
): Promise<void> {
  const { topic, subscription } = addressed;
  const { deliverer } = dependencies;
  // What became of a post is told once the post has ended.
  if (subscription.protocol.startsWith('http')) return post(dependencies, tx, addressed);
  const isDelivered = await handOver(dependencies, tx, addressed);
  tell(dependencies, tx, topic, outcomeOf(dependencies, addressed, isDelivered));
  if (isDelivered) return;
  const deadLetterArn = deadLetterArnOf(subscription);
  if (deadLetterArn === undefined) return;
  const letter = queueDelivery(addressed, deadLetterArn);
  const isKept = (await deliverer.deliver(letter, tx)) === 'deliverable';
  count(
    dependencies,
    topic,
    isKept ? 'NumberOfNotificationsRedrivenToDlq' : 'NumberOfNotificationsFailedToRedriveToDlq',
  );
}

/** As AWS tells it of its own endpoints; recorded of Lambda in `test_delivery_lambda`. */
function outcomeOf(
  { random }: PublishDependencies,
  { subscription, message }: Addressed,
  isDelivered: boolean,
): Outcome {
  const { protocol, endpoint } = subscription;
  const providerResponse = isDelivered
    ? { [protocol === 'sqs' ? 'sqsRequestId' : 'lambdaRequestId']: random.uuid() }
    : { ErrorCode: 'NotDelivered', ErrorMessage: `${endpoint} did not take the message` };
  return {
    protocol,
    destination: endpoint,
    isDelivered,
    statusCode: isDelivered ? (protocol === 'sqs' ? 200 : 202) : 400,
    providerResponse,
    message: notificationOf(message, subscription),
  };
}

function notificationOf(message: Message, { protocol }: Subscription): Outcome['message'] {
  const { id, publishedAtMs } = message;
  return { id, publishedAtMs, text: textFor(message, protocol) };
}

/** True where the endpoint has it. */
async function handOver(
  { deliverer }: PublishDependencies,
  tx: Transaction,
  addressed: Addressed,
): Promise<boolean> {
  const { subscription, message } = addressed;
  const { protocol } = subscription;
  if (protocol !== 'sqs' && protocol !== 'lambda') return false;
  const attributeCount = Object.keys(message.attributes).length;
  if (protocol === 'sqs' && isRawOf(subscription) && attributeCount > RAW_ATTRIBUTES_MAX) {
    return false;
  }
  return (await deliverer.deliver(deliveryOf(addressed), tx)) === 'deliverable';
}

async function post(
  dependencies: PublishDependencies,
  tx: Transaction,
  addressed: Addressed,
): Promise<void> {
  const { subscription, message } = addressed;
  const deadLetterArn = deadLetterArnOf(subscription);
  await postTo(dependencies, tx, subscription, {
    type: 'Notification',
    messageId: message.id,
    notification: notificationOf(message, subscription),
    body: bodyOf(addressed),
    policy: effectivePolicy(addressed.topic, subscription),
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
  });
}

function deliveryOf({ subscription, message, topic, context }: Addressed): Delivery {
  if (subscription.protocol === 'sqs') {
    return queueDelivery({ subscription, message, topic, context }, subscription.endpoint);
  }
  const { traceHeader } = message;
  return {
    ...sourceOf(topic),
    targetArn: subscription.endpoint,
    payload: utf8(lambdaEvent(subscription, message, context)),
    ...(traceHeader === undefined ? {} : { options: { traceHeader } }),
  };
}

function isRawOf({ attributes }: Subscription): boolean {
  return attributes['RawMessageDelivery'] === 'true';
}

function bodyOf({ subscription, message, context }: Addressed): string {
  return isRawOf(subscription)
    ? textFor(message, subscription.protocol)
    : notification(subscription, message, context);
}

/** For the endpoint or its dead-letter queue; a raw message has its attributes as the queue's own. */
function queueDelivery(addressed: Addressed, queueArn: string): Delivery {
  const { topic, subscription, message } = addressed;
  const body = bodyOf(addressed);
  const isRaw = isRawOf(subscription);
  const isGrouped = queueArn.endsWith('.fifo') || !topic.isFifo;
  const { groupId, deduplicationId, traceHeader } = message;
  const options: DeliveryOptions = {
    ...(isRaw ? { attributes: deliveryAttributes(message.attributes) } : {}),
    ...(isGrouped && groupId !== undefined ? { messageGroupId: groupId } : {}),
    ...(isGrouped && deduplicationId !== undefined ? { deduplicationId } : {}),
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
  return { ...sourceOf(topic), targetArn: queueArn, payload: utf8(body), options };
}

function sourceOf(topic: Topic): Pick<Delivery, 'sourceArn' | 'sourceService' | 'sourceAccountId'> {
  return {
    sourceArn: topicArn(topic),
    sourceService: 'sns.amazonaws.com',
    sourceAccountId: topic.accountId,
  };
}

/** What a notification of a topic is written with. */
export function contextOf(
  { host, endpointUrl }: Pick<SnsDependencies, 'host' | 'endpointUrl'>,
  topic: Topic,
  signer: Signer,
): EnvelopeContext {
  return {
    endpoint: endpointUrl ?? `http://${host()}`,
    signatureVersion: topic.attributes['SignatureVersion'] ?? '1',
    signer,
  };
}

/** Signs each text once: subscriptions of one protocol have the same. */
function onceEach(signer: Signer): Signer {
  const known = new Map<string, string>();
  return {
    ...signer,
    sign: (text, version) => {
      const signature = known.get(text) ?? signer.sign(text, version);
      known.set(text, signature);
      return signature;
    },
  };
}

function deliveryAttributes(
  attributes: MessageAttributes,
): Readonly<Record<string, DeliveryAttribute>> {
  const entries = Object.entries(attributes).map(([name, attribute]) => {
    const value = attribute.StringValue ?? attribute.BinaryValue ?? '';
    return [name, { type: attribute.DataType, value }] as const;
  });
  return Object.fromEntries(entries);
}

function deadLetterArnOf({ attributes }: Subscription): string | undefined {
  const policy = parseJson(attributes['RedrivePolicy'] ?? '');
  if (!isObject(policy)) return undefined;
  const { deadLetterTargetArn: arn } = policy;
  return typeof arn === 'string' ? arn : undefined;
}
