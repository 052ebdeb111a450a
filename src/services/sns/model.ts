/** Topics, subscriptions and messages: what they are, and the rules that need no store. */
import type { MessageAttributeValue } from '#aws/models/sns.types.gen.ts';
import { formatArn, parseArn } from '#kernel/arn.ts';
import { invalidParameter } from './errors.ts';

export interface TopicAddress {
  readonly accountId: string;
  readonly region: string;
  readonly topic: string;
}

export interface Topic extends TopicAddress {
  readonly isFifo: boolean;
  /** What was set, by AWS's names; defaults are not stored. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** JSON, as it was put. */
  readonly dataProtectionPolicy?: string;
}

export interface Subscription extends TopicAddress {
  /** A UUID. */
  readonly id: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly ownerId: string;
  readonly principalArn: string;
  readonly isPending: boolean;
  /** Confirms the subscription while it is pending. */
  readonly token: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** A message that a topic has taken. */
export interface Message {
  readonly id: string;
  readonly subject?: string;
  /** By protocol where the message differs between them; `default` for all others. */
  readonly texts: Readonly<Record<string, string>>;
  readonly attributes: MessageAttributes;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** Of a FIFO topic. */
  readonly sequenceNumber?: string;
  readonly traceHeader?: string;
  readonly publishedAtMs: number;
}

/** `arn:aws:sns:REGION:ACCOUNT:NAME`. */
export function topicArn({ accountId, region, topic }: TopicAddress): string {
  return formatArn('sns', region, accountId, topic);
}

/** A topic’s ARN, and the subscription’s id behind it. */
export function subscriptionArn(subscription: Subscription): string {
  return `${topicArn(subscription)}:${subscription.id}`;
}

/** Recorded: `test_publish_wrong_arn_format`. */
export function topicAddressOf(text: string, parameter = 'TopicArn'): TopicAddress {
  const elements = text.split(':').length;
  if (elements < 6) {
    const reason = `An ARN must have at least 6 elements, not ${elements}`;
    throw invalidParameter(`${parameter} Reason: ${reason}`);
  }
  const arn = parseArn(text);
  if (arn?.service !== 'sns') throw invalidParameter(parameter);
  return { accountId: arn.accountId, region: arn.region, topic: arn.resource };
}

/**
 * The topic that a request names; one of another Region is out of its reach.
 * @throws AwsError InvalidParameter; recorded: `test_cross_region_access`
 */
export function requestedTopic(
  { region }: Pick<TopicAddress, 'region'>,
  text: string,
  parameter = 'TopicArn',
): TopicAddress {
  const address = topicAddressOf(text, parameter);
  if (address.region !== region) throw invalidParameter(parameter);
  return address;
}

export interface SubscriptionAddress extends TopicAddress {
  readonly id: string;
}

/** Recorded: `test_unsubscribe_wrong_arn_format`. */
export function subscriptionAddressOf(text: string): SubscriptionAddress {
  if (text === '')
    throw invalidParameter('SubscriptionArn Reason: no value for required parameter');
  const { topic: resource, ...place } = topicAddressOf(text, 'SubscriptionArn');
  const [topic = '', id = ''] = resource.split(':');
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) {
    throw invalidParameter('SubscriptionId');
  }
  return { ...place, topic, id };
}

/** The message as a protocol’s endpoint is to have it, where it was sent in several forms. */
export function textFor(message: Message, protocol: string): string {
  return message.texts[protocol] ?? message.texts['default'] ?? '';
}

/** AWS's 20-digit sequence number of a FIFO topic's message. */
export function sequenceNumber(sequence: number): string {
  return String(10_000_000_000_000_000_000n + BigInt(sequence) * 1000n);
}
