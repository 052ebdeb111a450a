/*
 * The folders that functions run from.
 *
 * Owns: a watch for each folder that was asked for lately.
 *
 * I1 No two answers of `revision` are the same but for a folder that did not change between: a folder that was
 *    replaced by another, and one that was forgotten meanwhile, count as changed.
 */
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Log } from '#ports/world/log.ts';
import { FolderRefused } from '#ports/world/mounted-folders.ts';
import type { MountedFolders } from '#ports/world/mounted-folders.ts';
import { FolderWatch } from './folder-watch.ts';

export interface MountedFoldersOptions {
  readonly log: Log;
  /** The server's own data, which no function may see. */
  readonly dataDirectory: string;
  /** True where sandboxes' users are others than the server's: what only that one may read they cannot. */
  readonly isReadByOthers: boolean;
}

interface Known {
  /** What the folder was when its watch began: `DEVICE INODE PATH`. */
  readonly identity: string;
  readonly number: number;
  readonly watch: Promise<FolderWatch>;
}

/** Watched folders that are kept; the one that was not asked for longest goes first. */
const WATCHED_MAX = 64;
const OTHERS_READ_AND_ENTER = 0o005;

/** Opens the view of this machine's folders; nothing is watched until it is asked for. */
export function openMountedFolders(options: MountedFoldersOptions): MountedFolders & Disposable {
  const known = new Map<string, Known>();
  const listeners = new Set<(path: string) => void>();
  let opened = 0;

  const forget = (path: string): void => {
    const gone = known.get(path);
    known.delete(path);
    gone?.watch.then(
      (watch) => watch[Symbol.dispose](),
      () => undefined,
    );
  };

  const watchOf = (path: string, identity: string, real: string): Known => {
    const before = known.get(path);
    known.delete(path);
    if (before?.identity === identity) {
      known.set(path, before);
      return before;
    }
    before?.watch.then((watch) => watch[Symbol.dispose]()).catch(() => undefined);
    opened += 1;
    const watch = FolderWatch.open({
      path: real,
      onChange: () => {
        for (const tell of listeners) tell(path);
      },
      onBlind: (error) =>
        options.log.warn('a folder cannot be watched: each invocation from it starts anew', {
          path,
          error,
        }),
    });
    const fresh = { identity, number: opened, watch };
    known.set(path, fresh);
    const first = known.keys().next().value;
    if (known.size > WATCHED_MAX && first !== undefined) forget(first);
    return fresh;
  };

  return {
    check: async (path) => void (await look(path, options)),
    async revision(path) {
      for (;;) {
        const { identity, real } = await look(path, options);
        const { number, watch: opening } = watchOf(path, identity, real);
        const watch = await opening;
        const revision = await watch.revision();
        if (!watch.isGone) return `${number}.${revision}`;
        if (known.get(path)?.number === number) forget(path);
      }
    },
    onChange(callback) {
      listeners.add(callback);
      return { [Symbol.dispose]: () => void listeners.delete(callback) };
    },
    [Symbol.dispose]() {
      for (const path of known.keys()) forget(path);
    },
  };
}

/** The folder as it is now. */
async function look(
  path: string,
  options: MountedFoldersOptions,
): Promise<{ readonly identity: string; readonly real: string }> {
  const real = await realpath(path).catch((error: unknown) => refuse(path, error));
  const found = await stat(real).catch((error: unknown) => refuse(path, error));
  if (!found.isDirectory()) throw new FolderRefused(`${path} is no folder.`);
  await access(real, constants.R_OK | constants.X_OK).catch((error: unknown) =>
    refuse(path, error),
  );
  const data = await realpath(options.dataDirectory).catch(() => resolve(options.dataDirectory));
  if (isWithin(data, real) || isWithin(real, data)) {
    throw new FolderRefused(
      `${path} holds the server's own data, or lies in it (${data}): name another folder, ` +
        'or start the server with another --data-dir.',
    );
  }
  const isReadable = (found.mode & OTHERS_READ_AND_ENTER) === OTHERS_READ_AND_ENTER;
  if (options.isReadByOthers && !isReadable) {
    throw new FolderRefused(
      `${path} can be read by its owner alone, and functions run as users of their own: ` +
        `\`chmod -R o+rX ${path}\` lets them.`,
    );
  }
  return { identity: `${found.dev} ${found.ino} ${real}`, real };
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === sep ? sep : folder + sep);
}

/** @throws FolderRefused with what the machine said of it */
function refuse(path: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') throw new FolderRefused(`${path} is not there.`);
  if (code === 'ENOTDIR') throw new FolderRefused(`${path} is no folder.`);
  if (code === 'EACCES') throw new FolderRefused(`${path} cannot be read by the server's user.`);
  throw error;
}
