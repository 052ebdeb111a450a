import { ZipContents, checkLinks, planImage, planZip } from '#adapters/files/index.ts';
import { present } from '#kernel/assert.ts';
import { ArchiveRefused } from '#ports/world/directory-store.ts';
import type {
  ArchiveLayer,
  DirectoryLimits,
  DirectoryPlaces,
  DirectoryStore,
  StoredDirectory,
} from '#ports/world/directory-store.ts';
import type { Random } from '#ports/world/random.ts';

/** What a tree has at a path; the contents themselves are not kept, a simulated sandbox runs none. */
type Node =
  | { readonly kind: 'file'; readonly bytes: number }
  | { readonly kind: 'symlink'; readonly target: string };
type Tree = ReadonlyMap<string, Node>;

/** `DirectoryStore` without a disk: really unzips, to refuse what the real one refuses, and keeps the names and sizes. */
export class MemoryDirectoryStore implements DirectoryStore {
  readonly #random: Random;
  readonly #trees = new Map<string, Tree>();

  constructor(random: Random) {
    this.#random = random;
  }

  async unpackZip(archive: Uint8Array, limits: DirectoryLimits): Promise<StoredDirectory> {
    const plan = await planZip(archive, limits);
    const contents = new ZipContents(archive, plan, limits);
    const tree = new Map<string, Node>();
    for (const file of plan.files) {
      let bytes = 0;
      for await (const chunk of contents.read(file)) bytes += chunk.byteLength;
      tree.set(file.path, { kind: 'file', bytes });
    }
    for (const link of plan.symlinks) {
      tree.set(link.path, { kind: 'symlink', target: await contents.readLink(link) });
    }
    checkLinks(linksOf(tree));
    return this.#store(tree);
  }

  async merge(ids: readonly string[], limits: DirectoryLimits): Promise<StoredDirectory> {
    const tree = new Map<string, Node>();
    for (const id of ids) {
      const source = present(this.#trees.get(id), `no directory ${id}`);
      for (const [path, node] of source) put(tree, path, node);
    }
    if (tree.size > limits.entriesMax) {
      throw new ArchiveRefused('too-many-entries', `more than ${limits.entriesMax} files together`);
    }
    if (bytesOf(tree) > limits.bytesMax) {
      throw new ArchiveRefused('too-large', `more than ${limits.bytesMax} bytes together`);
    }
    checkLinks(linksOf(tree));
    return this.#store(tree);
  }

  async unpackImage(
    layers: readonly ArchiveLayer[],
    places: DirectoryPlaces,
    limits: DirectoryLimits,
  ): Promise<StoredDirectory> {
    const { files, symlinks } = await planImage(layers, places, limits);
    const tree = new Map<string, Node>();
    for (const [{ bytes }, paths] of files) {
      for (const path of paths) tree.set(path, { kind: 'file', bytes });
    }
    for (const [path, target] of symlinks) tree.set(path, { kind: 'symlink', target });
    return this.#store(tree);
  }

  async namesIn(id: string, path: string): Promise<readonly string[]> {
    const below = [...(this.#trees.get(id)?.keys() ?? [])].filter((it) =>
      it.startsWith(`${path}/`),
    );
    return [...new Set(below.map((it) => it.slice(path.length + 1).split('/', 1)[0] ?? ''))];
  }

  async find(id: string): Promise<StoredDirectory | undefined> {
    const tree = this.#trees.get(id);
    return tree === undefined ? undefined : { id, path: `/simulated/${id}`, bytes: bytesOf(tree) };
  }

  async delete(id: string): Promise<void> {
    this.#trees.delete(id);
  }

  async *list(): AsyncGenerator<string> {
    yield* Array.from(this.#trees.keys());
  }

  #store(tree: Tree): StoredDirectory {
    const id = this.#random.uuid().replaceAll('-', '');
    this.#trees.set(id, tree);
    return { id, path: `/simulated/${id}`, bytes: bytesOf(tree) };
  }
}

/** Puts a node over what hides it: files below its path, and files where its parents must be. */
function put(tree: Map<string, Node>, path: string, node: Node): void {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth += 1)
    tree.delete(parts.slice(0, depth).join('/'));
  for (const other of tree.keys()) if (other.startsWith(`${path}/`)) tree.delete(other);
  tree.set(path, node);
}

function linksOf(tree: Tree): Map<string, string> {
  const links = new Map<string, string>();
  for (const [path, node] of tree) if (node.kind === 'symlink') links.set(path, node.target);
  return links;
}

function bytesOf(tree: Tree): number {
  let bytes = 0;
  for (const node of tree.values()) if (node.kind === 'file') bytes += node.bytes;
  return bytes;
}
