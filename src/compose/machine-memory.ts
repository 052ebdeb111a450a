import { totalmem } from 'node:os';

/** Bytes of memory that this server can have: the machine's, or those of its control group where they are fewer. */
export function machineMemoryBytes(): number {
  const ofGroup = process.constrainedMemory();
  return ofGroup > 0 ? Math.min(totalmem(), ofGroup) : totalmem();
}
