/*
 * Sandboxes run by an OCI runtime: runc, crun, or runsc (gVisor, whose own kernel stands between the
 * function and this machine's). The launcher gives each its network and starts the runtime in it.
 *
 * Owns: the launcher in its mode for this; a directory for each bundle; the shared root.
 * Not here: code cannot be mounted late; without loop devices /tmp has no size of its own.
 */
import { execFile } from 'node:child_process';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import {
  LaunchedSandboxes,
  RUNTIME_API_ADDRESS,
  RUNTIME_API_PORT,
  endpointPortInside,
  loopback,
} from '#adapters/launcher/index.ts';
import type {
  Sandbox,
  SandboxBinding,
  SandboxDriver,
  SandboxExit,
  SandboxMount,
  SandboxSpec,
} from '#ports/world/sandbox.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import { bundleConfig, resourcesOf } from './bundle.ts';
import { OciCgroup, cgroupPlace, removeCgroupParents } from './oci-cgroup.ts';
import { makePoint, makeRoot } from './root-files.ts';
import { createTemporaryStorage } from './temporary-storage.ts';
import type { TemporaryStorage } from './temporary-storage.ts';

export interface OciOptions {
  /** `runc`, `crun`, `runsc` or a path. */
  readonly runtime: string;
  /** Path of the compiled launcher. */
  readonly launcher: string;
  readonly directory: string;
  /** A process in any sandbox connected to the server's endpoint. */
  readonly onEndpointConnection: (connection: Duplex) => void;
  readonly onDiagnostic: (line: string) => void;
  /** Where clients reach the server on this machine. */
  readonly endpointPort?: number;
  /** A name under which they do, which leads to it inside, too. */
  readonly endpointName?: string;
  readonly baseMounts?: readonly SandboxMount[];
}

const run = promisify(execFile);
/** Where a runtime's name is looked for, by every command alike. */
const RUNTIME_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
} as const;
/**
 * gVisor's own network could not see the two sockets that listen for this server; and its kernel filters
 * no calls unless it is told to.
 * @see https://gvisor.dev/docs/user_guide/
 */
const GVISOR_OPTIONS = ['--network=host', '--oci-seccomp'];
const POOL_SIZE = 2;
/** Above those of all launchers; native/launcher/main.c says why there. */
const UID_FIRST = 1_879_048_192 + 64 * 4096;
const UIDS = 4096;
const SIGNAL_STATUS = 128;
const SIGKILL = 9;

/** @throws SandboxUnavailable where the runtime or the launcher does not start */
export async function createOciDriver(options: OciOptions): Promise<SandboxDriver> {
  const version = await versionOf(options.runtime);
  const sandboxes = new LaunchedSandboxes({
    binary: options.launcher,
    mode: 'oci',
    directory: options.directory,
    poolSize: POOL_SIZE,
    wantsInternet: true,
    endpointPort: endpointPortInside(options.endpointPort),
    baseMounts: [],
    onDiagnostic: options.onDiagnostic,
  });
  const hello = await sandboxes.hello;
  const { ownGroup } = hello;
  const root = path.join(options.directory, 'oci-root');
  await makeRoot(root, { first: UID_FIRST, count: UIDS }, options.endpointName);
  const storage = await createTemporaryStorage(path.join(options.directory, 'oci-tmp'));
  const keeps = await canKeep(options.runtime);
  const driver = new OciDriver({ options, sandboxes, root, storage, keeps, ownGroup });
  await driver.sweep();
  return {
    name: `oci:${options.runtime}`,
    description:
      `${version}, a user and a network for each sandbox; ` +
      `without ${storage === undefined ? 'a limit of /tmp, ' : ''}warm sandboxes` +
      (hello.hasInternet ? '' : ', the internet'),
    canBindLate: false,
    launch: (spec) => driver.launch(spec),
    async [Symbol.asyncDispose]() {
      await sandboxes[Symbol.asyncDispose]();
      await removeCgroupParents(ownGroup);
    },
  };
}

interface DriverParts {
  readonly options: OciOptions;
  readonly sandboxes: LaunchedSandboxes;
  readonly root: string;
  readonly storage: TemporaryStorage | undefined;
  /** The runtime can leave a container's group where it is, so that its last numbers can be read. */
  readonly keeps: boolean;
  /** The directory of the server's control group of version 2, or empty. */
  readonly ownGroup: string;
}

class OciDriver {
  readonly #options: OciOptions;
  readonly #sandboxes: LaunchedSandboxes;
  readonly #root: string;
  readonly #storage: TemporaryStorage | undefined;
  readonly #keeps: boolean;
  readonly #ownGroup: string;
  readonly #endpointAddress: string;
  #launches = 0;

  constructor({ options, sandboxes, root, storage, keeps, ownGroup }: DriverParts) {
    this.#options = options;
    this.#sandboxes = sandboxes;
    this.#root = root;
    this.#storage = storage;
    this.#keeps = keeps;
    this.#ownGroup = ownGroup;
    this.#endpointAddress = loopback(endpointPortInside(options.endpointPort));
  }

  /** Containers that a server left which had the same directory. */
  async sweep(): Promise<void> {
    const { stdout } = await this.#runtime('list', '--quiet').catch(() => ({ stdout: '' }));
    for (const id of stdout.split('\n').filter((line) => line !== '')) {
      await this.#runtime('delete', '--force', id).catch(() => {});
    }
    await rm(path.join(this.#options.directory, 'bundles'), { recursive: true, force: true });
  }

  async launch(spec: SandboxSpec): Promise<Sandbox> {
    refuseNul([...spec.command, ...Object.values(spec.environment)]);
    const { bundle, uid } = await this.#makeBundle(spec);
    const cgroup = new OciCgroup(cgroupPlace(spec.id, this.#ownGroup));
    if (!this.#keeps) await cgroup.makeMemory(resourcesOf(spec.limits));
    const { onEndpointConnection } = this.#options;
    const remove = async (): Promise<void> => {
      await this.#runtime('delete', '--force', spec.id).catch(() => {});
      await rm(bundle, { recursive: true, force: true });
      await cgroup.remove();
    };
    const command = await this.#commandOf(spec, bundle, uid);
    const launching = this.#sandboxes.launch({
      id: spec.id,
      runtimeApiAddress: RUNTIME_API_ADDRESS,
      endpointAddress: this.#endpointAddress,
      limits: spec.limits,
      mounts: [],
      workingDirectory: bundle,
      // Through env, which finds the runtime on the path.
      command: ['/usr/bin/env', ...command],
      environment: RUNTIME_ENVIRONMENT,
      onOutput: spec.onOutput,
      onConnection: (port, connection) =>
        port === RUNTIME_API_PORT
          ? spec.onRuntimeConnection(connection)
          : onEndpointConnection(connection),
    });
    const sandbox = await launching.catch(async (error: unknown) => {
      await remove();
      throw error;
    });
    const terminate = async (): Promise<void> => {
      await this.#runtime('kill', spec.id, 'TERM').catch(() => {});
    };
    return new OciSandbox(sandbox, cgroup, { terminate, remove });
  }

  /** Runs the bundle, with a /tmp of its size where there can be one. */
  async #commandOf(spec: SandboxSpec, bundle: string, uid: number): Promise<readonly string[]> {
    const keep = this.#keeps ? ['--keep'] : [];
    const { runtime } = this.#options;
    const options = [...keep, '--bundle', bundle];
    const command = [runtime, ...this.#globalOptions(), 'run', ...options, spec.id];
    if (this.#storage === undefined) return command;
    return this.#storage.wrap(command, {
      mib: spec.limits.temporaryStorageMiB,
      uid,
      image: path.join(bundle, 'tmp.ext4'),
      directory: path.join(bundle, 'tmp'),
    });
  }

  async #makeBundle(spec: SandboxSpec): Promise<{ readonly bundle: string; readonly uid: number }> {
    const mounts = [...spec.mounts];
    for (const base of this.#options.baseMounts ?? []) {
      if (!mounts.some(({ target }) => target === base.target)) mounts.push(base);
    }
    for (const { source, target } of mounts) await makePoint(this.#root, source, target);
    this.#launches += 1;
    const uid = UID_FIRST + (this.#launches % UIDS);
    const bundle = path.join(this.#options.directory, 'bundles', spec.id);
    const temporary = path.join(bundle, 'tmp');
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    await chown(temporary, uid, uid);
    const config = bundleConfig({
      root: this.#root,
      temporary,
      uid,
      mounts,
      limits: spec.limits,
      cgroup: cgroupPlace(spec.id, this.#ownGroup),
      command: spec.command,
      workingDirectory: '/var/task',
      hasOwnKernel: isGvisor(this.#options.runtime),
      environment: {
        AWS_ENDPOINT_URL: `http://${this.#endpointAddress}`,
        ...spec.environment,
        AWS_LAMBDA_RUNTIME_API: RUNTIME_API_ADDRESS,
      },
    });
    await writeFile(path.join(bundle, 'config.json'), JSON.stringify(config));
    return { bundle, uid };
  }

  #globalOptions(): string[] {
    const state = ['--root', path.join(this.#options.directory, 'oci-state')];
    return isGvisor(this.#options.runtime) ? [...state, ...GVISOR_OPTIONS] : state;
  }

  #runtime(...args: readonly string[]): Promise<{ stdout: string }> {
    return runRuntime(this.#options.runtime, [...this.#globalOptions(), ...args]);
  }
}

/** What only the runtime can do to a container. */
interface ContainerCommands {
  /** Asks the first process to end; nothing happens where it has. */
  terminate(): Promise<void>;
  /** Takes away what is left of it: the container, its files, its groups. */
  remove(): Promise<void>;
}

class OciSandbox implements Sandbox {
  readonly id: string;
  readonly runtimeApiAddress: string;
  readonly endpointAddress: string;
  readonly exited: Promise<SandboxExit>;
  readonly #sandbox: Sandbox;
  readonly #cgroup: OciCgroup;
  readonly #commands: ContainerCommands;
  #peakMemoryBytes = 0;
  #hasExited = false;
  #disposal: Promise<void> | undefined;

  constructor(sandbox: Sandbox, cgroup: OciCgroup, commands: ContainerCommands) {
    this.id = sandbox.id;
    this.runtimeApiAddress = sandbox.runtimeApiAddress;
    this.endpointAddress = sandbox.endpointAddress;
    this.#sandbox = sandbox;
    this.#cgroup = cgroup;
    this.#commands = commands;
    this.exited = sandbox.exited.then((exit) => this.#translate(exit));
  }

  async bind({ mounts, limits }: SandboxBinding): Promise<void> {
    if (mounts.length > 0) {
      throw new SandboxUnavailable('an OCI runtime mounts nothing into a running sandbox');
    }
    await this.#cgroup.limit(resourcesOf(limits)).catch((error: unknown) => {
      if (!this.#hasExited) throw error;
    });
  }

  freeze(): Promise<void> {
    return this.#cgroup.freeze();
  }

  thaw(): Promise<void> {
    return this.#cgroup.thaw();
  }

  /** By the runtime's own command: gVisor's does not hand on signals that it gets itself. */
  terminate(): Promise<void> {
    return this.#commands.terminate();
  }

  async connect(port: number): Promise<Duplex> {
    if (this.#sandbox.connect === undefined) throw new SandboxUnavailable('no way into it');
    return this.#sandbox.connect(port);
  }

  async peakMemoryBytes(): Promise<number> {
    const peak = await this.#cgroup.peakMemoryBytes();
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, peak);
    return this.#peakMemoryBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    await this.#disposal;
  }

  /** The runtime ends as a shell does: 128 and the signal. */
  async #translate(exit: SandboxExit): Promise<SandboxExit> {
    this.#hasExited = true;
    await this.peakMemoryBytes();
    const kills = await this.#cgroup.outOfMemoryKills();
    const isKilled = exit.exitCode === SIGNAL_STATUS + SIGKILL;
    // Without the group's own count: nobody else kills inside, but the server, whose kill ends the runtime too.
    const outOfMemory =
      isKilled && (kills === undefined ? this.#disposal === undefined : kills > 0);
    if (!outOfMemory) return exit;
    return {
      description: 'signal: killed',
      exitCode: undefined,
      signal: 'SIGKILL',
      outOfMemory,
    };
  }

  async #dispose(): Promise<void> {
    await this.#cgroup.thaw().catch(() => {});
    await this.#sandbox[Symbol.asyncDispose]();
    await this.#commands.remove();
  }
}

function isGvisor(runtime: string): boolean {
  return path.basename(runtime) === 'runsc';
}

function refuseNul(texts: readonly string[]): void {
  if (texts.some((text) => text.includes('\0'))) {
    throw new RangeError('an argument or a variable of a process holds a NUL byte');
  }
}

function runRuntime(runtime: string, args: readonly string[]): Promise<{ stdout: string }> {
  return run(runtime, args, { env: RUNTIME_ENVIRONMENT });
}

async function canKeep(runtime: string): Promise<boolean> {
  const { stdout } = await runRuntime(runtime, ['run', '--help']).catch(() => ({ stdout: '' }));
  return /^\s*--keep\s/m.test(stdout);
}

async function versionOf(runtime: string): Promise<string> {
  try {
    const { stdout } = await runRuntime(runtime, ['--version']);
    return stdout.split('\n')[0] ?? runtime;
  } catch (error) {
    throw new SandboxUnavailable(`${runtime} does not run here: ${String(error)}`);
  }
}
