import type { DeleteMessageRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { deleteByReceipt } from '../visibility.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html */
export function deleteMessageOperation({
  database,
  clock,
  wakeups,
}: SqsDependencies): Operation<DeleteMessageRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      await deleteByReceipt(tx, queue, input.ReceiptHandle, { nowMs: clock.steadyMs(), wakeups });
    });
}
