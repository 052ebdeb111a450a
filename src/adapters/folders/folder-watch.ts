/*
 * One folder of files that people write, watched by the kernel's notices, a watch for each folder below it.
 *
 * Owns: the watches.
 *
 * I1 `revision` answers another number after each change that was made before it was called: the notices that
 *    the kernel had by then are read first, and folders that are new are looked into.
 * I2 A folder is watched before it is listed, and counts as changed once more when it was.
 * I3 Where a watch cannot be had, nothing is known: each answer is another.
 */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';

export interface FolderWatchOptions {
  readonly path: string;
  /** Called with each notice, before `revision` counts it. */
  readonly onChange: () => void;
  /** Changes can no longer be told: the machine's watches are used up. */
  readonly onBlind?: (error: unknown) => void;
  /** Called once, when `isGone` begins to hold. */
  readonly onGone?: () => void;
}

/** What editors, languages and Git write on the side. */
const IGNORED = /^(?:\.git|\.hearth|__pycache__|\.DS_Store|4913)$|~$|\.sw[a-px]$/;
const FOLDERS_MAX = 50_000;

export class FolderWatch implements Disposable {
  readonly #options: FolderWatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  /** Folders that are being looked into. */
  readonly #looking = new Set<Promise<void>>();
  #revision = 0;
  #isBlind = false;
  #isClosed = false;
  #isGone = false;
  #isOpen = false;

  private constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** Watches a folder; resolves once all below it is watched. */
  static async open(options: FolderWatchOptions): Promise<FolderWatch> {
    const opened = new FolderWatch(options);
    opened.#look(options.path);
    await opened.#looked();
    opened.#isOpen = true;
    return opened;
  }

  /** A number that grows with each change (I1). */
  async revision(): Promise<number> {
    // Two turns of the event loop: the first may have begun before the last change.
    await turn();
    await turn();
    await this.#looked();
    if (this.#isBlind) this.#revision += 1;
    return this.#revision;
  }

  /** The folder itself was taken away, or something of its name came or went: what is there now is not watched. */
  get isGone(): boolean {
    return this.#isGone;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#isOpen = false;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  async #looked(): Promise<void> {
    while (this.#looking.size > 0) await Promise.all(this.#looking);
  }

  #look(path: string): void {
    const looking = this.#watchBelow(path)
      .catch((error: unknown) => this.#goBlind(error))
      .finally(() => this.#looking.delete(looking));
    this.#looking.add(looking);
  }

  /** `isWanted` is asked after each wait: a folder that was replaced is looked into by whoever saw that. */
  async #watchBelow(path: string, isWanted = (): boolean => true): Promise<void> {
    const isStill = (await isFolder(path)) && isWanted() && !this.#isClosed;
    if (!isStill || this.#watchers.has(path)) return;
    if (this.#watchers.size >= FOLDERS_MAX) throw new Error(`more than ${FOLDERS_MAX} folders`);
    try {
      const watcher = watch(path, (event, name) => this.#notice(path, event, name));
      watcher.on('error', () => this.#drop(path));
      this.#watchers.set(path, watcher);
      const entries = await readdir(path, { withFileTypes: true });
      const folders = entries.filter((entry) => entry.isDirectory() && !IGNORED.test(entry.name));
      const isHere = (): boolean => this.#watchers.get(path) === watcher;
      await Promise.all(folders.map(({ name }) => this.#watchBelow(join(path, name), isHere)));
    } catch (error) {
      // It went while it was looked into: its parent's notice tells.
      if (await isFolder(path)) throw error;
    }
    this.#change();
  }

  #notice(path: string, event: string, name: string | null): void {
    if (name !== null && IGNORED.test(name)) return;
    this.#change();
    if (event !== 'rename' || name === null) return;
    const { path: root, onGone } = this.#options;
    if (path === root && name === basename(root) && !this.#isGone) {
      this.#isGone = true;
      onGone?.();
    }
    // One that came, went, or was replaced.
    this.#drop(join(path, name));
    this.#look(join(path, name));
  }

  #change(): void {
    this.#revision += 1;
    if (this.#isOpen) this.#options.onChange();
  }

  /** Forgets a folder and all below it. */
  #drop(path: string): void {
    if (!this.#watchers.has(path)) return;
    for (const [watched, watcher] of this.#watchers) {
      if (watched !== path && !watched.startsWith(path + sep)) continue;
      watcher.close();
      this.#watchers.delete(watched);
    }
  }

  #goBlind(error: unknown): void {
    if (!this.#isBlind) this.#options.onBlind?.(error);
    this.#isBlind = true;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch {
    return false;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
