import type { Message, ReceiveMessageRequest } from '#aws/models/sqs.types.gen.ts';
import {
  formatReceiptHandle,
  md5Of,
  md5OfAttributes,
  sequenceNumber,
  type MessageAttributes,
  type StoredMessage,
} from './model.ts';

/** A received message as ReceiveMessage answers it, with the attributes that were asked for. */
export function describeMessage(message: StoredMessage, request: ReceiveMessageRequest): Message {
  const wanted = [
    ...(request.AttributeNames ?? []),
    ...(request.MessageSystemAttributeNames ?? []),
  ];
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => wanted.includes('All') || wanted.includes(name),
  );
  const attributes = chosenAttributes(message.attributes, request.MessageAttributeNames ?? []);
  const md5OfChosen = md5OfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: formatReceiptHandle(message),
    MD5OfBody: md5Of(message.body),
    Body: message.body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(md5OfChosen === undefined
      ? {}
      : { MD5OfMessageAttributes: md5OfChosen, MessageAttributes: attributes }),
  };
}

/** All of a message's system attributes, in AWS's names; also what Lambda's event carries. */
export function systemAttributes(message: StoredMessage): Record<string, string> {
  const optional: Record<string, string | undefined> = {
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.deduplicationId,
    SequenceNumber:
      message.deduplicationId === undefined ? undefined : sequenceNumber(message.sequence),
  };
  const present = Object.entries(optional).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAtMs),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs ?? message.sentAtMs),
    ...Object.fromEntries(present),
  };
}

/** By name, by prefix (`foo.*`), or all of them (`All`, `.*`). */
function chosenAttributes(
  attributes: MessageAttributes,
  wanted: readonly string[],
): MessageAttributes {
  const isWanted = (name: string): boolean =>
    wanted.some(
      (want) =>
        want === 'All' ||
        want === '.*' ||
        want === name ||
        (want.endsWith('.*') && name.startsWith(want.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}
