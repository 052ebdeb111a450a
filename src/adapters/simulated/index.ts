export { CommitFailed, withLostWakeups } from './faults.ts';
export {
  Life,
  mortalBlobs,
  mortalClock,
  mortalDatabase,
  mortalDirectories,
  mortalWakeups,
} from './life.ts';
export type { Fate } from './life.ts';
export { MemoryBlobStore } from './memory-blob-store.ts';
export { MemoryDirectoryStore } from './memory-directory-store.ts';
export { SeededRandom } from './seeded-random.ts';
export { SimulatedClock } from './simulated-clock.ts';
