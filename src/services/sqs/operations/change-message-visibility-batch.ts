import type {
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult,
} from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { checkBatch, runBatch } from '../batch.ts';
import type { SqsParts } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { queueTopic } from '../send.ts';
import { changeVisibility } from '../visibility.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html */
export function changeMessageVisibilityBatch(
  dependencies: SqsParts,
): Operation<ChangeMessageVisibilityBatchRequest, ChangeMessageVisibilityBatchResult> {
  return (context, input) =>
    dependencies.database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      checkBatch('ChangeMessageVisibilityBatch', input.Entries);
      tx.afterCommit(() => dependencies.wakeups.notify(queueTopic(queue.queueId)));
      return await runBatch(input.Entries, async (entry) => {
        const { ReceiptHandle: handle, VisibilityTimeout: seconds = 0 } = entry;
        await changeVisibility(dependencies, tx, queue, { handle, seconds });
        return { Id: entry.Id };
      });
    });
}
