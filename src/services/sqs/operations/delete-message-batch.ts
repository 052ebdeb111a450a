import type {
  DeleteMessageBatchRequest,
  DeleteMessageBatchResult,
} from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { checkBatch, runBatch } from '../batch.ts';
import type { SqsParts } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { deleteByReceipt } from '../visibility.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html */
export function deleteMessageBatch(
  dependencies: SqsParts,
): Operation<DeleteMessageBatchRequest, DeleteMessageBatchResult> {
  return (context, input) =>
    dependencies.database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      checkBatch('DeleteMessageBatch', input.Entries);
      return await runBatch(input.Entries, async (entry) => {
        await deleteByReceipt(tx, queue, entry.ReceiptHandle, dependencies);
        return { Id: entry.Id };
      });
    });
}
