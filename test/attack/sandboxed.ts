/** Drivers for the tests of this folder, and one call that runs a program in a sandbox. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Duplex } from 'node:stream';
import { findLauncher } from '#adapters/launcher/index.ts';
import { createNamespacesDriver } from '#adapters/namespaces/index.ts';
import type { NamespacesOptions } from '#adapters/namespaces/index.ts';
import { createOciDriver } from '#adapters/oci/index.ts';
import type {
  Sandbox,
  SandboxDriver,
  SandboxExit,
  SandboxLimits,
  SandboxMount,
} from '#ports/world/sandbox.ts';
import { openForkingDriver } from './forked.ts';

const ROOT = path.join(import.meta.dirname, '../..');
export const PROGRAMS = path.join(import.meta.dirname, 'programs');
export const LIMITS: SandboxLimits = { memoryMiB: 1769, temporaryStorageMiB: 512 };

/** What isolates, in a test. */
export interface Isolation {
  /** As `--isolation` takes it. */
  readonly name: string;
  readonly skip: string | false;
  /** The first process of a sandbox is the launcher's, which no function may look into. */
  readonly hasOwnInit: boolean;
  /** Calls are answered by a kernel of the sandbox's own, not by the host's. */
  readonly hasOwnKernel: boolean;
  readonly limitsTemporaryStorage: boolean;
  readonly open: (options: DriverOptions) => Promise<SandboxDriver>;
}

type DriverOptions = Omit<NamespacesOptions, 'wantsInternet'>;

const NAMESPACES: Isolation = {
  name: 'namespaces',
  skip: reasonToSkipSandboxes(),
  hasOwnInit: true,
  hasOwnKernel: false,
  limitsTemporaryStorage: true,
  open: (options) => createNamespacesDriver({ poolSize: 1, ...options }),
};

/** What is attacked: namespaces, with and without a zygote, and each OCI runtime that this machine may have. */
export const ISOLATIONS: readonly Isolation[] = [
  NAMESPACES,
  { ...NAMESPACES, name: 'namespaces, forked', open: openForkingDriver },
  ...['runc', 'crun', 'runsc'].map((runtime) => ({
    name: `oci:${runtime}`,
    skip: reasonToSkipSandboxes() || reasonToSkipOci(runtime),
    hasOwnInit: false,
    hasOwnKernel: runtime === 'runsc',
    limitsTemporaryStorage: true,
    open: (options: DriverOptions) => createOciDriver({ ...options, runtime }),
  })),
];

/** A suite that needs sandboxes of namespaces; where there are none, a test that is skipped with the reason. */
export function describeSandboxed(name: string, suite: () => void): void {
  describeIsolated(name, NAMESPACES, suite);
}

/** A suite of one isolation; where it is not there, a test that is skipped with the reason. */
export function describeIsolated(name: string, { skip }: Isolation, suite: () => void): void {
  if (skip === false) describe(name, suite);
  else it(name, { skip }, () => {});
}

/** Why sandboxes of namespaces cannot be tried on this machine. */
export function reasonToSkipSandboxes(): string | false {
  if (process.getuid?.() !== 0) return 'needs root: run the tests as root to try the sandbox';
  if (findLauncher(ROOT) === undefined) return 'needs the launcher: node scripts/build-launcher.ts';
  return false;
}

/** Why sandboxes of an OCI runtime cannot be tried on this machine. */
export function reasonToSkipOci(runtime: string): string | false {
  try {
    execFileSync(runtime, ['--version'], { stdio: 'ignore' });
  } catch {
    return `${runtime} is not installed`;
  }
  return false;
}

export interface TestDriver extends AsyncDisposable {
  readonly driver: SandboxDriver;
  readonly directory: string;
}

/** A driver in a directory of its own. */
export async function openDriver(
  isolation: Isolation = NAMESPACES,
  options: Partial<DriverOptions> = {},
): Promise<TestDriver> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hearth-attack-'));
  const driver = await isolation.open({
    launcher: findLauncher(ROOT) ?? '',
    directory,
    onEndpointConnection: (connection) => connection.destroy(),
    onDiagnostic: (line) => console.error(line),
    ...options,
  });
  return {
    driver,
    directory,
    async [Symbol.asyncDispose]() {
      await driver[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface RunOptions {
  readonly limits?: SandboxLimits;
  readonly mounts?: readonly SandboxMount[];
  readonly onRuntimeConnection?: (connection: Duplex) => void;
}

export interface RunResult {
  readonly output: string;
  readonly exit: SandboxExit;
  readonly peakMemoryBytes: number;
}

let launches = 0;

/** Runs a command in a sandbox of its own until it ends. */
export async function runInSandbox(
  driver: SandboxDriver,
  command: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const chunks: Uint8Array[] = [];
  launches += 1;
  await using sandbox = await driver.launch({
    id: `attack-${process.pid}-${launches}`,
    command,
    environment: { PATH: '/usr/bin:/bin' },
    mounts: options.mounts ?? [{ source: PROGRAMS, target: '/var/task' }],
    limits: options.limits ?? LIMITS,
    onRuntimeConnection: options.onRuntimeConnection ?? ((connection) => connection.destroy()),
    onOutput: (_, chunk) => chunks.push(chunk),
  });
  const exit = await sandbox.exited;
  const peakMemoryBytes = await sandbox.peakMemoryBytes();
  return { output: Buffer.concat(chunks).toString(), exit, peakMemoryBytes };
}

/** Runs one attack of programs/attack.py. */
export function attack(
  driver: SandboxDriver,
  name: string,
  parameters: readonly string[] = [],
  options: RunOptions = {},
): Promise<RunResult> {
  return runInSandbox(
    driver,
    ['/usr/bin/python3', '-I', '-S', '/var/task/attack.py', name, ...parameters],
    options,
  );
}

/** The number that an attack printed after COUNT. */
export function countOf({ output, exit }: RunResult): number {
  const count = /^COUNT (\d+)$/m.exec(output)?.[1];
  if (count === undefined) throw new Error(`no count: ${output} ${exit.description}`);
  return Number(count);
}

/** Sandboxes that do nothing, each with something in its /tmp. */
export function launchSleepers(driver: SandboxDriver, count: number): Promise<Sandbox[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const written = Promise.withResolvers<void>();
      const sandbox = await driver.launch({
        id: `sleeper-${index}`,
        command: ['/bin/sh', '-c', 'echo x > /tmp/x; echo ready; exec sleep 600'],
        environment: { PATH: '/usr/bin:/bin' },
        mounts: [{ source: PROGRAMS, target: '/var/task' }],
        limits: { memoryMiB: 128, temporaryStorageMiB: 512 },
        onRuntimeConnection: (connection) => connection.destroy(),
        onOutput: () => written.resolve(),
      });
      await written.promise;
      return sandbox;
    }),
  );
}
