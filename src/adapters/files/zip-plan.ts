/**
 * What a zip archive wants to unpack, checked before a byte of it is written: names, kinds, conflicts.
 * Later entries replace earlier ones of the same path, as unzipping one after another would.
 */
import { fromBufferPromise, validateFileName } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { ArchiveRefused } from '#ports/world/directory-store.ts';
import type { DirectoryLimits } from '#ports/world/directory-store.ts';

/** Linux's own bounds on a path and on a part of it; the root's path comes before. */
export const PATH_BYTES_MAX = 3072;
export const PART_BYTES_MAX = 255;

/** The kind in the upper bits of a Unix mode. @see inode(7) */
const KIND_MASK = 0o170000;
const KIND_REGULAR = 0o100000;
const KIND_DIRECTORY = 0o040000;
const KIND_SYMLINK = 0o120000;
/** Hosts of `versionMadeBy` whose attributes carry a Unix mode: Unix and macOS. @see APPNOTE.TXT 4.4.2 */
const UNIX_HOSTS: readonly number[] = [3, 19];
const STORED = 0;
const DEFLATED = 8;

export interface PlannedFile {
  readonly kind: 'file' | 'symlink';
  readonly path: string;
  /** Permission bits: readable by all, as AWS asks for, executable as the archive says. */
  readonly mode: number;
  readonly entry: Entry;
}

export interface ZipPlan {
  readonly zip: ZipFile;
  /** Every directory, also those that only paths imply; parents first. */
  readonly directories: readonly string[];
  readonly files: readonly PlannedFile[];
  readonly symlinks: readonly PlannedFile[];
}

/**
 * Reads the archive's directory; nothing of its contents.
 * @throws ArchiveRefused
 */
export async function planZip(archive: Uint8Array, limits: DirectoryLimits): Promise<ZipPlan> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const zip = await fromBufferPromise(bytes, { lazyEntries: true }).catch(refuseMalformed);
  if (zip.entryCount > limits.entriesMax) throw tooManyEntries(limits);
  const nodes = new Map<string, PlannedFile | 'directory'>();
  let bytesPromised = 0;
  const entries = zip.eachEntry();
  for (;;) {
    const next = await entries.next().catch(refuseMalformed);
    if (next.done === true) break;
    bytesPromised += next.value.uncompressedSize;
    if (bytesPromised > limits.bytesMax) throw tooLarge(limits);
    addEntry(nodes, next.value);
    if (nodes.size > limits.entriesMax) throw tooManyEntries(limits);
  }
  const files = [...nodes.values()].filter((node) => node !== 'directory');
  return {
    zip,
    directories: [...nodes]
      .filter(([, node]) => node === 'directory')
      .map(([path]) => path)
      .sort(),
    files: files.filter(({ kind }) => kind === 'file'),
    symlinks: files.filter(({ kind }) => kind === 'symlink'),
  };
}

/** More bytes than the limit, promised or found. */
export function tooLarge(limits: DirectoryLimits): ArchiveRefused {
  return new ArchiveRefused(
    'too-large',
    `the archive unpacks to more than ${limits.bytesMax} bytes`,
  );
}

function tooManyEntries(limits: DirectoryLimits): ArchiveRefused {
  return new ArchiveRefused(
    'too-many-entries',
    `the archive has more than ${limits.entriesMax} entries`,
  );
}

function addEntry(nodes: Map<string, PlannedFile | 'directory'>, entry: Entry): void {
  const parts = partsOf(entry.fileName);
  const path = parts.join('/');
  if (path === '') return;
  const node = nodeOf(path, entry);
  addParents(nodes, path);
  if (node === 'directory') return addDirectory(nodes, path);
  if (nodes.get(path) === 'directory') throw conflict(path);
  nodes.set(path, node);
}

/** From the last one up: where one is there, so are all above it, and names may be a thousand directories deep. */
function addParents(nodes: Map<string, PlannedFile | 'directory'>, path: string): void {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const parent = path.slice(0, end);
    if (nodes.get(parent) === 'directory') return;
    addDirectory(nodes, parent);
  }
}

function addDirectory(nodes: Map<string, PlannedFile | 'directory'>, path: string): void {
  const present = nodes.get(path);
  if (present === undefined) nodes.set(path, 'directory');
  else if (present !== 'directory') throw conflict(path);
}

function conflict(path: string): ArchiveRefused {
  return new ArchiveRefused(
    'malformed',
    `the archive has a directory and something else at ${path}`,
  );
}

/** The parts of an entry's name, without empty ones and `.`. */
function partsOf(fileName: string): string[] {
  const complaint = validateFileName(fileName);
  if (complaint !== null) throw new ArchiveRefused('path-escapes', complaint);
  if (fileName.includes('\0')) throw new ArchiveRefused('malformed', 'a name has a zero byte');
  const parts = fileName.split('/').filter((part) => part !== '' && part !== '.');
  const isTooLong =
    Buffer.byteLength(fileName) > PATH_BYTES_MAX ||
    // The first comparison is for speed alone: no character has more than three bytes for each unit of its length.
    parts.some(
      (part) => part.length * 3 > PART_BYTES_MAX && Buffer.byteLength(part) > PART_BYTES_MAX,
    );
  if (isTooLong)
    throw new ArchiveRefused('unsupported', 'a name is longer than a file system takes');
  return parts;
}

function nodeOf(path: string, entry: Entry): PlannedFile | 'directory' {
  const isUnix = UNIX_HOSTS.includes(entry.versionMadeBy >> 8);
  const attributes = isUnix ? entry.externalFileAttributes >>> 16 : 0;
  const kind = attributes & KIND_MASK;
  if (entry.fileName.endsWith('/') || kind === KIND_DIRECTORY) return 'directory';
  if (kind !== 0 && kind !== KIND_REGULAR && kind !== KIND_SYMLINK) {
    throw new ArchiveRefused('unsupported', `${path} is neither file, directory nor symbolic link`);
  }
  if (entry.isEncrypted()) throw new ArchiveRefused('unsupported', `${path} is encrypted`);
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw new ArchiveRefused('unsupported', `${path} is compressed by an unknown method`);
  }
  const mode = (attributes & 0o777) === 0 ? 0o644 : (attributes & 0o755) | 0o444;
  return { kind: kind === KIND_SYMLINK ? 'symlink' : 'file', path, mode, entry };
}

/** yauzl's complaints about names, which it makes while it reads, are of another kind than the rest. */
function refuseMalformed(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  const isName = /^(?:absolute path|invalid relative path|invalid characters in fileName)/.test(
    message,
  );
  throw new ArchiveRefused(isName ? 'path-escapes' : 'malformed', message);
}
