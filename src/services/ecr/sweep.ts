import { HOUR_MS } from '#kernel/units.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { sweepBlobs } from '#ports/world/sweep-blobs.ts';
import type { EcrCore } from './core.ts';
import { ABANDONED_MS } from './limits.ts';
import { isBlobNamed, takeStaleUploads, takeUnusedLayers, unnamedBlobs } from './store-layers.ts';

/** Sweeps what a crash left; then, now and each hour, what nobody goes on with: until the signal aborts. */
export async function runSweep(core: EcrCore, signal: AbortSignal): Promise<void> {
  await sweepBlobs({ ...core, isNamed: isBlobNamed }, signal);
  const { clock, wakeups } = core;
  const work = async (): Promise<undefined> => sweepAbandoned(core);
  await runDueLoop({ clock, wakeups, topic: 'ecr.sweep', intervalMs: HOUR_MS, work, signal });
}

/** Forgets uploads that nobody goes on with, and layers that no image is made of; each after a day. */
export async function sweepAbandoned({ database, clock, ledger }: EcrCore): Promise<undefined> {
  const beforeMs = clock.now() - ABANDONED_MS;
  const orphans = await database.transact(async (tx) => {
    const taken = [
      ...(await takeStaleUploads(tx, beforeMs)),
      ...(await takeUnusedLayers(tx, beforeMs)),
    ];
    return await unnamedBlobs(tx, taken);
  });
  ledger.discard(orphans);
}
