import type { S3Core } from './core.ts';
import { isBlobNamed } from './store-objects.ts';

/** Ids looked at in one read. */
const BATCH = 256;

/**
 * Deletes the blobs that no row names: what a crash left between a blob and its row, or between a row's end and its
 * blob's. Blobs of writes that were under way when the list ended are waited for, so that none of them is taken.
 * @returns how many blobs were deleted
 */
export async function sweepBlobs(core: S3Core, signal: AbortSignal): Promise<number> {
  const ids: string[] = [];
  for await (const id of core.blobs.list()) {
    if (signal.aborted) return 0;
    ids.push(id);
  }
  await core.ledger.writesSettled();
  let count = 0;
  for (let start = 0; start < ids.length && !signal.aborted; start += BATCH) {
    const batch = ids.slice(start, start + BATCH);
    const orphans = await core.database.read(async (queries) => {
      const unnamed: string[] = [];
      for (const id of batch) {
        if (!(await isBlobNamed(queries, id))) unnamed.push(id);
      }
      return unnamed;
    });
    core.ledger.discard(orphans);
    count += orphans.length;
  }
  if (count > 0) core.log.info('deleted blobs that nothing names', { count });
  return count;
}
