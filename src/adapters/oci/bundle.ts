/**
 * What an OCI runtime is told: the same files, limits and refusals as the launcher's own sandboxes.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
import { limitFields } from '#adapters/launcher/index.ts';
import type { SandboxLimits, SandboxMount } from '#ports/world/sandbox.ts';
import { MIB } from '#kernel/units.ts';
import { seccompOf } from './seccomp.ts';

export interface BundleOptions {
  /** The shared read-only root, a directory of the host. */
  readonly root: string;
  /** A directory of the host that is /tmp inside. */
  readonly temporary: string;
  readonly uid: number;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly mounts: readonly SandboxMount[];
  readonly limits: SandboxLimits;
  readonly cgroup: CgroupPlace;
  /** Not the host's kernel answers the function's calls, but one between them. */
  readonly hasOwnKernel: boolean;
}

/** Where a container's control group is. */
export interface CgroupPlace {
  readonly isV2: boolean;
  /** Below every controller's root, of version 2 below the mount: `/hearth-oci/ID`. */
  readonly path: string;
}

const DESCRIPTORS_MAX = 1024;
const PROCESSES_MAX = 1024;
const CPU_PERIOD_US = 20_000;
const CPU_SHARES_OF_A_CORE = 1024;

/** As native/launcher/confine.c sets them. */
const RESOURCE_LIMITS: readonly (readonly [string, number])[] = [
  ['NOFILE', DESCRIPTORS_MAX],
  ['CORE', 0],
  ['MEMLOCK', 65_536],
  ['MSGQUEUE', 0],
  ['NICE', 0],
  ['RTPRIO', 0],
];

const MASKED_PATHS = [
  '/proc/kcore',
  '/proc/keys',
  '/proc/timer_list',
  '/proc/sched_debug',
  '/proc/latency_stats',
  '/proc/interrupts',
];

/** The content of a bundle's config.json. */
export function bundleConfig(options: BundleOptions): object {
  const { uid, root, command, environment, workingDirectory, cgroup, limits } = options;
  return {
    ociVersion: '1.0.2',
    root: { path: root, readonly: true },
    hostname: 'sandbox',
    process: {
      terminal: false,
      user: { uid, gid: uid },
      args: command,
      env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      cwd: workingDirectory,
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
      rlimits: RESOURCE_LIMITS.map(([name, most]) => {
        return { type: `RLIMIT_${name}`, hard: most, soft: most };
      }),
      noNewPrivileges: true,
    },
    mounts: mountsOf(options),
    linux: {
      // No network namespace is asked for: the runtime itself runs in the sandbox's.
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
      cgroupsPath: cgroup.path,
      resources: cgroup.isV2 ? withoutSwap(resourcesOf(limits)) : resourcesOf(limits),
      maskedPaths: MASKED_PATHS,
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
      seccomp: seccompOf(process.arch, options.hasOwnKernel),
    },
  };
}

/** The sum of memory and swap is the memory's: version 1 counts it only in some kernels. */
function withoutSwap(resources: Resources): object {
  const { limit } = resources.memory;
  return { ...resources, memory: { limit, swap: limit } };
}

/** What a container's control group is limited to. */
export interface Resources {
  readonly memory: { readonly limit: number };
  /** Microseconds, and the shares of version 1. */
  readonly cpu: { readonly period: number; readonly quota: number; readonly shares: number };
  readonly pids: { readonly limit: number };
}

/** The resources of these limits; the share of the processor follows the memory, as the launcher's does. */
export function resourcesOf(limits: SandboxLimits): Resources {
  const [, cpuMilli = 1000] = limitFields(limits);
  return {
    memory: { limit: limits.memoryMiB * MIB },
    cpu: {
      period: CPU_PERIOD_US,
      quota: Math.max(1000, Math.round((cpuMilli * CPU_PERIOD_US) / 1000)),
      shares: Math.max(2, Math.round((cpuMilli * CPU_SHARES_OF_A_CORE) / 1000)),
    },
    pids: { limit: PROCESSES_MAX },
  };
}

function mountsOf({ temporary, mounts, hasOwnKernel }: BundleOptions): object[] {
  const plain = ['nosuid', 'nodev', 'noexec'];
  const empty = (destination: string) => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: [...plain, 'ro', 'mode=755', 'size=4k'],
  });
  const bind = (source: string, destination: string, ...options: string[]) => ({
    destination,
    type: 'bind',
    source,
    options: ['bind', 'nosuid', 'nodev', ...options],
  });
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: plain },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'noexec', 'mode=755', 'size=64k'],
    },
    // Where a bundle says nothing, gVisor mounts its own.
    ...(hasOwnKernel ? ['/sys', '/dev/pts'].map(empty) : []),
    { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: [...plain, 'mode=1777'] },
    bind('/usr', '/usr', 'ro'),
    bind(temporary, '/tmp', 'rw'),
    ...mounts.map(({ source, target }) => bind(source, target, 'ro')),
  ];
}
