import type { ChangeMessageVisibilityRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { requireQueue } from '../queue-url.ts';
import { queueTopic } from '../send.ts';
import { changeVisibility } from '../visibility.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
export function changeMessageVisibility({
  database,
  clock,
  wakeups,
}: SqsDependencies): Operation<ChangeMessageVisibilityRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      const { ReceiptHandle: handle, VisibilityTimeout: seconds } = input;
      await changeVisibility(tx, queue, { handle, seconds, nowMs: clock.steadyMs() });
      tx.afterCommit(() => wakeups.notify(queueTopic(queue.queueId)));
    });
}
