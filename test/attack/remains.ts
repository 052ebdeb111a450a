/** What sandboxes could leave on a machine, counted. */
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';

export interface Remains {
  readonly groups: number;
  readonly cables: number;
  readonly loopDevices: number;
  readonly launcherDescriptors: number;
  readonly launcherMounts: number;
  readonly ownDescriptors: number;
  readonly children: number;
  readonly files: number;
}

/** @param launcherPid of the launcher whose sandboxes are counted, whose number on this machine is `number` */
export function countRemains(launcherPid: number, number: number, directory: string): Remains {
  return {
    groups: groupsOf(number).length,
    cables: readdirSync('/sys/class/net').filter((name) => name.startsWith(`hv${number}.`)).length,
    loopDevices: loopDevicesIn(directory),
    launcherDescriptors: entriesOf(`/proc/${launcherPid}/fd`).length,
    launcherMounts: textOf(`/proc/${launcherPid}/mounts`).split('\n').length,
    ownDescriptors: entriesOf('/proc/self/fd').length,
    children: childrenOf(launcherPid).length,
    files: readdirSync(directory, { recursive: true }).length,
  };
}

/** The control groups of a launcher's sandboxes, in all hierarchies, each as its path and inode. */
export function groupsOf(number: number): string[] {
  return groupBases(number).flatMap((base) => {
    const names = entriesOf(base).filter((name) => /^\d+$/.test(name));
    return names.map((name) => `${base}/${name} ${inodeOf(path.join(base, name))}`);
  });
}

/** Where the groups of a launcher's sandboxes are: in each hierarchy of version 1, in the own group of version 2. */
export function groupBases(number: number): string[] {
  const own = /^0::(.*)$/m.exec(textOf('/proc/self/cgroup'))?.[1] ?? '/';
  const parents = ['/', own.replace(/\/hearth-server$/, ''), ...entriesOf('/sys/fs/cgroup')];
  const bases = parents.map((parent) => path.join('/sys/fs/cgroup', parent, `hearth${number}`));
  return [...new Set(bases)].filter((base) => existsSync(base));
}

/** Which of the launchers on this machine a process is, by the lock that it holds. */
export function numberOf(launcherPid: number): number {
  for (const name of entriesOf(`/proc/${launcherPid}/fd`)) {
    const target = linkOf(`/proc/${launcherPid}/fd/${name}`);
    const number = /^\/run\/hearth\/(\d+)\.lock$/.exec(target)?.[1];
    if (number !== undefined) return Number(number);
  }
  throw new Error(`process ${launcherPid} is no launcher`);
}

/** Processes whose parent is `pid`. */
export function childrenOf(pid: number): number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Those, their children, and so on. */
export function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendantsOf)];
}

export function isAlive(pid: number): boolean {
  const state = /^State:\s+(\w)/m.exec(textOf(`/proc/${pid}/status`))?.[1];
  return state !== undefined && state !== 'Z';
}

/** Asks again until it holds: what the kernel takes away in the background takes a while. */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`never: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What is counted once it stays for a second: what is just being built or taken away is nothing to compare with. */
export async function settled(count: () => Remains): Promise<string> {
  let last = '';
  let sinceMs = performance.now();
  await until(
    () => {
      const now = JSON.stringify(count());
      if (now !== last) sinceMs = performance.now();
      last = now;
      return performance.now() - sinceMs > 1000;
    },
    () => last,
  );
  return last;
}

function loopDevicesIn(directory: string): number {
  const names = entriesOf('/sys/block').filter((name) => name.startsWith('loop'));
  const files = names.map((name) => textOf(`/sys/block/${name}/loop/backing_file`));
  return files.filter((file) => file.startsWith(directory)).length;
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function inodeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? 0;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
