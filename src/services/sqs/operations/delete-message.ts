import type { DeleteMessageRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsParts } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { deleteByReceipt } from '../visibility.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html */
export function deleteMessageOperation(
  dependencies: SqsParts,
): Operation<DeleteMessageRequest, void> {
  return (context, input) =>
    dependencies.database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      await deleteByReceipt(tx, queue, input.ReceiptHandle, dependencies);
    });
}
