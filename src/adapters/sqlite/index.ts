export { openDatabase } from './open-database.ts';
export type { OpenDatabaseOptions } from './open-database.ts';
export { DataDirectoryInUse, lockDataDirectory } from './lock-data-directory.ts';
export { lastWrittenAt } from './last-written.ts';
export { DiskFailed } from './wal-sync.ts';
