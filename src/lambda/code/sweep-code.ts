import type { Clock } from '#ports/world/clock.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Database } from '#ports/world/database.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import { HOUR_MS } from '#kernel/units.ts';

import { namedStorage, takeUnusedCode, takeUnusedLayerTrees } from '../store-code.ts';
import { dropOrphanedCompiled } from '../store-compiled.ts';
import type { CodeStore } from './code-store.ts';

export interface SweepDependencies {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly directories: DirectoryStore;
  readonly clock: Clock;
  readonly code: CodeStore;
}

/** Environments may run old code for the longest timeout and a little more; then nobody reads it. */
const GRACE_MS = 1 * HOUR_MS;

/**
 * Deletes code that no version or layer uses since an hour, and what a crash has left without a row.
 * Rows go first: a crash in between leaves blobs and trees to the next sweep.
 */
export async function sweepCode(dependencies: SweepDependencies): Promise<void> {
  const { database, blobs, directories, clock, code } = dependencies;
  const beforeMs = clock.now() - GRACE_MS;
  await code.exclusively(async () => {
    await database.transact(async (tx) => {
      await takeUnusedCode(tx, beforeMs);
      await takeUnusedLayerTrees(tx, beforeMs);
      await dropOrphanedCompiled(tx);
    });
    const named = await database.read(namedStorage);
    for await (const id of blobs.list()) {
      if (!named.blobs.has(id)) await blobs.delete(id);
    }
    for await (const id of directories.list()) {
      if (!named.directories.has(id)) await directories.delete(id);
    }
  });
}
