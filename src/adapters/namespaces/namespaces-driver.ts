/*
 * Sandboxes of Linux namespaces, control groups and a filter of system calls, made by the launcher.
 * What isolates, and from what it does not, is told in docs/guides/isolation.md.
 */
import type { Duplex } from 'node:stream';
import {
  LaunchedSandboxes,
  RUNTIME_API_ADDRESS,
  RUNTIME_API_PORT,
  endpointPortInside,
  loopback,
} from '#adapters/launcher/index.ts';
import type { LaunchOptions, LauncherHello } from '#adapters/launcher/index.ts';
import type {
  Sandbox,
  SandboxDriver,
  SandboxMount,
  SandboxSpec,
  SandboxZygote,
} from '#ports/world/sandbox.ts';

export interface NamespacesOptions {
  /** Path of the compiled launcher. */
  readonly launcher: string;
  /** A directory for the sandboxes' disks and root; best on the disk of the data directory. */
  readonly directory: string;
  /** A process in any sandbox connected to the server's endpoint; `sandbox` is one object for all that one has. */
  readonly onEndpointConnection: (connection: Duplex, sandbox: object) => void;
  /** A line that the launcher wrote for the operator. */
  readonly onDiagnostic: (line: string) => void;
  /** Where clients reach the server on this machine. */
  readonly endpointPort?: number;
  /** A name under which they do, which leads to it inside, too. */
  readonly endpointName?: string;
  /** Built sandboxes that wait for a launch; they cost some 300 KiB each. */
  readonly poolSize?: number;
  /** False: no sandbox reaches the internet. */
  readonly wantsInternet?: boolean;
  /** What every sandbox has, mounted once for all: the interpreters. */
  readonly baseMounts?: readonly SandboxMount[];
}

const POOL_SIZE = 4;
const TASK_ROOT = '/var/task';

/**
 * A driver whose launcher runs; needs root.
 *
 * @throws SandboxUnavailable where the machine refuses, with the reason
 */
export async function createNamespacesDriver(options: NamespacesOptions): Promise<SandboxDriver> {
  const { launcher, directory, onDiagnostic, baseMounts = [] } = options;
  const sandboxes = new LaunchedSandboxes({
    binary: launcher,
    mode: 'namespaces',
    directory,
    poolSize: options.poolSize ?? POOL_SIZE,
    wantsInternet: options.wantsInternet ?? true,
    endpointPort: endpointPortInside(options.endpointPort),
    ...(options.endpointName === undefined ? {} : { endpointName: options.endpointName }),
    baseMounts,
    onDiagnostic,
  });
  const hello = await sandboxes.hello;
  return {
    name: 'namespaces',
    description: describe(hello),
    replacesRoots: true,
    launch: (spec) => launch(sandboxes, spec, options),
    hasZygote: (zygote) => sandboxes.hasZygote(zygoteInside(zygote)),
    prepareZygote: (zygote, mounts) =>
      sandboxes.prepareZygote(zygoteInside(zygote), mountsBeside(baseMounts, mounts)),
    [Symbol.asyncDispose]: () => sandboxes[Symbol.asyncDispose](),
  };
}

function launch(
  sandboxes: LaunchedSandboxes,
  spec: SandboxSpec,
  options: NamespacesOptions,
): Promise<Sandbox> {
  return sandboxes.launch(optionsOf(spec, options));
}

function optionsOf(spec: SandboxSpec, options: NamespacesOptions): LaunchOptions {
  const { baseMounts = [], onEndpointConnection } = options;
  const endpointAddress = loopback(endpointPortInside(options.endpointPort));
  return {
    id: spec.id,
    runtimeApiAddress: RUNTIME_API_ADDRESS,
    endpointAddress,
    limits: spec.limits,
    mounts: mountsOf(spec, baseMounts),
    workingDirectory: spec.workingDirectory ?? TASK_ROOT,
    command: spec.command,
    ...(spec.executable === undefined ? {} : { executable: spec.executable }),
    environment: {
      AWS_ENDPOINT_URL: `http://${endpointAddress}`,
      ...spec.environment,
      AWS_LAMBDA_RUNTIME_API: RUNTIME_API_ADDRESS,
    },
    ...(spec.zygote === undefined ? {} : { zygote: zygoteInside(spec.zygote) }),
    onOutput: spec.onOutput,
    onConnection: (port, connection) =>
      port === RUNTIME_API_PORT
        ? spec.onRuntimeConnection(connection)
        : onEndpointConnection(connection, spec),
    again: (restart) => {
      const { zygote: _zygote, executable: _executable, ...same } = spec;
      return optionsOf({ ...same, ...restart }, options);
    },
  };
}

function zygoteInside({ command, environment }: SandboxZygote): SandboxZygote {
  return { command, environment: { ...environment, AWS_LAMBDA_RUNTIME_API: RUNTIME_API_ADDRESS } };
}

/** Another root comes first: it covers what every sandbox has. */
function mountsOf(
  { root, mounts }: SandboxSpec,
  base: readonly SandboxMount[],
): readonly SandboxMount[] {
  return root === undefined
    ? mountsBeside(base, mounts)
    : [{ source: root, target: '/' }, ...mounts];
}

/** What is not in every sandbox anyway. */
function mountsBeside(
  base: readonly SandboxMount[],
  mounts: readonly SandboxMount[],
): readonly SandboxMount[] {
  return mounts.filter((mount) => !base.some((it) => isSame(it, mount)));
}

function isSame(left: SandboxMount, right: SandboxMount): boolean {
  return left.source === right.source && left.target === right.target;
}

function describe(hello: LauncherHello): string {
  const lacks = [
    ...(hello.limitsMemory ? [] : ['memory limits']),
    ...(hello.limitsCpu ? [] : ['CPU limits']),
    ...(hello.limitsProcesses ? [] : ['limits of processes']),
    ...(hello.freezes ? [] : ['freezing']),
    ...(hello.limitsTemporaryStorage ? [] : ['a limit of /tmp']),
    ...(hello.hasInternet ? [] : ['the internet']),
  ];
  const groups = hello.cgroups === 'none' ? '' : ` and cgroups ${hello.cgroups}`;
  const missing = lacks.length === 0 ? '' : `; without ${lacks.join(', ')} (hearth doctor)`;
  return `namespaces${groups}, a user and a network for each sandbox, filtered system calls${missing}`;
}
