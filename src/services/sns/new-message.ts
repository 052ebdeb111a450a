/** Checks and completes what Publish and an entry of PublishBatch have in common. */
import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '#aws/models/sns.types.gen.ts';
import { utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { invalidAttributeValue, invalidParameter } from './errors.ts';
import { IDENTIFIER_PATTERN, MESSAGE_BYTES_MAX, SUBJECT_CHARACTERS_MAX } from './limits.ts';
import type { MessageAttributes, Topic } from './model.ts';
import type { NewMessage } from './publish.ts';

export interface PublishRequest {
  readonly Message: string;
  readonly Subject?: string;
  readonly MessageStructure?: string;
  readonly MessageAttributes?: { readonly [key: string]: MessageAttributeValue };
  readonly MessageDeduplicationId?: string;
  readonly MessageGroupId?: string;
}

/** @throws AwsError InvalidParameter, ParameterValueInvalid */
export function newMessageOf(
  topic: Topic,
  request: PublishRequest,
  traceHeader: string | undefined,
): NewMessage {
  const { Message, Subject, MessageAttributes: attributes = {}, MessageGroupId } = request;
  if (Message === '') throw invalidParameter('Empty message');
  if (Subject !== undefined && !isSubject(Subject)) throw invalidParameter('Subject');
  checkAttributes(attributes);
  if (requestBytes(request) > MESSAGE_BYTES_MAX) throw invalidParameter('Message too long');
  const texts = textsOf(request);
  const deduplicationId = deduplicationIdOf(topic, request);
  return {
    texts,
    attributes,
    ...(Subject === undefined ? {} : { subject: Subject }),
    ...(MessageGroupId === undefined ? {} : { groupId: MessageGroupId }),
    ...(deduplicationId === undefined ? {} : { deduplicationId }),
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
}

/** Without line breaks or control characters, at most 100 characters. */
function isSubject(subject: string): boolean {
  const isSized = subject.length > 0 && subject.length <= SUBJECT_CHARACTERS_MAX;
  return isSized && !/[\u0000-\u001f\u007f]/.test(subject);
}

/** What counts towards the limit of a message or a batch: the text and its attributes. */
export function requestBytes({ Message, MessageAttributes = {} }: PublishRequest): number {
  const attributes = Object.entries(MessageAttributes);
  return attributes.reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue }]) =>
      sum + utf8(name + DataType + StringValue).byteLength + (BinaryValue?.byteLength ?? 0),
    utf8(Message).byteLength,
  );
}

/** Recorded: `test_message_attributes_prefixes`. */
function checkAttributes(attributes: MessageAttributes): void {
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    const [, type] = /^(String|Number|Binary)(?:\..+)?$/.exec(DataType) ?? [];
    if (type === undefined) {
      throw invalidAttributeValue(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const value = type === 'Binary' ? BinaryValue : StringValue;
    if (value === undefined || value.length === 0) {
      throw invalidAttributeValue(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
      );
    }
    if (type === 'Number' && Number.isNaN(Number(StringValue))) {
      throw invalidAttributeValue(`Could not cast message attribute '${name}' value to number.`);
    }
  }
}

/** Recorded: `test_message_structure_json_exc`. */
function textsOf({ Message, MessageStructure }: PublishRequest): NewMessage['texts'] {
  if (MessageStructure === undefined) return { default: Message };
  if (MessageStructure !== 'json') throw invalidParameter('MessageStructure');
  const texts = parseJson(Message);
  if (texts === undefined) {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  if (!isObject(texts) || typeof texts['default'] !== 'string') {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  const entries = Object.entries(texts).filter((entry) => typeof entry[1] === 'string');
  return Object.fromEntries(entries) as NewMessage['texts'];
}

/** The words are those of Amazon SQS; Amazon SNS's are not recorded. */
function checkIdentifiers(identifiers: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(identifiers)) {
    if (value === undefined || IDENTIFIER_PATTERN.test(value)) continue;
    const reason = `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
    throw invalidParameter(`${name} Reason: ${reason}`);
  }
}

/** Recorded: `test_publish_batch_exceptions`. */
function deduplicationIdOf(topic: Topic, request: PublishRequest): string | undefined {
  const { MessageDeduplicationId: id, MessageGroupId: groupId, Message } = request;
  checkIdentifiers({ MessageGroupId: groupId, MessageDeduplicationId: id });
  if (!topic.isFifo) {
    if (id === undefined) return undefined;
    const reason =
      'The request includes MessageDeduplicationId parameter that is not valid for this topic type';
    throw invalidParameter(`MessageDeduplicationId Reason: ${reason}`);
  }
  if (groupId === undefined) {
    throw invalidParameter('The MessageGroupId parameter is required for FIFO topics');
  }
  if (id !== undefined) return id;
  if (topic.attributes['ContentBasedDeduplication'] === 'true') {
    return createHash('sha256').update(Message).digest('hex');
  }
  throw invalidParameter(
    'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
}
