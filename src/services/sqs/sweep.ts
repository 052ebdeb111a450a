/** Forgets what is past its time: messages past their queue's retention, deduplication ids past five minutes. */
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { numberOf } from './attributes.ts';
import type { SqsDependencies } from './dependencies.ts';
import type { Queue } from './model.ts';
import { forgetExpired } from './store-deduplication.ts';
import { deleteMessages, messagesSentBefore } from './store-messages.ts';
import { allQueues } from './store-queues.ts';

const SWEEP_INTERVAL_MS = MINUTE_MS;
const MESSAGES_PER_TRANSACTION = 500;

/** Sweeps each minute until the signal aborts. */
export function runSweep(dependencies: SqsDependencies, signal: AbortSignal): Promise<void> {
  const { clock, wakeups } = dependencies;
  return runDueLoop({
    clock,
    wakeups,
    topic: 'sqs/sweep',
    intervalMs: SWEEP_INTERVAL_MS,
    signal,
    work: async () => {
      await sweep(dependencies);
      return undefined;
    },
  });
}

/** One pass over all queues. */
export async function sweep({ database, clock }: SqsDependencies): Promise<void> {
  const queues = await database.read(allQueues);
  if (queues.length === 0) return;
  await database.transact((tx) => forgetExpired(tx, clock.now()));
  for (const queue of queues) await sweepQueue({ database, clock }, queue);
}

async function sweepQueue(
  { database, clock }: Pick<SqsDependencies, 'database' | 'clock'>,
  queue: Queue,
): Promise<void> {
  const sentBeforeMs = clock.now() - numberOf(queue, 'MessageRetentionPeriod') * SECOND_MS;
  const find = { queueId: queue.queueId, limit: MESSAGES_PER_TRANSACTION };
  for (;;) {
    const expired = await database.read((queries) =>
      messagesSentBefore(queries, find.queueId, sentBeforeMs, find.limit),
    );
    if (expired.length === 0) return;
    await database.transact((tx) => deleteMessages(tx, find.queueId, expired));
  }
}
