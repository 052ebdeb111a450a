/** Goes on with what is left of large queues that were purged; a crash only delays it. */
import { MINUTE_MS } from '#kernel/units.ts';
import type { Database } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { clearPieces } from './clear-queue.ts';
import type { SqsDependencies } from './dependencies.ts';
import { findPurge, openPurges, savePurge, type Purge } from './store-purges.ts';

export const PURGES_TOPIC = 'sqs/purges';
/** What others wait for at most before it is their turn among purges. */
const PIECES_A_TURN = 10;

/** Purges until the signal aborts. */
export function runPurges(
  { database, clock, wakeups }: SqsDependencies,
  signal: AbortSignal,
): Promise<void> {
  return runDueLoop({
    clock,
    wakeups,
    topic: PURGES_TOPIC,
    intervalMs: MINUTE_MS,
    signal,
    work: async () => {
      let open = await database.read(openPurges);
      for (; open.length > 0 && !signal.aborted; open = await database.read(openPurges)) {
        for (const purge of open) await goOn(database, purge, PIECES_A_TURN);
      }
      return undefined;
    },
  });
}

/** Deletes some of what a purge has left; answers whether that was all. */
export async function goOn(database: Database, purge: Purge, piecesMax: number): Promise<boolean> {
  const { queueId, sequenceMax } = purge;
  const isDone = await clearPieces(database, queueId, { sequenceMax, piecesMax });
  if (isDone) {
    await database.transact(async (tx) => {
      const current = await findPurge(tx, queueId);
      if (current?.sequenceMax === sequenceMax) await savePurge(tx, { ...current, isDone });
    });
  }
  return isDone;
}
