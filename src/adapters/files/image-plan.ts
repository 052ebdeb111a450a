/**
 * What the layers of a container image are together: each over those below it, with what it hides of them.
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
import type { ReadEntry } from 'tar';
import { present } from '#kernel/assert.ts';
import type {
  ArchiveLayer,
  DirectoryLimits,
  DirectoryPlaces,
} from '#ports/world/directory-store.ts';
import { ArchiveRefused } from '#ports/world/directory-store.ts';
import { eachEntry } from './image-layers.ts';
import { PART_BYTES_MAX, PATH_BYTES_MAX } from './zip-plan.ts';

/** A name that takes away what has the rest of it in the layers below. */
const WHITEOUT = '.wh.';
/** And one that takes away all that a directory has there. */
const OPAQUE = '.wh..wh..opq';
const TARGET_BYTES_MAX = 4095;
/** Of all names and targets together: they are in memory until the tree is written. */
const NAMES_BYTES_MAX = 256 * 1024 ** 2;
const DIRECTORY_MODE = 0o755;

/** A file's content: the entry of a layer that has it. Hard links have one together. */
export interface ImageContent {
  readonly layer: number;
  /** Which entry of the layer, from 0 on. */
  readonly ordinal: number;
  readonly bytes: number;
  readonly mode: number;
  readonly modified: Date;
}

interface Directory {
  readonly kind: 'directory';
  /** Absent where only the path of something in it tells that it is there. */
  mode?: number;
  /** Nothing of the layers below is in it. */
  isOpaque?: boolean;
  readonly children: Map<string, Node>;
}

type Node =
  | Directory
  | { readonly kind: 'file'; readonly content: ImageContent }
  | { readonly kind: 'place' }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'whiteout' };

/** A tree to be written: directories before what is in them. */
export interface ImagePlan {
  readonly directories: readonly { readonly path: string; readonly mode: number }[];
  /** Empty files, to be mounted on. */
  readonly places: readonly string[];
  readonly symlinks: ReadonlyMap<string, string>;
  /** The paths of each content. */
  readonly files: ReadonlyMap<ImageContent, readonly string[]>;
}

/**
 * Reads the heads of all layers, the lowest first; contents are read later.
 * @throws ArchiveRefused
 */
export async function planImage(
  layers: readonly ArchiveLayer[],
  places: DirectoryPlaces,
  limits: DirectoryLimits,
): Promise<ImagePlan> {
  const root = newDirectory();
  const counts = { entries: 0, bytes: 0, namesBytes: 0 };
  for (const [index, layer] of layers.entries()) {
    const upper = newDirectory();
    let ordinal = 0;
    await eachEntry(layer, limits, (entry) => {
      counts.entries += 1;
      counts.bytes += entry.size;
      counts.namesBytes += Buffer.byteLength(entry.path + (entry.linkpath ?? ''));
      counts.entries += addEntry({ lower: root, upper }, entry, { layer: index, ordinal });
      check(counts, limits);
      ordinal += 1;
    });
    merge(root, upper);
  }
  for (const path of places.directories) replace(root, path, newDirectory());
  for (const path of places.files) replace(root, path, { kind: 'place' });
  return flatten(root);
}

interface Counts {
  /** Of what the tree has, also where only the path of something in it tells that it is there. */
  readonly entries: number;
  readonly bytes: number;
  readonly namesBytes: number;
}

function check(
  { entries, bytes, namesBytes }: Counts,
  { entriesMax, bytesMax }: DirectoryLimits,
): void {
  if (entries > entriesMax || namesBytes > NAMES_BYTES_MAX) {
    throw new ArchiveRefused('too-many-entries', `the image has more than ${entriesMax} entries`);
  }
  if (bytes > bytesMax) {
    throw new ArchiveRefused('too-large', `the image unpacks to more than ${bytesMax} bytes`);
  }
}

function newDirectory(): Directory {
  return { kind: 'directory', children: new Map() };
}

interface Trees {
  readonly lower: Directory;
  readonly upper: Directory;
}

/** Answers how many directories above it were made for it. */
function addEntry(
  trees: Trees,
  entry: ReadEntry,
  where: { readonly layer: number; readonly ordinal: number },
): number {
  const parts = partsOf(entry.path);
  const name = parts.pop();
  if (name === undefined) return 0;
  const { directory, made } = directoryAt(trees.upper, parts);
  addTo(directory, name, { ...trees, entry, where });
  return made;
}

interface Addition extends Trees {
  readonly entry: ReadEntry;
  readonly where: { readonly layer: number; readonly ordinal: number };
}

function addTo(parent: Directory, name: string, { lower, upper, entry, where }: Addition): void {
  if (name === OPAQUE) {
    parent.isOpaque = true;
    return;
  }
  if (name.startsWith(WHITEOUT)) {
    hide(parent, name.slice(WHITEOUT.length));
    return;
  }
  const mode = (entry.mode ?? DIRECTORY_MODE) & 0o777;
  switch (entry.type) {
    case 'Directory': {
      directoryAt(parent, [name]).directory.mode = mode;
      return;
    }
    case 'File':
    case 'OldFile':
    case 'ContiguousFile': {
      const modified = entry.mtime ?? new Date(0);
      const content = { ...where, bytes: entry.size, mode, modified };
      parent.children.set(name, { kind: 'file', content });
      return;
    }
    case 'SymbolicLink': {
      parent.children.set(name, { kind: 'symlink', target: targetOf(entry) });
      return;
    }
    case 'Link': {
      const target = partsOf(entry.linkpath ?? '');
      const found = find(upper, target) ?? find(lower, target);
      if (found?.kind !== 'file' && found?.kind !== 'symlink') {
        throw new ArchiveRefused('malformed', `${entry.path} is a link to no file of the image`);
      }
      parent.children.set(name, found);
      return;
    }
    default:
    // Devices and pipes: a sandbox has its own, and no others.
  }
}

/** Takes away what the layers below have under a name; what this layer has there remains, whichever comes first. */
function hide(parent: Directory, name: string): void {
  const node = parent.children.get(name);
  if (node?.kind === 'directory') node.isOpaque = true;
  else if (node === undefined) parent.children.set(name, { kind: 'whiteout' });
}

function targetOf({ path, linkpath = '' }: ReadEntry): string {
  if (Buffer.byteLength(linkpath) > TARGET_BYTES_MAX) {
    throw new ArchiveRefused('unsupported', `${path} is a link to a name that no file can have`);
  }
  return linkpath;
}

/** The parts of a path below the root, wherever it says that it begins. */
function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) {
    throw new ArchiveRefused('path-escapes', `${path} leads out of the image`);
  }
  const isTooLong =
    Buffer.byteLength(path) > PATH_BYTES_MAX ||
    parts.some((part) => Buffer.byteLength(part) > PART_BYTES_MAX);
  if (isTooLong || path.includes('\0')) {
    throw new ArchiveRefused('unsupported', 'a name is none that a file system takes');
  }
  return parts;
}

/** The directory at a path, made where something else or nothing is. */
function directoryAt(
  root: Directory,
  parts: readonly string[],
): { readonly directory: Directory; readonly made: number } {
  let directory = root;
  let made = 0;
  for (const part of parts) {
    let next = directory.children.get(part);
    if (next?.kind !== 'directory') {
      // What stood here hides what is below, as the directory in its place does then.
      const isOpaque = next !== undefined;
      next = { ...newDirectory(), isOpaque };
      directory.children.set(part, next);
      made += 1;
    }
    directory = next;
  }
  return { directory, made };
}

function find(root: Directory, parts: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const part of parts) node = node?.kind === 'directory' ? node.children.get(part) : undefined;
  return node;
}

/** Lays a layer over what is below it. */
function merge(lower: Directory, upper: Directory): void {
  if (upper.mode !== undefined) lower.mode = upper.mode;
  if (upper.isOpaque === true) lower.children.clear();
  for (const [name, node] of upper.children) {
    const below = lower.children.get(name);
    if (node.kind === 'whiteout') lower.children.delete(name);
    else if (node.kind !== 'directory') lower.children.set(name, node);
    else if (below?.kind === 'directory') merge(below, node);
    else {
      const fresh = newDirectory();
      lower.children.set(name, fresh);
      merge(fresh, node);
    }
  }
}

function replace(root: Directory, path: string, node: Node): void {
  const parts = partsOf(path);
  const name = present(parts.pop(), 'a place has a name');
  directoryAt(root, parts).directory.children.set(name, node);
}

function flatten(root: Directory): ImagePlan {
  const directories: { path: string; mode: number }[] = [];
  const places: string[] = [];
  const symlinks = new Map<string, string>();
  const files = new Map<ImageContent, string[]>();
  const visit = (directory: Directory, prefix: string): void => {
    for (const [name, node] of directory.children) {
      const path = `${prefix}${name}`;
      if (node.kind === 'directory') {
        directories.push({ path, mode: node.mode ?? DIRECTORY_MODE });
        visit(node, `${path}/`);
      } else if (node.kind === 'symlink') symlinks.set(path, node.target);
      else if (node.kind === 'place') places.push(path);
      else if (node.kind === 'file') {
        const paths = files.get(node.content);
        if (paths === undefined) files.set(node.content, [path]);
        else paths.push(path);
      }
    }
  };
  visit(root, '');
  return { directories, places, symlinks, files };
}
