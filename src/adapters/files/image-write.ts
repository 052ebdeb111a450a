/** Writes the tree of a container image; symbolic links last, so that no write follows one. */
import { chmod, link, mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadEntry } from 'tar';
import type { ArchiveLayer, DirectoryLimits } from '#ports/world/directory-store.ts';
import { ArchiveRefused } from '#ports/world/directory-store.ts';
import { forEachConcurrently } from './concurrently.ts';
import { syncDirectory } from './durable-files.ts';
import { eachEntry } from './image-layers.ts';
import type { ImageContent, ImagePlan } from './image-plan.ts';

const SYNCS_AT_ONCE = 32;

export interface ImageSource {
  readonly layers: readonly ArchiveLayer[];
  readonly limits: DirectoryLimits;
}

/**
 * Writes all of it, synced; answers the sum of the files' sizes.
 * @throws ArchiveRefused where a layer is another than the one that was planned
 */
export async function writeImage(
  root: string,
  plan: ImagePlan,
  source: ImageSource,
): Promise<number> {
  for (const { path } of plan.directories) await mkdir(join(root, path), { mode: 0o700 });
  const files = [...plan.files];
  for (const [index, layer] of source.layers.entries()) {
    const wanted = new Map(
      files.flatMap(([content, paths]) =>
        content.layer === index ? [[content.ordinal, { content, paths }] as const] : [],
      ),
    );
    if (wanted.size > 0) await writeLayer(root, layer, { wanted, limits: source.limits });
  }
  for (const path of plan.places) await writeFile(join(root, path), '', { flag: 'wx' });
  for (const [path, target] of plan.symlinks) await symlink(target, join(root, path));
  // Modes come last: whoever is not root opens no file, and enters no directory, that its owner may not read.
  await forEachConcurrently(files, SYNCS_AT_ONCE, async ([{ mode }, [path = '']]) => {
    await syncDirectory(join(root, path));
    await chmod(join(root, path), mode);
  });
  for (const { path, mode } of plan.directories.toReversed()) {
    await syncDirectory(join(root, path));
    await chmod(join(root, path), mode);
  }
  return files.reduce((sum, [{ bytes }]) => sum + bytes, 0);
}

interface Wanted {
  readonly content: ImageContent;
  readonly paths: readonly string[];
}

async function writeLayer(
  root: string,
  layer: ArchiveLayer,
  { wanted, limits }: { readonly wanted: Map<number, Wanted>; readonly limits: DirectoryLimits },
): Promise<void> {
  let ordinal = 0;
  await eachEntry(layer, limits, async (entry) => {
    const found = wanted.get(ordinal);
    ordinal += 1;
    if (found === undefined) return;
    wanted.delete(ordinal - 1);
    await writeContent(root, found, entry);
  });
  if (wanted.size > 0) throw new ArchiveRefused('malformed', 'a layer lacks what it had before');
}

async function writeContent(
  root: string,
  { content, paths: [path = '', ...others] }: Wanted,
  entry: ReadEntry,
): Promise<void> {
  const place = join(root, path);
  await using handle = await open(place, 'wx', 0o600);
  let bytes = 0;
  for await (const chunk of entry) {
    bytes += chunk.byteLength;
    await handle.appendFile(chunk);
  }
  if (bytes !== content.bytes) {
    throw new ArchiveRefused('malformed', `${path} ends before its end`);
  }
  await handle.utimes(content.modified, content.modified);
  for (const other of others) await link(place, join(root, other)).catch(refuseTooMany);
}

/** A file system has a most for the names of one file: 65,000 for ext4. */
function refuseTooMany(error: NodeJS.ErrnoException): never {
  if (error.code !== 'EMLINK') throw error;
  throw new ArchiveRefused('unsupported', 'a file has more names than a file system takes');
}
