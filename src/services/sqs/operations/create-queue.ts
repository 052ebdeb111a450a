import type { CreateQueueRequest, CreateQueueResult } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { attributeOf, checkAttributes, mergeAttributes } from '../attributes.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { invalidParameter, queueAlreadyExists } from '../errors.ts';
import { FIFO_QUEUE_NAME_PATTERN, QUEUE_NAME_PATTERN } from '../limits.ts';
import type { Queue } from '../model.ts';
import { queueUrl } from '../queue-url.ts';
import { checkDeadLetterTarget } from '../redrive-policy.ts';
import { findQueue, insertQueue } from '../store-queues.ts';

/**
 * Creates a queue; the same again answers the same URL.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
 */
export function createQueue(
  dependencies: SqsDependencies,
): Operation<CreateQueueRequest, CreateQueueResult> {
  const { database, clock, random } = dependencies;
  return (context, input) => {
    const attributes = input.Attributes ?? {};
    const isFifo = attributes['FifoQueue'] === 'true';
    checkName(input.QueueName, isFifo);
    checkAttributes(attributes, isFifo);
    const { accountId, region } = context;
    const nowMs = Math.floor(clock.now());
    const queue: Queue = {
      queueId: random.uuid(),
      accountId,
      region,
      name: input.QueueName,
      isFifo,
      attributes: mergeAttributes({}, attributes),
      tags: input.tags ?? {},
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    };
    return database.transact(async (tx) => {
      const existing = await findQueue(tx, queue);
      if (existing !== undefined) checkSame(existing, attributes);
      else {
        await checkDeadLetterTarget(tx, queue);
        await insertQueue(tx, queue);
      }
      return { QueueUrl: queueUrl(dependencies, context, queue) };
    });
  };
}

function checkName(name: string, isFifo: boolean): void {
  if (isFifo ? FIFO_QUEUE_NAME_PATTERN.test(name) : QUEUE_NAME_PATTERN.test(name)) return;
  throw invalidParameter(
    isFifo && !name.endsWith('.fifo')
      ? 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.'
      : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  );
}

function checkSame(existing: Queue, attributes: Readonly<Record<string, string>>): void {
  const different = Object.entries(attributes).find(
    ([name, value]) => (attributeOf(existing, name) ?? '') !== value,
  );
  if (different !== undefined) throw queueAlreadyExists(different[0]);
}
