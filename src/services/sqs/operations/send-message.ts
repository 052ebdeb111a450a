import type { SendMessageRequest, SendMessageResult } from '#aws/models/sqs.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import type { SqsParts } from '../dependencies.ts';
import { md5Of, md5OfAttributes, sequenceNumber, type NewMessage, type Queue } from '../model.ts';
import { newMessageOf, type MessageOrigin } from '../new-message.ts';
import { requireQueue } from '../queue-url.ts';
import { putMessage, type SentMessage } from '../send.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function sendMessage(
  dependencies: SqsParts,
): Operation<SendMessageRequest, SendMessageResult> {
  const { database, random } = dependencies;
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      const ids = originOf(context, random.uuid());
      const message = newMessageOf(queue, input, ids);
      const sent = await putMessage(tx, queue, message, dependencies);
      return describeSent(queue, message, sent, input);
    });
}

/** Where a message of a request comes from. */
export function originOf({ principal, http }: RequestContext, messageId: string): MessageOrigin {
  const { userId: senderId } = principal;
  return { messageId, senderId, traceHeader: http.headers['x-amzn-trace-id'] };
}

/** The answer for a message that was sent: its ids, and the MD5s that clients compare. */
export function describeSent(
  queue: Queue,
  message: NewMessage,
  sent: SentMessage,
  request: Pick<SendMessageRequest, 'MessageSystemAttributes'>,
): SendMessageResult & { readonly MessageId: string; readonly MD5OfMessageBody: string } {
  const attributes = md5OfAttributes(message.attributes);
  const system = md5OfAttributes(request.MessageSystemAttributes ?? {});
  return {
    MessageId: sent.messageId,
    MD5OfMessageBody: md5Of(message.body),
    ...(attributes === undefined ? {} : { MD5OfMessageAttributes: attributes }),
    ...(system === undefined ? {} : { MD5OfMessageSystemAttributes: system }),
    ...(queue.isFifo ? { SequenceNumber: sequenceNumber(sent.sequence) } : {}),
  };
}
