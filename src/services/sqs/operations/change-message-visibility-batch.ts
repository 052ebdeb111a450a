import type {
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult,
} from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { checkBatch, runBatch } from '../batch.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { queueTopic } from '../send.ts';
import { changeVisibility } from '../visibility.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html */
export function changeMessageVisibilityBatch({
  database,
  clock,
  wakeups,
}: SqsDependencies): Operation<
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult
> {
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      checkBatch('ChangeMessageVisibilityBatch', input.Entries);
      tx.afterCommit(() => wakeups.notify(queueTopic(queue.queueId)));
      return await runBatch(input.Entries, async (entry) => {
        const { ReceiptHandle: handle, VisibilityTimeout: seconds = 0 } = entry;
        await changeVisibility(tx, queue, { handle, seconds, nowMs: clock.steadyMs() });
        return { Id: entry.Id };
      });
    });
}
