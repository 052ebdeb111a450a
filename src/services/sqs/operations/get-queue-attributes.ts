import type {
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
} from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { describedAttributes } from '../attributes.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { invalidAttributeName } from '../errors.ts';
import { queueArn } from '../model.ts';
import { requireQueue } from '../queue-url.ts';
import { countMessages } from '../store-counts.ts';

const COMPUTED = [
  'QueueArn',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];
const SETTABLE =
  /^(DelaySeconds|MaximumMessageSize|MessageRetentionPeriod|ReceiveMessageWaitTimeSeconds|VisibilityTimeout|Policy|RedrivePolicy|RedriveAllowPolicy|KmsMasterKeyId|KmsDataKeyReusePeriodSeconds|SqsManagedSseEnabled|FifoQueue|ContentBasedDeduplication|DeduplicationScope|FifoThroughputLimit)$/;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
export function getQueueAttributes({
  database,
  clock,
}: SqsDependencies): Operation<GetQueueAttributesRequest, GetQueueAttributesResult> {
  return (context, input) =>
    database.read(async (queries) => {
      const queue = await requireQueue(queries, context, input.QueueUrl);
      const wanted = input.AttributeNames ?? [];
      for (const name of wanted) {
        const isKnown = name === 'All' || COMPUTED.includes(name) || SETTABLE.test(name);
        if (!isKnown) throw invalidAttributeName(`Unknown Attribute ${name}.`);
      }
      if (wanted.length === 0) return {};
      const counts = await countMessages(queries, queue.queueId, clock.steadyMs());
      const all: Record<string, string> = {
        ...describedAttributes(queue),
        QueueArn: queueArn(queue),
        CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1000)),
        LastModifiedTimestamp: String(Math.floor(queue.modifiedAtMs / 1000)),
        ApproximateNumberOfMessages: String(counts.visible),
        ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
        ApproximateNumberOfMessagesDelayed: String(counts.delayed),
      };
      const chosen = Object.entries(all).filter(
        ([name]) => wanted.includes('All') || wanted.includes(name),
      );
      return chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) };
    });
}
