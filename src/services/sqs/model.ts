/** Queues and messages: what they are, and the rules that need no store. */
import { createHash } from 'node:crypto';
import { formatArn } from '#kernel/arn.ts';
import type { MessageAttributeValue } from '#aws/models/sqs.types.gen.ts';

export interface QueueAddress {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
}

export interface Queue extends QueueAddress {
  readonly queueId: string;
  readonly isFifo: boolean;
  /** What was set, by AWS's names; defaults are not stored. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** A message before it has a place in a queue. */
export interface NewMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  readonly delayMs: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** The X-Ray header, `AWSTraceHeader`. */
  readonly traceHeader?: string;
}

/** A message in a queue. Times are ms since 1970. */
export interface StoredMessage {
  readonly queueId: string;
  readonly sequence: number;
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  readonly sentAtMs: number;
  readonly visibleAtMs: number;
  readonly receiveCount: number;
  readonly firstReceivedAtMs?: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly traceHeader?: string;
  /** The ARN of the queue from which it was redriven. */
  readonly deadLetterSourceArn?: string;
  /** When the receive was that gave it, in ms of the steady clock; known to that receive alone. */
  readonly receivedAtMs?: number;
}

/** `arn:aws:sqs:REGION:ACCOUNT:NAME`. */
export function queueArn({ accountId, region, name }: QueueAddress): string {
  return formatArn('sqs', region, accountId, name);
}

/** AWS's 20-digit sequence number of a FIFO queue's message. */
export function sequenceNumber(sequence: number): string {
  return String(18_850_000_000_000_000_000n + BigInt(sequence) * 256n).padStart(20, '0');
}

/** The MD5 of a body, in lower-case hexadecimal digits. */
export function md5Of(text: string | Uint8Array): string {
  return createHash('md5').update(text).digest('hex');
}

const STRING_TRANSPORT = 1;
const BINARY_TRANSPORT = 2;

/**
 * The MD5 of message attributes, which clients compare.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    const { DataType, StringValue, BinaryValue } = attribute;
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.from([BinaryValue === undefined ? STRING_TRANSPORT : BINARY_TRANSPORT]));
    add(BinaryValue ?? Buffer.from(StringValue ?? ''));
  }
  return hash.digest('hex');
}

/** What counts against the maximum size of a message: its body, and names, types and values of attributes. */
export function messageBytes(body: string, attributes: MessageAttributes): number {
  const attributeBytes = Object.entries(attributes).map(
    ([name, { DataType, StringValue, BinaryValue }]) =>
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      (BinaryValue?.byteLength ?? Buffer.byteLength(StringValue ?? '')),
  );
  return attributeBytes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(body));
}

/** A receipt handle says which message, and which receive of it. */
export interface Receipt {
  readonly queueId: string;
  readonly sequence: number;
  readonly receiveCount: number;
  /** When it was given, in ms of the steady clock; handles of earlier versions say nothing. */
  readonly receivedAtMs?: number;
}

/** Opaque to clients: base64 of the receipt's parts. */
export function formatReceiptHandle(receipt: Receipt): string {
  const { queueId, sequence, receiveCount, receivedAtMs } = receipt;
  const at = receivedAtMs === undefined ? '' : ` ${Math.floor(receivedAtMs)}`;
  return Buffer.from(`hearth ${queueId} ${sequence} ${receiveCount}${at}`).toString('base64');
}

/** The receipt of a handle of ours, or `undefined`. */
export function parseReceiptHandle(handle: string): Receipt | undefined {
  const text = Buffer.from(handle, 'base64').toString('utf8');
  const [, queueId, sequence, receiveCount, receivedAtMs] =
    /^hearth (\S{1,64}) (\d{1,15}) (\d{1,9})(?: (\d{1,15}))?$/.exec(text) ?? [];
  if (queueId === undefined) return undefined;
  return {
    queueId,
    sequence: Number(sequence),
    receiveCount: Number(receiveCount),
    ...(receivedAtMs === undefined ? {} : { receivedAtMs: Number(receivedAtMs) }),
  };
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** The queue's dead-letter policy, where one is set. */
export function redrivePolicy(queue: Queue): RedrivePolicy | undefined {
  const text = queue.attributes['RedrivePolicy'];
  if (text === undefined || text === '') return undefined;
  // Validated when it was set.
  const policy = JSON.parse(text) as {
    deadLetterTargetArn: string;
    maxReceiveCount: number | string;
  };
  const { deadLetterTargetArn } = policy;
  return { deadLetterTargetArn, maxReceiveCount: Number(policy.maxReceiveCount) };
}
