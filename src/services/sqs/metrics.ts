/**
 * What queues tell CloudWatch of the requests that they answered.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
import type { DeleteMessageBatchResult, ReceiveMessageResult } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsParts } from './dependencies.ts';
import type { Measure } from './meter.ts';
import { messageBytes, type NewMessage } from './model.ts';
import { addressOf } from './queue-url.ts';

/** An operation that says what it did, once it has done it. */
export function measured<Input extends { readonly QueueUrl: string }, Output>(
  { metrics, meter }: SqsParts,
  operation: Operation<Input, Output>,
  measuresOf: (output: Output) => readonly Measure[],
): Operation<Input, Output> {
  if (metrics === undefined) return operation;
  return async (context, input) => {
    const output = await operation(context, input);
    meter.count(addressOf(context, input.QueueUrl), measuresOf(output));
    return output;
  };
}

/** Of a message that came into a queue, by whichever way. */
export function arrived({
  body,
  attributes,
}: Pick<NewMessage, 'attributes' | 'body'>): readonly Measure[] {
  return [
    ['NumberOfMessagesSent', 1],
    ['SentMessageSize', messageBytes(body, attributes), 'Bytes'],
  ];
}

/** Of a message that a FIFO queue has taken before: it comes into no queue. */
export const REPEATED: readonly Measure[] = [['NumberOfDeduplicatedSentMessages', 1]];

/** Of ReceiveMessage. */
export function received({ Messages = [] }: ReceiveMessageResult): Measure[] {
  if (Messages.length === 0) return [['NumberOfEmptyReceives', 1]];
  return Messages.map(() => ['NumberOfMessagesReceived', 1]);
}

/** Of DeleteMessage. */
export function deleted(): Measure[] {
  return [['NumberOfMessagesDeleted', 1]];
}

/** Of DeleteMessageBatch. */
export function deletedBatch({
  Successful: successful = [],
}: Partial<DeleteMessageBatchResult>): Measure[] {
  return successful.map(() => ['NumberOfMessagesDeleted', 1]);
}
