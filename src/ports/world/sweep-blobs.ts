import type { BlobLedger } from './blob-ledger.ts';
import type { BlobStore } from './blob-store.ts';
import type { Database, Queries } from './database.ts';
import type { Log } from './log.ts';

/** Ids looked at in one read. */
const BATCH = 256;

export interface SweepBlobsOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly ledger: Pick<BlobLedger<never>, 'writesSettled' | 'discard'>;
  readonly log: Log;
  /** True where a row names the blob. */
  readonly isNamed: (queries: Queries, id: string) => Promise<boolean>;
}

/**
 * Deletes the blobs that no row names: what a crash left between a blob and its row, or between a row's end and its
 * blob's. Blobs of writes that were under way when the list ended are waited for, so that none of them is taken.
 * @returns how many blobs were deleted
 */
export async function sweepBlobs(options: SweepBlobsOptions, signal: AbortSignal): Promise<number> {
  const { database, blobs, ledger, log, isNamed } = options;
  const ids: string[] = [];
  for await (const id of blobs.list()) {
    if (signal.aborted) return 0;
    ids.push(id);
  }
  await ledger.writesSettled();
  let count = 0;
  for (let start = 0; start < ids.length && !signal.aborted; start += BATCH) {
    const batch = ids.slice(start, start + BATCH);
    const orphans = await database.read(async (queries) => {
      const unnamed: string[] = [];
      for (const id of batch) {
        if (!(await isNamed(queries, id))) unnamed.push(id);
      }
      return unnamed;
    });
    ledger.discard(orphans);
    count += orphans.length;
  }
  if (count > 0) log.info('deleted blobs that nothing names', { count });
  return count;
}
