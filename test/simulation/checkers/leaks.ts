/** When all is quiet nothing is held: no lease, no environment, no memory but that of waiting stem cells. */
import type { InvokePlaneStats } from '#lambda/invoke/index.ts';

export interface QuietEvidence {
  readonly stats: InvokePlaneStats;
  /** Sandboxes that live. */
  readonly sandboxes: number;
  /** Handlers that run. */
  readonly running: number;
  readonly stemCellMemoryMiB: number;
}

/** Complains of all that is held. */
export function checkLeaks(evidence: QuietEvidence, complain: (text: string) => void): void {
  const { stats, sandboxes, running, stemCellMemoryMiB } = evidence;
  if (stats.leases !== 0) complain(`${stats.leases} leases are held when all is quiet`);
  if (stats.waiting !== 0) complain(`${stats.waiting} callers wait when all is quiet`);
  if (running !== 0) complain(`${running} handlers run when all is quiet`);
  if (stats.environments !== 0) complain(`${stats.environments} environments are left`);
  const expectedMiB = stats.stemCells * stemCellMemoryMiB;
  if (stats.memoryMiB !== expectedMiB) {
    complain(`${stats.memoryMiB} MiB are held, stem cells hold ${expectedMiB}`);
  }
  if (sandboxes !== stats.stemCells) {
    complain(`${sandboxes} sandboxes live, ${stats.stemCells} stem cells are known`);
  }
}
