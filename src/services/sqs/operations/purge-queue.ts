import type { PurgeQueueRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { forgetQueue } from '../store-deduplication.ts';
import { clearQueue } from '../store-messages.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
export function purgeQueue({ database }: SqsDependencies): Operation<PurgeQueueRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const { queueId } = await requireQueue(tx, context, input.QueueUrl);
      await clearQueue(tx, queueId);
      // What was purged may be sent again.
      await forgetQueue(tx, queueId);
    });
}
