import type { PurgeQueueRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { clearQueue } from '../clear-queue.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { lastSequence } from '../store-queues.ts';

/**
 * Deletes what was sent before, a piece at a time.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
 */
export function purgeQueue({ database }: SqsDependencies): Operation<PurgeQueueRequest, void> {
  return async (context, input) => {
    const { queueId, sequenceMax } = await database.read(async (queries) => {
      const found = await requireQueue(queries, context, input.QueueUrl);
      return { queueId: found.queueId, sequenceMax: await lastSequence(queries, found.queueId) };
    });
    await clearQueue(database, queueId, sequenceMax);
  };
}
