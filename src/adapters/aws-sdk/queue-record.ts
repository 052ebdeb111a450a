/** A message of the SDK's as a function receives it. Pure. */
import type { Message } from '@aws-sdk/client-sqs';
import { parseArn } from '#kernel/arn.ts';
import type { EventRecord } from '#ports/peers/event-source.ts';
import { eventAttributes } from '#ports/peers/queue-event.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
export function queueRecord(arn: string, message: Message): EventRecord {
  const { MessageId: id = '', Body: body = '', Attributes: attributes = {} } = message;
  const event = {
    messageId: id,
    receiptHandle: message.ReceiptHandle ?? '',
    body,
    attributes,
    messageAttributes: eventAttributes(message.MessageAttributes ?? {}),
    md5OfMessageAttributes: message.MD5OfMessageAttributes ?? null,
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: parseArn(arn)?.region ?? '',
  };
  const arrivedAtMs = Number(attributes.SentTimestamp ?? 0);
  return { id, event, bytes: Buffer.byteLength(body), arrivedAtMs };
}

/** The receipt handle of a record that `queueRecord` made. */
export function receiptHandleOf({ event }: EventRecord): string {
  return (event as { readonly receiptHandle: string }).receiptHandle;
}
