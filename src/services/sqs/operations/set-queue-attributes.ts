import type { SetQueueAttributesRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { checkAttributes, mergeAttributes } from '../attributes.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { invalidAttributeValue } from '../errors.ts';
import { requireQueue } from '../queue-url.ts';
import { checkDeadLetterTarget } from '../redrive-policy.ts';
import { updateQueue } from '../store-queues.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export function setQueueAttributes({
  database,
  clock,
}: SqsDependencies): Operation<SetQueueAttributesRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      const isFifoAsked = input.Attributes['FifoQueue'];
      if (queue.isFifo && isFifoAsked !== undefined && isFifoAsked !== 'true') {
        throw invalidAttributeValue('FifoQueue', 'Modifying queue type is not supported.');
      }
      checkAttributes(input.Attributes, queue.isFifo);
      const attributes = mergeAttributes(queue.attributes, input.Attributes);
      const changed = { ...queue, attributes, modifiedAtMs: Math.floor(clock.now()) };
      if ('RedrivePolicy' in input.Attributes) await checkDeadLetterTarget(tx, changed);
      await updateQueue(tx, changed);
    });
}
