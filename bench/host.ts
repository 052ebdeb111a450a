/** What of the machine a server and its sandboxes hold, counted from outside. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryMiBOf } from './process-stat.ts';

export interface HostUse {
  readonly serverMiB: number;
  readonly serverDescriptors: number;
  readonly launcherMiB: number;
  readonly launcherDescriptors: number;
  /** First processes of sandboxes: those that wait built, too. */
  readonly sandboxes: number;
  readonly processes: number;
  readonly mounts: number;
  readonly controlGroups: number;
  readonly interfaces: number;
  /** Files and folders of the data directory. */
  readonly files: number;
}

/** Counts what is held now; control groups and interfaces are the machine's, of all servers; mounts are those of the server's and the launcher's namespaces. */
export function hostUse(serverPid: number, dataDir: string): HostUse {
  const launcherPid = childrenOf(serverPid)[0] ?? serverPid;
  return {
    serverMiB: memoryMiBOf(serverPid),
    serverDescriptors: readdirSync(`/proc/${serverPid}/fd`).length,
    launcherMiB: memoryMiBOf(launcherPid),
    launcherDescriptors: readdirSync(`/proc/${launcherPid}/fd`).length,
    sandboxes: childrenOf(launcherPid).length,
    processes: descendantsOf(launcherPid),
    mounts: [serverPid, launcherPid].reduce((sum, pid) => sum + mountsOf(pid), 0),
    controlGroups: controlGroups(),
    interfaces: readdirSync('/sys/class/net').length,
    files: readdirSync(dataDir, { recursive: true }).length,
  };
}

/** Memory of the machine that is in use, in MiB. */
export function usedMemoryMiB(): number {
  return memoryField('MemTotal') - memoryField('MemAvailable');
}

/** Memory of the machine that could be had, in MiB. */
export function availableMemoryMiB(): number {
  return memoryField('MemAvailable');
}

function memoryField(name: string): number {
  const text = readFileSync('/proc/meminfo', 'utf8');
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) / 1024;
}

/** The processes that a process began. */
export function childrenOf(processId: number): number[] {
  return readdirSync(`/proc/${processId}/task`).flatMap((thread) =>
    readOr(`/proc/${processId}/task/${thread}/children`)
      .split(' ')
      .filter((text) => text !== '')
      .map(Number),
  );
}

function descendantsOf(processId: number): number {
  try {
    return childrenOf(processId).reduce((sum, child) => sum + 1 + descendantsOf(child), 0);
  } catch {
    // It ended while it was looked at.
    return 0;
  }
}

function mountsOf(processId: number): number {
  return readOr(`/proc/${processId}/mountinfo`).split('\n').length;
}

/** Groups of Hearth's in the first hierarchy that has any; every sandbox has one in each. */
function controlGroups(): number {
  const roots = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup'];
  return roots.reduce((most, root) => Math.max(most, groupsBelow(root)), 0);
}

function groupsBelow(root: string): number {
  try {
    const own = readdirSync(root).filter((name) => name.startsWith('hearth'));
    return own.reduce((sum, name) => sum + foldersIn(join(root, name)), 0);
  } catch {
    return 0;
  }
}

function foldersIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).length;
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
