import { MINUTE_MS } from '#kernel/units.ts';
import type { LogsDependencies } from './dependencies.ts';
import { retainedSince } from './model.ts';
import { deleteExpiredChunks, deleteGarbage } from './store-chunks.ts';
import { listGroupsWithRetention } from './store-groups.ts';

const SWEEP_INTERVAL_MS = 10 * MINUTE_MS;
/** Rows that one transaction deletes, so that none holds up the others for long. */
const CHUNKS_AT_ONCE = 500;

type SweepDependencies = Pick<LogsDependencies, 'database' | 'clock'>;

/** Clears away, until the signal aborts, what groups need not keep and what deleted ones left. */
export async function runSweep(
  dependencies: SweepDependencies,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sweep(dependencies, signal);
    await dependencies.clock.sleep(SWEEP_INTERVAL_MS, signal).catch(() => {});
  }
}

/** One pass over all groups. */
export async function sweep(
  { database, clock }: SweepDependencies,
  signal: AbortSignal,
): Promise<void> {
  for (const group of await database.read(listGroupsWithRetention)) {
    const beforeMs = retainedSince(group, clock.now());
    for (let deleted = CHUNKS_AT_ONCE; deleted === CHUNKS_AT_ONCE && !signal.aborted;) {
      deleted = await database.transact((tx) =>
        deleteExpiredChunks(tx, group.groupId, beforeMs, CHUNKS_AT_ONCE),
      );
    }
  }
  let hasMore = true;
  while (hasMore && !signal.aborted)
    hasMore = await database.transact((tx) => deleteGarbage(tx, CHUNKS_AT_ONCE));
}
