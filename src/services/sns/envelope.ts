/** The forms in which endpoints receive a message. Recorded: `test_publish_sqs_from_sns`, `test_publish_lambda_verify_signature`. */
import type { Json } from '#kernel/json.ts';
import { subscriptionArn, textFor, topicArn, type Message, type Subscription } from './model.ts';

export interface EnvelopeContext {
  /** Where links lead: `http://HOST:PORT`. */
  readonly endpoint: string;
  readonly signatureVersion: string;
}

/** Nothing signs yet; the members are there, as consumers expect them. */
const UNSIGNED = 'EXAMPLE';

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
          Signature: UNSIGNED,
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
      Signature: UNSIGNED,
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

function certificateUrl({ endpoint }: EnvelopeContext): string {
  return `${endpoint}/SimpleNotificationService-0000000000000000000000000000000000000000.pem`;
}

function unsubscribeUrl(subscription: Subscription, { endpoint }: EnvelopeContext): string {
  return `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn(subscription)}`;
}
