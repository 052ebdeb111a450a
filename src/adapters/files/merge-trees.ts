import { chmod, link, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveRefused } from '#ports/world/directory-store.ts';
import type { DirectoryLimits } from '#ports/world/directory-store.ts';
import { syncDirectory } from './durable-files.ts';
import { checkLinks } from './symbolic-links.ts';

/** What lies at a path of the merged tree, and where it comes from. */
type Node =
  | { readonly kind: 'directory' }
  | { readonly kind: 'file'; readonly source: string; readonly bytes: number }
  | { readonly kind: 'symlink'; readonly target: string };

/**
 * Fills `root` with several trees, later ones over earlier ones; files are hard links of the sources',
 * so that they share the page cache. Answers the sum of the files' sizes.
 * @throws ArchiveRefused `too-large`, `too-many-entries`, or `path-escapes` where links lead out together
 */
export async function mergeTrees(
  sources: readonly string[],
  root: string,
  limits: DirectoryLimits,
): Promise<number> {
  const nodes = new Map<string, Node>();
  for (const source of sources) {
    await collect(source, '', nodes);
    if (nodes.size > limits.entriesMax) {
      throw new ArchiveRefused('too-many-entries', `more than ${limits.entriesMax} files together`);
    }
  }
  let bytes = 0;
  const links = new Map<string, string>();
  for (const [path, node] of nodes) {
    if (node.kind === 'file') bytes += node.bytes;
    if (node.kind === 'symlink') links.set(path, node.target);
  }
  if (bytes > limits.bytesMax) {
    throw new ArchiveRefused('too-large', `more than ${limits.bytesMax} bytes together`);
  }
  checkLinks(links);
  await make(root, nodes);
  return bytes;
}

/** Adds what lies below `source/path` to the nodes, in place of what hides it. */
async function collect(source: string, path: string, nodes: Map<string, Node>): Promise<void> {
  for (const entry of await readdir(join(source, path), { withFileTypes: true })) {
    const child = path === '' ? entry.name : `${path}/${entry.name}`;
    const place = join(source, child);
    if (entry.isDirectory()) {
      if (nodes.get(child)?.kind !== 'directory') nodes.set(child, { kind: 'directory' });
      await collect(source, child, nodes);
      continue;
    }
    if (nodes.get(child)?.kind === 'directory') removeBelow(child, nodes);
    nodes.set(
      child,
      entry.isSymbolicLink()
        ? { kind: 'symlink', target: await readlink(place) }
        : { kind: 'file', source: place, bytes: (await lstat(place)).size },
    );
  }
}

function removeBelow(path: string, nodes: Map<string, Node>): void {
  for (const other of nodes.keys()) if (other.startsWith(`${path}/`)) nodes.delete(other);
}

async function make(root: string, nodes: ReadonlyMap<string, Node>): Promise<void> {
  const paths = [...nodes.keys()].sort();
  const directories = paths.filter((path) => nodes.get(path)?.kind === 'directory');
  await makeDirectories(root, directories);
  for (const path of paths) {
    const node = nodes.get(path);
    if (node?.kind === 'file') await link(node.source, join(root, path));
    if (node?.kind === 'symlink') await symlink(node.target, join(root, path));
  }
  for (const path of directories) await syncDirectory(join(root, path));
}

/** Makes directories, parents before children, open to all whatever the process's umask says. */
export async function makeDirectories(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(root, path));
    await chmod(join(root, path), 0o755);
  }
}
