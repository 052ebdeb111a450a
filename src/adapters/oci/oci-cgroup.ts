import { existsSync } from 'node:fs';
import { readFile, rmdir, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { cgroupPath } from './bundle.ts';

const ROOT = '/sys/fs/cgroup';
const FREEZE_LOOKS_MAX = 500;
const FREEZE_LOOK_MS = 2;

/** The control group that an OCI runtime made for one container, of version 1 or 2. */
export class OciCgroup {
  readonly #path: string;
  readonly #isV2: boolean;

  constructor(id: string) {
    this.#path = cgroupPath(id);
    this.#isV2 = existsSync(`${ROOT}/cgroup.controllers`);
  }

  /** Resolves once every process stands still; written here, as `pause` would cost a process. */
  async freeze(): Promise<void> {
    await writeFile(
      this.#file('freezer', 'freezer.state', 'cgroup.freeze'),
      this.#isV2 ? '1' : 'FROZEN',
    );
    const state = this.#file('freezer', 'freezer.state', 'cgroup.events');
    for (let look = 0; look < FREEZE_LOOKS_MAX; look += 1) {
      if (/^FROZEN|^frozen 1/m.test(await readFile(state, 'utf8'))) return;
      await setTimeout(FREEZE_LOOK_MS);
    }
  }

  async thaw(): Promise<void> {
    await writeFile(
      this.#file('freezer', 'freezer.state', 'cgroup.freeze'),
      this.#isV2 ? '0' : 'THAWED',
    );
  }

  /** 0 when the group is no more. */
  async peakMemoryBytes(): Promise<number> {
    const file = this.#file('memory', 'memory.max_usage_in_bytes', 'memory.peak');
    return Number(await readFile(file, 'utf8').catch(() => '0'));
  }

  /** Takes away what is left of it where the runtime was killed. */
  async remove(): Promise<void> {
    const controllers = this.#isV2 ? [''] : ['memory', 'cpu', 'pids', 'freezer'];
    for (const controller of controllers) {
      await rmdir(`${ROOT}/${controller}${this.#path}`).catch(() => {});
    }
  }

  #file(controller: string, v1: string, v2: string): string {
    return this.#isV2 ? `${ROOT}${this.#path}/${v2}` : `${ROOT}/${controller}${this.#path}/${v1}`;
  }
}
