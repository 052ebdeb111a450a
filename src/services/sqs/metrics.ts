/**
 * What queues tell CloudWatch of the requests that they answered.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
import type {
  DeleteMessageBatchResult,
  ReceiveMessageResult,
  SendMessageBatchRequest,
  SendMessageBatchResult,
  SendMessageRequest,
} from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import type { SqsDependencies } from './dependencies.ts';
import { messageBytes } from './model.ts';

type Measure = readonly [name: string, value: number, unit?: 'Bytes' | 'Count'];

/** An operation that says what it did, once it has done it. */
export function measured<Input extends { readonly QueueUrl: string }, Output>(
  { metrics, clock }: SqsDependencies,
  operation: Operation<Input, Output>,
  measuresOf: (output: Output, input: Input) => readonly Measure[],
): Operation<Input, Output> {
  if (metrics === undefined) return operation;
  return async (context, input) => {
    const output = await operation(context, input);
    const { accountId, region } = context;
    const dimensions = { QueueName: input.QueueUrl.slice(input.QueueUrl.lastIndexOf('/') + 1) };
    const of = { accountId, region, namespace: 'AWS/SQS', dimensions, timestampMs: clock.now() };
    metrics.put(
      measuresOf(output, input).map(([name, value, unit = 'Count']): MetricDatum => ({
        ...of,
        name,
        value,
        unit,
      })),
    );
    return output;
  };
}

/** Of SendMessage. */
export function sent(_: unknown, input: SendMessageRequest): Measure[] {
  return ofMessage(input);
}

/** Of SendMessageBatch: of the entries that were taken; there is no list where all failed. */
export function sentBatch(
  { Successful: successful = [] }: Partial<SendMessageBatchResult>,
  { Entries }: SendMessageBatchRequest,
): Measure[] {
  const taken = new Set(successful.map(({ Id }) => Id));
  return Entries.filter(({ Id }) => taken.has(Id)).flatMap(ofMessage);
}

function ofMessage({
  MessageBody,
  MessageAttributes = {},
}: Pick<SendMessageRequest, 'MessageAttributes' | 'MessageBody'>): Measure[] {
  const bytes = messageBytes(MessageBody, MessageAttributes);
  return [
    ['NumberOfMessagesSent', 1],
    ['SentMessageSize', bytes, 'Bytes'],
  ];
}

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
