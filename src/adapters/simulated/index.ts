export { CommitFailed, withFailingCommits, withLostWakeups } from './faults.ts';
export { MemoryBlobStore } from './memory-blob-store.ts';
export { MemoryDirectoryStore } from './memory-directory-store.ts';
export { SeededRandom } from './seeded-random.ts';
export { SimulatedClock } from './simulated-clock.ts';
