/**
 * What an OCI runtime is told: the same files and refusals as the launcher's own sandboxes. Limits it is told
 * none: the launcher sets them on the control group that the container is to be in.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
import type { SandboxMount } from '#ports/world/sandbox.ts';
import { seccompOf } from './seccomp.ts';

export interface BundleOptions {
  /** The control group, from where the hierarchies are mounted on; absent where the runtime joins none. */
  readonly cgroupPath: string | undefined;
  /** The read-only root, a directory of the host. */
  readonly root: string;
  /** A directory of the host that is /tmp inside. */
  readonly temporary: string;
  readonly uid: number;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly mounts: readonly SandboxMount[];
  /** Not the host's kernel answers the function's calls, but one between them. */
  readonly hasOwnKernel: boolean;
}

const DESCRIPTORS_MAX = 1024;

/** As native/launcher/confine.c sets them. */
const RESOURCE_LIMITS: readonly (readonly [string, number])[] = [
  ['NOFILE', DESCRIPTORS_MAX],
  ['CORE', 1],
  ['MEMLOCK', 65_536],
  ['MSGQUEUE', 0],
  ['NICE', 0],
  ['RTPRIO', 0],
];

const MASKED_PATHS = [
  '/proc/kcore',
  '/proc/keys',
  '/proc/key-users',
  '/proc/timer_list',
  '/proc/sched_debug',
  '/proc/latency_stats',
  '/proc/interrupts',
  '/proc/cmdline',
  '/proc/locks',
  '/proc/diskstats',
  '/proc/partitions',
  '/proc/fs',
];

/** The content of a bundle's config.json. */
export function bundleConfig(options: BundleOptions): object {
  const { cgroupPath, uid, root, command, environment, workingDirectory } = options;
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
      ...(cgroupPath === undefined ? {} : { cgroupsPath: cgroupPath }),
      maskedPaths: MASKED_PATHS,
      readonlyPaths: ['/proc/bus', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
      seccomp: seccompOf(process.arch, options.hasOwnKernel),
    },
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
    bind(temporary, '/tmp', 'rw'),
    ...mounts.map(({ source, target }) => bind(source, target, 'ro')),
  ];
}
