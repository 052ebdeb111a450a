import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { removeTree } from '#adapters/files/index.ts';
import type { SandboxMount } from '#ports/world/sandbox.ts';

/** Paths that mean the same inside every sandbox, and that a plain process finds elsewhere. */
const TARGETS = ['/var/task', '/var/runtime', '/var/lang', '/opt'];
const TARGET = new RegExp(`(^|[:=,])(${TARGETS.join('|')})(?=[/:,]|$)`, 'g');

/** One directory for a plain process, in which links stand where a sandbox has mounts. */
export class ProcessDirectory implements AsyncDisposable {
  readonly path: string;
  readonly #targets = new Set<string>();

  private constructor(directory: string) {
    this.path = directory;
  }

  /** Makes the directory, with an empty `tmp` in it. */
  static async make(directory: string): Promise<ProcessDirectory> {
    await remove(directory);
    await mkdir(path.join(directory, 'tmp'), { recursive: true, mode: 0o700 });
    return new ProcessDirectory(directory);
  }

  /** Shows `mount.source` at `mount.target`; other paths of the host are there as they are. */
  async link(mount: SandboxMount): Promise<void> {
    this.#targets.add(mount.target);
    const link = this.inside(mount.target);
    if (link === mount.target) return;
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(path.resolve(mount.source), link);
  }

  /** Whether something is shown at this target. */
  has(target: string): boolean {
    return this.#targets.has(target);
  }

  /** A text in which the paths of sandboxes are those of this directory: `/opt/bin:/usr/bin`. */
  inside(text: string): string {
    return text.replaceAll(TARGET, (_, before: string, target: string) => {
      return `${before}${this.path}${target}`;
    });
  }

  environmentInside(
    environment: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> {
    const entries = Object.entries(environment);
    return Object.fromEntries(entries.map(([name, value]) => [name, this.inside(value)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await remove(this.path);
  }
}

/** Nearly always without a process for it; what a function made of its directory may need one. */
async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true }).catch(() => removeTree(directory));
}
