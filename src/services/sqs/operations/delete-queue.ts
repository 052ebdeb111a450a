import type { DeleteQueueRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { clearQueue, PIECES_AT_ONCE } from '../clear-queue.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { forgetTasks } from '../store-move-tasks.ts';
import { forgetPurge } from '../store-purges.ts';
import { deleteQueueRow } from '../store-queues.ts';

/**
 * The queue is gone at once, then its messages, a piece at a time: ten thousand, and what is beyond, or what a crash
 * leaves, in the background.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
 */
export function deleteQueue({ database }: SqsDependencies): Operation<DeleteQueueRequest, void> {
  return async (context, input) => {
    const deletedId = await database.transact(async (tx) => {
      const { queueId } = await requireQueue(tx, context, input.QueueUrl);
      await forgetTasks(tx, queueId, 0);
      await forgetPurge(tx, queueId);
      await deleteQueueRow(tx, queueId);
      return queueId;
    });
    await clearQueue(database, deletedId, PIECES_AT_ONCE);
  };
}
