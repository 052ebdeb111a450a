import type { ChangeMessageVisibilityRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsParts } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { queueTopic } from '../send.ts';
import { changeVisibility } from '../visibility.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
export function changeMessageVisibility(
  dependencies: SqsParts,
): Operation<ChangeMessageVisibilityRequest, void> {
  return (context, input) =>
    dependencies.database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      const { ReceiptHandle: handle, VisibilityTimeout: seconds } = input;
      await changeVisibility(dependencies, tx, queue, { handle, seconds });
      tx.afterCommit(() => dependencies.wakeups.notify(queueTopic(queue.queueId)));
    });
}
