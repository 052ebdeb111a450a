/** From what a client sends to a message that may go into the queue. */
import { createHash } from 'node:crypto';
import type {
  MessageAttributeValue,
  MessageSystemAttributeValue,
} from '#aws/models/sqs.types.gen.ts';
import { attributeOf, numberOf } from './attributes.ts';
import {
  invalidMessageContents,
  invalidParameter,
  invalidValue,
  missingParameter,
} from './errors.ts';
import { DELAY_SECONDS_MAX, GROUP_ID_PATTERN } from './limits.ts';
import { checkMessageAttributes } from './message-attributes.ts';
import { messageBytes, type NewMessage, type Queue } from './model.ts';

/** What SendMessage and an entry of SendMessageBatch have in common. */
export interface SendRequest {
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: { readonly [key: string]: MessageAttributeValue };
  readonly MessageSystemAttributes?: { readonly [key: string]: MessageSystemAttributeValue };
  readonly MessageDeduplicationId?: string;
  readonly MessageGroupId?: string;
}

/** Where a message comes from. */
export interface MessageOrigin {
  readonly messageId: string;
  readonly senderId: string;
  /** Of the request, where it has one: SDKs send it from within functions. */
  readonly traceHeader: string | undefined;
}

// The characters of XML 1.0; anything else is refused.
const ALLOWED_BODY = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const IDENTIFIER_REASON =
  'can only include alphanumeric and punctuation characters. 1 to 128 in length.';

/**
 * Checks and completes a message.
 * @throws AwsError MissingParameter, InvalidParameterValue, InvalidMessageContents
 */
export function newMessageOf(
  queue: Queue,
  request: SendRequest,
  { messageId, senderId, traceHeader }: MessageOrigin,
): NewMessage {
  const attributes = request.MessageAttributes ?? {};
  checkBody(queue, request.MessageBody, attributes);
  checkSystemAttributes(Object.keys(request.MessageSystemAttributes ?? {}));
  const trace = request.MessageSystemAttributes?.['AWSTraceHeader']?.StringValue ?? traceHeader;
  const group = groupOf(queue, request.MessageGroupId);
  const deduplicationId = deduplicationIdOf(queue, request);
  return {
    messageId,
    senderId,
    body: request.MessageBody,
    attributes,
    delayMs: delaySecondsOf(queue, request.DelaySeconds) * 1000,
    ...group,
    ...(deduplicationId === undefined ? {} : { deduplicationId }),
    ...(trace === undefined ? {} : { traceHeader: trace }),
  };
}

function checkBody(queue: Queue, body: string, attributes: NewMessage['attributes']): void {
  if (body === '') throw missingParameter('MessageBody');
  checkMessageAttributes(attributes);
  const bytesMax = numberOf(queue, 'MaximumMessageSize');
  if (messageBytes(body, attributes) > bytesMax) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${bytesMax} bytes.`,
    );
  }
  if (!ALLOWED_BODY.test(body)) throw invalidMessageContents();
}

function checkSystemAttributes(names: readonly string[]): void {
  const unknown = names.find((name) => name !== 'AWSTraceHeader');
  if (unknown === undefined) return;
  throw invalidParameter(`Message system attribute name '${unknown}' is invalid.`);
}

/** A FIFO queue delays as a whole; `test_fifo_queue_send_message_with_delay_seconds_fails`. */
function delaySecondsOf(queue: Queue, requested: number | undefined): number {
  const ofQueue = numberOf(queue, 'DelaySeconds');
  if (requested === undefined) return ofQueue;
  if (queue.isFifo) {
    if (requested === 0) return ofQueue;
    const reason = 'The request include parameter that is not valid for this queue type.';
    throw invalidValue(requested, 'DelaySeconds', reason);
  }
  if (requested < 0 || requested > DELAY_SECONDS_MAX) {
    throw invalidValue(requested, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.');
  }
  return requested;
}

/**
 * Checks what a FIFO queue asks of every message; in a batch, one that lacks it fails all of them.
 * @throws AwsError InvalidParameterValue; `test_send_batch_missing_message_group_id_for_fifo_queue`
 */
export function checkOrdering(queue: Queue, entries: readonly SendRequest[]): void {
  if (!queue.isFifo) return;
  for (const entry of entries) {
    if (entry.MessageGroupId === undefined) {
      throw invalidParameter(missingParameter('MessageGroupId').message);
    }
    deduplicationIdOf(queue, entry);
  }
}

/** Standard queues take a group as well: fair queues. */
function groupOf(queue: Queue, groupId: string | undefined): { readonly groupId?: string } {
  if (groupId === undefined) {
    if (queue.isFifo) throw missingParameter('MessageGroupId');
    return {};
  }
  if (!GROUP_ID_PATTERN.test(groupId)) {
    throw invalidValue(groupId, 'MessageGroupId', `MessageGroupId ${IDENTIFIER_REASON}`);
  }
  return { groupId };
}

function deduplicationIdOf(queue: Queue, request: SendRequest): string | undefined {
  const { MessageDeduplicationId: id, MessageBody: body } = request;
  if (id !== undefined) {
    if (!GROUP_ID_PATTERN.test(id)) {
      throw invalidValue(
        id,
        'MessageDeduplicationId',
        `MessageDeduplicationId ${IDENTIFIER_REASON}`,
      );
    }
    if (!queue.isFifo) {
      const reason = 'The request include parameter that is not valid for this queue type.';
      throw invalidValue(id, 'MessageDeduplicationId', reason);
    }
    return id;
  }
  if (!queue.isFifo) return undefined;
  if (attributeOf(queue, 'ContentBasedDeduplication') === 'true') {
    return createHash('sha256').update(body).digest('hex');
  }
  throw invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
}
