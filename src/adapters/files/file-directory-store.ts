/**
 * `DirectoryStore` in files: `ID/tree` is the tree, `ID/bytes` its size; `tmp/` is for what is being made.
 * I1 A directory outside `tmp/` is whole, synced, and never changed. I2 While a tree is written it has no
 * symbolic link, so that no write can follow one; links come last, after all of them were checked together.
 * I3 A refusal leaves nothing. I4 Whatever lies in `tmp/` at the opening is from a dead process and goes.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import {
  lstat,
  mkdir,
  open,
  opendir,
  readdir,
  readFile,
  rename,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type {
  ArchiveLayer,
  DirectoryLimits,
  DirectoryPlaces,
  DirectoryStore,
  StoredDirectory,
} from '#ports/world/directory-store.ts';
import { forEachConcurrently } from './concurrently.ts';
import { isMissing, syncDirectory } from './durable-files.ts';
import { planImage } from './image-plan.ts';
import { writeImage } from './image-write.ts';
import { makeDirectories, mergeTrees } from './merge-trees.ts';
import { removeTree } from './remove-tree.ts';
import { checkLinks } from './symbolic-links.ts';
import { ZipContents } from './zip-content.ts';
import { planZip } from './zip-plan.ts';
import type { PlannedFile, ZipPlan } from './zip-plan.ts';

const WRITES_AT_ONCE = 8;
const ID = /^[\da-f]{32}$/;

/** Opens or makes a store of trees in a directory of its own. */
export function openFileDirectoryStore(directory: string): DirectoryStore {
  rmSync(join(directory, 'tmp'), { recursive: true, force: true });
  // A sandbox's user comes past here on the way to its code.
  mkdirSync(join(directory, 'tmp'), { recursive: true, mode: 0o755 });
  // Whoever mounts a tree may stand in another directory.
  return new FileDirectoryStore(resolve(directory));
}

class FileDirectoryStore implements DirectoryStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async unpackZip(archive: Uint8Array, limits: DirectoryLimits): Promise<StoredDirectory> {
    const plan = await planZip(archive, limits);
    return this.#store(async (root) => {
      const contents = new ZipContents(archive, plan, limits);
      await writeTree(root, plan, contents);
      return contents.bytes;
    });
  }

  async merge(ids: readonly string[], limits: DirectoryLimits): Promise<StoredDirectory> {
    return this.#store((root) =>
      mergeTrees(
        ids.map((id) => this.#tree(id)),
        root,
        limits,
      ),
    );
  }

  async unpackImage(
    layers: readonly ArchiveLayer[],
    places: DirectoryPlaces,
    limits: DirectoryLimits,
  ): Promise<StoredDirectory> {
    const plan = await planImage(layers, places, limits);
    return this.#store((root) => writeImage(root, plan, { layers, limits }));
  }

  async namesIn(id: string, path: string): Promise<readonly string[]> {
    // A link would lead out of the tree, where the tree is not the root.
    const parts = path.split('/');
    for (const depth of parts.keys()) {
      const place = join(this.#tree(id), ...parts.slice(0, depth + 1));
      const status = await lstat(place).catch(ignoreMissing);
      if (status?.isDirectory() !== true) return [];
    }
    return readdir(join(this.#tree(id), path));
  }

  async find(id: string): Promise<StoredDirectory | undefined> {
    if (!ID.test(id)) return undefined;
    try {
      const bytes = await readFile(join(this.#directory, id, 'bytes'), 'utf8');
      return { id, path: this.#tree(id), bytes: Number(bytes) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async delete(id: string): Promise<void> {
    if (!ID.test(id)) return;
    const doomed = join(this.#directory, 'tmp', `${id}.${randomUUID()}`);
    try {
      await rename(join(this.#directory, id), doomed);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    await removeTree(doomed);
  }

  async *list(): AsyncGenerator<string> {
    for await (const { name } of await opendir(this.#directory)) if (ID.test(name)) yield name;
  }

  #tree(id: string): string {
    return join(this.#directory, id, 'tree');
  }

  /** Lets `fill` make a tree and tell its size, then gives it its name; removes it where anything throws. */
  async #store(fill: (root: string) => Promise<number>): Promise<StoredDirectory> {
    const id = randomUUID().replaceAll('-', '');
    const temporary = join(this.#directory, 'tmp', id);
    try {
      await mkdir(join(temporary, 'tree'), { recursive: true, mode: 0o755 });
      const bytes = await fill(join(temporary, 'tree'));
      await writeFile(join(temporary, 'bytes'), String(bytes), { flush: true });
      await syncDirectory(join(temporary, 'tree'));
      await syncDirectory(temporary);
      await rename(temporary, join(this.#directory, id));
      await syncDirectory(this.#directory);
      return { id, path: this.#tree(id), bytes };
    } catch (error) {
      await removeTree(temporary);
      throw error;
    }
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

async function writeTree(root: string, plan: ZipPlan, contents: ZipContents): Promise<void> {
  await makeDirectories(root, plan.directories);
  await forEachConcurrently(plan.files, WRITES_AT_ONCE, (file) =>
    writeOne(join(root, file.path), file, contents),
  );
  const links = new Map<string, string>();
  for (const link of plan.symlinks) links.set(link.path, await contents.readLink(link));
  checkLinks(links);
  for (const [path, target] of links) await symlink(target, join(root, path));
  await forEachConcurrently(plan.directories, WRITES_AT_ONCE, (path) =>
    syncDirectory(join(root, path)),
  );
}

async function writeOne(path: string, file: PlannedFile, contents: ZipContents): Promise<void> {
  await using handle = await open(path, 'wx', file.mode);
  for await (const chunk of contents.read(file)) await handle.appendFile(chunk);
  // Not what the process's umask left of it.
  await handle.chmod(file.mode);
  // Compiled Python counts on the times of its sources.
  const modified = file.entry.getLastModDate({ timezone: 'UTC' });
  await handle.utimes(modified, modified);
  await handle.sync();
}
