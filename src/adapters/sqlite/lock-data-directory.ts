/**
 * A server's hold on its data directory: SQLite's exclusive lock on a small file of its own.
 * The kernel frees the lock with the process, however that ends, and it holds across containers that
 * share the directory; so no pid file can go stale.
 */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another server runs on the data directory. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
}

/** Nothing can be kept there. */
export class DataDirectoryUnusable extends Error {
  override readonly name = 'DataDirectoryUnusable';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EEXIST: 'it is a file, not a folder',
  ENOENT: 'no folder can be made there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it stands below a file',
  EPERM: 'no folder can be made there',
  EROFS: 'its file system is read-only',
};

/**
 * Holds the directory, which is made where it is missing, until disposed.
 * @throws DataDirectoryInUse with the holder's pid where the kernel tells it
 * @throws DataDirectoryUnusable where it cannot be made or written
 */
export async function lockDataDirectory(path: string): Promise<AsyncDisposable> {
  try {
    makeFolder(resolve(path));
    return lock(path);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof DataDirectoryInUse) throw error;
    const reason = REASONS['code' in error ? String(error.code) : ''] ?? error.message;
    throw new DataDirectoryUnusable(`the data directory ${path} cannot be used: ${reason}`, {
      cause: error,
    });
  }
}

/** As mkdir with `recursive`, which hides why it failed, and never ends where a folder takes none. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it just now.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

function lock(path: string): AsyncDisposable {
  const file = join(path, 'server.lock');
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!(error instanceof Error && error.message.includes('locked'))) throw error;
    throw new DataDirectoryInUse(
      `the data directory ${path} is in use by ${holder(file)}: stop that server, or choose another directory`,
    );
  }
  return {
    [Symbol.asyncDispose]: async () => {
      if (database.isOpen) database.close();
    },
  };
}

/** Who locks the file, as the kernel's list of locks says: `number: POSIX ADVISORY WRITE pid major:minor:inode …`. */
function holder(file: string): string {
  const inode = statSync(file).ino;
  const lock = readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[5]?.endsWith(`:${inode}`));
  const pid = Number(lock?.[4]);
  return pid > 0 ? `the process ${pid}` : 'another process';
}
