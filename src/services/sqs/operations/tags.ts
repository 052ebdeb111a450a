import type {
  ListQueueTagsRequest,
  ListQueueTagsResult,
  TagQueueRequest,
  UntagQueueRequest,
} from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { invalidParameter, missingParameter } from '../errors.ts';
import { TAGS_MAX } from '../limits.ts';
import { requireQueue } from '../queue-url.ts';
import { updateQueue } from '../store-queues.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html */
export function tagQueue({ database }: SqsDependencies): Operation<TagQueueRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      if (Object.keys(input.Tags).length === 0) throw missingParameter('Tags');
      const tags = { ...queue.tags, ...input.Tags };
      if (Object.keys(tags).length > TAGS_MAX) {
        throw invalidParameter(`Too many tags added for queue ${queue.name}.`);
      }
      await updateQueue(tx, { ...queue, tags });
    });
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_UntagQueue.html */
export function untagQueue({ database }: SqsDependencies): Operation<UntagQueueRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      if (input.TagKeys.length === 0) {
        throw invalidParameter('Tag keys must be between 1 and 128 characters in length.');
      }
      const kept = Object.entries(queue.tags).filter(([key]) => !input.TagKeys.includes(key));
      await updateQueue(tx, { ...queue, tags: Object.fromEntries(kept) });
    });
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueueTags.html */
export function listQueueTags({
  database,
}: SqsDependencies): Operation<ListQueueTagsRequest, ListQueueTagsResult> {
  return (context, input) =>
    database.read(async (queries) => {
      const { tags } = await requireQueue(queries, context, input.QueueUrl);
      return Object.keys(tags).length === 0 ? {} : { Tags: tags };
    });
}
