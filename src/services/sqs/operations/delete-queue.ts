import type { DeleteQueueRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { forgetQueue } from '../store-deduplication.ts';
import { clearQueue } from '../store-messages.ts';
import { forgetTasks } from '../store-move-tasks.ts';
import { deleteQueueRow } from '../store-queues.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html */
export function deleteQueue({ database }: SqsDependencies): Operation<DeleteQueueRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const { queueId } = await requireQueue(tx, context, input.QueueUrl);
      await clearQueue(tx, queueId);
      await forgetQueue(tx, queueId);
      await forgetTasks(tx, queueId, 0);
      await deleteQueueRow(tx, queueId);
    });
}
