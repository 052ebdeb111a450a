import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { CgroupPlace, Resources } from './bundle.ts';

const ROOT = '/sys/fs/cgroup';
/** The group above all containers. */
const PARENT = '/hearth-oci';
const FREEZE_LOOKS_MAX = 500;
const FREEZE_LOOK_MS = 2;

/**
 * Where the group of a container goes.
 *
 * @param ownGroup the directory of the server's group of version 2, which alone was given to it; else empty
 */
export function cgroupPlace(id: string, ownGroup: string): CgroupPlace {
  return { isV2: ownGroup !== '', path: `${parentIn(ownGroup)}/${id}` };
}

function parentIn(ownGroup: string): string {
  return `${ownGroup.slice(ROOT.length)}${PARENT}`;
}

/**
 * The weight of version 2, 1 to 10,000, for the shares of version 1, as the runtimes reckon it.
 * @see https://github.com/containers/crun/blob/main/crun.1.md#cgroup-v2
 */
export function weightOf(shares: number): number {
  return 1 + Math.floor(((shares - 2) * 9999) / 262_142);
}

/** The control group that an OCI runtime made for one container, of version 1 or 2. */
export class OciCgroup {
  readonly #path: string;
  readonly #isV2: boolean;

  constructor({ path: place, isV2 }: CgroupPlace) {
    this.#path = place;
    this.#isV2 = isV2;
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
    const share = this.#isV2 ? weightOf(cpu.shares) : cpu.shares;
    await writeFile(this.#file('cpu', 'cpu.shares', 'cpu.weight'), String(share));
  }

  /** 0 when the group is no more; what is used now where the kernel counts no peak (version 2, Linux before 5.19). */
  async peakMemoryBytes(): Promise<number> {
    const file = this.#file('memory', 'memory.max_usage_in_bytes', 'memory.peak');
    const now = this.#file('memory', 'memory.usage_in_bytes', 'memory.current');
    const text = await readFile(file, 'utf8').catch(() => readFile(now, 'utf8').catch(() => '0'));
    return Number(text);
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
export async function removeCgroupParents(ownGroup: string): Promise<void> {
  await removeEverywhere(parentIn(ownGroup));
}

/** A runtime makes its groups in every hierarchy that is mounted, also in those it sets no limit in. */
async function removeEverywhere(group: string): Promise<void> {
  const controllers = await readdir(ROOT).catch(() => []);
  for (const controller of ['', ...controllers]) {
    await rmdir(path.join(ROOT, controller, group)).catch(() => {});
  }
}
