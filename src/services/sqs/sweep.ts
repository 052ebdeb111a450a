/** Forgets what is past its time: messages past their queue's retention, deduplication ids past five minutes. */
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { Database } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { numberOf } from './attributes.ts';
import { clearQueue, inPieces, ROWS_A_PIECE } from './clear-queue.ts';
import type { SqsDependencies } from './dependencies.ts';
import type { Queue } from './model.ts';
import { forgetExpired } from './store-deduplication.ts';
import { forgetAttempts } from './store-receive-attempts.ts';
import { messagesSentBefore, queueWithMessagesAfter } from './store-counts.ts';
import { deleteMessages } from './store-messages.ts';
import { allQueues, findQueueById } from './store-queues.ts';

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
  const ids = new Set(queues.map(({ queueId }) => queueId));
  for (const queueId of await queuesWithMessages(database)) {
    // A crash cut the end of a queue that was deleted; one that is new has come since.
    if (!ids.has(queueId) && (await isGone(database, queueId))) await clearQueue(database, queueId);
  }
  if (queues.length === 0) return;
  await inPieces(() =>
    database.transact((tx) => forgetExpired(tx, clock.steadyMs(), ROWS_A_PIECE)),
  );
  await inPieces(() =>
    database.transact((tx) => forgetAttempts(tx, clock.steadyMs(), ROWS_A_PIECE)),
  );
  for (const queue of queues) await sweepQueue({ database, clock }, queue);
}

function queuesWithMessages(database: Database): Promise<string[]> {
  return database.read(async (queries) => {
    const ids: string[] = [];
    let id = await queueWithMessagesAfter(queries, '');
    for (; id !== undefined; id = await queueWithMessagesAfter(queries, id)) ids.push(id);
    return ids;
  });
}

async function isGone(database: Database, queueId: string): Promise<boolean> {
  return (await database.read((queries) => findQueueById(queries, queueId))) === undefined;
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
