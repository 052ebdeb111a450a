/** The forms in which endpoints receive a message. Recorded: `test_publish_sqs_from_sns`, `test_publish_lambda_verify_signature`. */
import type { Json } from '#kernel/json.ts';
import { subscriptionArn, textFor, topicArn, type Message, type Subscription } from './model.ts';
import type { Signer } from './signing.ts';

export interface EnvelopeContext {
  /** Where links lead: `http://HOST:PORT`. */
  readonly endpoint: string;
  readonly signatureVersion: string;
  readonly signer: Signer;
}

/** The notification that queues and web servers receive, its members in AWS's order. */
export function notification(
  subscription: Subscription,
  message: Message,
  context: EnvelopeContext,
): string {
  const { sequenceNumber, subject } = message;
  const attributes = describeAttributes(message);
  const isFifo = sequenceNumber !== undefined;
  const body: Json = {
    Type: 'Notification',
    MessageId: message.id,
    ...(isFifo ? { SequenceNumber: sequenceNumber } : {}),
    TopicArn: topicArn(subscription),
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: textFor(message, subscription.protocol),
    Timestamp: new Date(message.publishedAtMs).toISOString(),
    ...(isFifo
      ? {}
      : {
          SignatureVersion: context.signatureVersion,
          Signature: signatureOf(subscription, message, context),
          SigningCertURL: certificateUrl(context),
        }),
    UnsubscribeURL: unsubscribeUrl(subscription, context),
    ...(Object.keys(attributes).length === 0 ? {} : { MessageAttributes: attributes }),
  };
  return JSON.stringify(body);
}

/** The event that functions receive. */
export function lambdaEvent(
  subscription: Subscription,
  message: Message,
  context: EnvelopeContext,
): string {
  const record = {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: subscriptionArn(subscription),
    Sns: {
      Type: 'Notification',
      MessageId: message.id,
      TopicArn: topicArn(subscription),
      Subject: message.subject ?? null,
      Message: textFor(message, 'lambda'),
      Timestamp: new Date(message.publishedAtMs).toISOString(),
      SignatureVersion: context.signatureVersion,
      Signature: signatureOf(subscription, message, context),
      SigningCertUrl: certificateUrl(context),
      UnsubscribeUrl: unsubscribeUrl(subscription, context),
      MessageAttributes: describeAttributes(message),
    },
  };
  return JSON.stringify({ Records: [record] });
}

function describeAttributes({ attributes }: Message): Readonly<Record<string, Json>> {
  const entries = Object.entries(attributes).map(([name, attribute]) => {
    const { DataType, StringValue, BinaryValue } = attribute;
    const value = StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64');
    return [name, { Type: DataType, Value: value }] as const;
  });
  return Object.fromEntries(entries);
}

function certificateUrl({ endpoint, signer }: EnvelopeContext): string {
  return `${endpoint}/${signer.certificateName}`;
}

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
function signatureOf(
  subscription: Subscription,
  message: Message,
  { signer, signatureVersion }: EnvelopeContext,
): string {
  const signed = {
    Message: textFor(message, subscription.protocol),
    MessageId: message.id,
    ...(message.subject === undefined ? {} : { Subject: message.subject }),
    Timestamp: new Date(message.publishedAtMs).toISOString(),
    TopicArn: topicArn(subscription),
    Type: 'Notification',
  };
  return signer.sign(textToSign(signed), signatureVersion);
}

/** Names and values, each on a line of its own, by name. */
function textToSign(members: Readonly<Record<string, string>>): string {
  const entries = Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, value]) => `${name}\n${value}\n`).join('');
}

/** The letters about a subscription itself. */
export type LetterType = 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';

/**
 * The letter that asks an endpoint to confirm its subscription, or that tells it of the end.
 * @see https://docs.aws.amazon.com/sns/latest/dg/http-unsubscribe-confirmation-json.html
 */
export function confirmation(
  subscription: Subscription,
  { type, messageId, atMs }: LetterFacts,
  context: EnvelopeContext,
): string {
  const { token } = subscription;
  const topic = topicArn(subscription);
  const signed = {
    Type: type,
    MessageId: messageId,
    Token: token,
    TopicArn: topic,
    Message:
      type === 'SubscriptionConfirmation'
        ? `You have chosen to subscribe to the topic ${topic}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`
        : `You have chosen to deactivate subscription ${subscriptionArn(subscription)}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: `${context.endpoint}/?Action=ConfirmSubscription&TopicArn=${topic}&Token=${token}`,
    Timestamp: new Date(atMs).toISOString(),
  };
  return JSON.stringify({
    ...signed,
    SignatureVersion: context.signatureVersion,
    Signature: context.signer.sign(textToSign(signed), context.signatureVersion),
    SigningCertURL: certificateUrl(context),
  });
}

interface LetterFacts {
  readonly type: LetterType;
  readonly messageId: string;
  readonly atMs: number;
}

function unsubscribeUrl(subscription: Subscription, { endpoint }: EnvelopeContext): string {
  return `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn(subscription)}`;
}
