import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CGROUP_PARENT, cgroupPath } from './bundle.ts';
import type { Resources } from './bundle.ts';

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

  /**
   * Makes the group that counts memory before the runtime starts. gVisor's takes its groups away with the
   * container, so that nobody could read why it ended, but leaves one that was there (version 1).
   */
  async makeMemory({ memory }: Resources): Promise<void> {
    if (this.#isV2) return;
    const limit = this.#file('memory', 'memory.limit_in_bytes', 'memory.max');
    await mkdir(path.dirname(limit), { recursive: true });
    await writeFile(limit, String(memory.limit));
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

  /** Sets other limits than the bundle's, while the container runs. */
  async limit({ memory, cpu }: Resources): Promise<void> {
    await writeFile(
      this.#file('memory', 'memory.limit_in_bytes', 'memory.max'),
      String(memory.limit),
    );
    const quota = this.#isV2 ? `${cpu.quota} ${cpu.period}` : String(cpu.quota);
    await writeFile(this.#file('cpu', 'cpu.cfs_quota_us', 'cpu.max'), quota);
    // 1024 shares of version 1 are a weight of 100.
    const weight = Math.max(1, Math.round((cpu.shares * 100) / 1024));
    const share = this.#isV2 ? weight : cpu.shares;
    await writeFile(this.#file('cpu', 'cpu.shares', 'cpu.weight'), String(share));
  }

  /** 0 when the group is no more. */
  async peakMemoryBytes(): Promise<number> {
    const file = this.#file('memory', 'memory.max_usage_in_bytes', 'memory.peak');
    return Number(await readFile(file, 'utf8').catch(() => '0'));
  }

  /** How often the kernel killed inside for want of memory; `undefined` when the group is no more. */
  async outOfMemoryKills(): Promise<number | undefined> {
    const file = this.#file('memory', 'memory.oom_control', 'memory.events');
    const text = await readFile(file, 'utf8').catch(() => '');
    const kills = /^oom_kill (\d+)$/m.exec(text)?.[1];
    return kills === undefined ? undefined : Number(kills);
  }

  /** Takes away what is left of it where the runtime was killed. */
  async remove(): Promise<void> {
    await removeEverywhere(this.#path);
  }

  #file(controller: string, v1: string, v2: string): string {
    return this.#isV2 ? `${ROOT}${this.#path}/${v2}` : `${ROOT}/${controller}${this.#path}/${v1}`;
  }
}

/** Takes away the group above all containers, unless another server has some below it. */
export async function removeCgroupParents(): Promise<void> {
  await removeEverywhere(CGROUP_PARENT);
}

/** A runtime makes its groups in every hierarchy that is mounted, also in those it sets no limit in. */
async function removeEverywhere(group: string): Promise<void> {
  const controllers = await readdir(ROOT).catch(() => []);
  for (const controller of ['', ...controllers]) {
    await rmdir(path.join(ROOT, controller, group)).catch(() => {});
  }
}
