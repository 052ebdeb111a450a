/** One entry of an archive, as its reader meets it. `path` is relative, with `/`, and already checked by nobody. */
export type ArchiveEntry =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly content: AsyncIterable<Uint8Array>;
    }
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string };

/** One layer of a container image: a tar archive of what it changes of those below. */
export interface ArchiveLayer {
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** The archive's bytes; may be called again. */
  open(): AsyncIterable<Uint8Array>;
}

/** Paths of a tree that are there to be mounted on, whatever else was at them: relative, with `/`. */
export interface DirectoryPlaces {
  readonly directories: readonly string[];
  readonly files: readonly string[];
}

export interface DirectoryLimits {
  readonly bytesMax: number;
  readonly entriesMax: number;
}

/** An immutable directory tree that a sandbox can mount read-only. */
export interface StoredDirectory {
  readonly id: string;
  /** Where the sandbox driver finds it. */
  readonly path: string;
  /** Sum of the files' sizes. */
  readonly bytes: number;
}

/** Why an archive was refused; nothing of it is left behind. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
  readonly reason: 'malformed' | 'too-large' | 'too-many-entries' | 'path-escapes' | 'unsupported';
  constructor(reason: ArchiveRefused['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Trees of files unpacked from archives: a function's code, a layer. */
export interface DirectoryStore {
  /**
   * Unpacks a zip archive held in memory or in a blob's bytes.
   * @throws ArchiveRefused for paths or symlinks that leave the root, bombs, and what is no zip
   */
  unpackZip(archive: Uint8Array, limits: DirectoryLimits): Promise<StoredDirectory>;
  /** One tree of several, later ones over earlier ones; the layers of a function, at /opt. */
  merge(ids: readonly string[], limits: DirectoryLimits): Promise<StoredDirectory>;
  /**
   * The tree of a container image, the lowest layer first: with whiteouts obeyed, hard links, modes, and symbolic links
   * that lead where they do below that root; without owners, devices, and bits that lend rights.
   * @throws ArchiveRefused
   */
  unpackImage(
    layers: readonly ArchiveLayer[],
    places: DirectoryPlaces,
    limits: DirectoryLimits,
  ): Promise<StoredDirectory>;
  /** The names in a directory of a tree, relative, with `/`; none where there is no such directory. */
  namesIn(id: string, path: string): Promise<readonly string[]>;
  find(id: string): Promise<StoredDirectory | undefined>;
  delete(id: string): Promise<void>;
  list(): AsyncIterable<string>;
}
