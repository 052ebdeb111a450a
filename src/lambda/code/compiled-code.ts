import type { Database } from '#ports/world/database.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import { ArchiveRefused } from '#ports/world/directory-store.ts';
import { MIB } from '#kernel/units.ts';

import type { CompiledCode } from '../model/compiled-code.ts';
import { dropOtherCompilers, findCompiled, putCompiled } from '../store-compiled.ts';
import type { Gate } from './gate.ts';

export interface CompiledCodeDependencies {
  readonly database: Database;
  readonly directories: DirectoryStore;
  /** Held while a tree has no row yet. */
  readonly gate: Gate;
}

/** What one tree may hold at most. */
const LIMITS = { bytesMax: 32 * MIB, entriesMax: 12_000 };

/**
 * What was compiled ahead, in the trees of the code that it belongs to. A sandbox wrote the archive: it
 * is read as one of a user's.
 */
export function createCompiledCode(dependencies: CompiledCodeDependencies): CompiledCode {
  const { database, directories, gate } = dependencies;
  return {
    async find(key) {
      return (await database.read((queries) => findCompiled(queries, key)))?.directoryId;
    },
    keep: (key, archive) =>
      gate.shared(async () => {
        const directoryId = archive === undefined ? undefined : await unpack(directories, archive);
        await database.transact((tx) => putCompiled(tx, key, directoryId));
      }),
    keepOnly: (compilers) => database.transact((tx) => dropOtherCompilers(tx, compilers)),
  };
}

async function unpack(
  directories: DirectoryStore,
  archive: Uint8Array,
): Promise<string | undefined> {
  try {
    return (await directories.unpackZip(archive, LIMITS)).id;
  } catch (error) {
    if (error instanceof ArchiveRefused) return undefined;
    throw error;
  }
}
