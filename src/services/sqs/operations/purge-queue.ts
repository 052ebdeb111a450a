import type { PurgeQueueRequest } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { PIECES_AT_ONCE } from '../clear-queue.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { purgeQueueInProgress } from '../errors.ts';
import { PURGE_MS } from '../limits.ts';
import { goOn, PURGES_TOPIC } from '../purge.ts';
import { requireQueue } from '../queue-url.ts';
import { findPurge, savePurge } from '../store-purges.ts';
import { lastSequence } from '../store-queues.ts';

/**
 * Deletes what was sent before, a piece at a time: ten thousand messages at once, what is beyond in the background.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
 */
export function purgeQueue({
  database,
  clock,
  wakeups,
}: SqsDependencies): Operation<PurgeQueueRequest, void> {
  return async (context, input) => {
    const purge = await database.transact(async (tx) => {
      const { queueId, name } = await requireQueue(tx, context, input.QueueUrl);
      const askedAtMs = Math.floor(clock.steadyMs());
      const earlier = await findPurge(tx, queueId);
      if (earlier !== undefined && askedAtMs - earlier.askedAtMs < PURGE_MS) {
        throw purgeQueueInProgress(name);
      }
      const sequenceMax = await lastSequence(tx, queueId);
      const asked = { queueId, sequenceMax, askedAtMs, isDone: false };
      await savePurge(tx, asked);
      return asked;
    });
    if (!(await goOn(database, purge, PIECES_AT_ONCE))) wakeups.notify(PURGES_TOPIC);
  };
}
