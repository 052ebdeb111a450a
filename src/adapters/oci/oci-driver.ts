/*
 * Sandboxes run by an OCI runtime: runc, crun, or runsc (gVisor, whose own kernel stands between the
 * function and this machine's). The launcher gives each its network, its control groups and a place for its
 * mounts, and starts the runtime in it.
 *
 * Owns: the launcher in its mode for this; a directory for each bundle; the shared root; the user ids.
 * Not here: code cannot be mounted late; without loop devices /tmp has no size of its own.
 *
 * I1 Of a launch that fails nothing is left: no container, file, mount, group or process.
 * I2 A sandbox's first process mounts its /tmp, and ends; each after it is the runtime with one container.
 */
import { chown, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { removeTree } from '#adapters/files/index.ts';
import {
  LaunchedSandboxes,
  RUNTIME_API_ADDRESS,
  RUNTIME_API_PORT,
  endpointPortInside,
  loopback,
} from '#adapters/launcher/index.ts';
import type { LaunchOptions, LaunchedSandbox, LauncherHello } from '#adapters/launcher/index.ts';
import type {
  Sandbox,
  SandboxDriver,
  SandboxMount,
  SandboxRestart,
  SandboxSpec,
} from '#ports/world/sandbox.ts';
import { ROOT_POINTS, SandboxUnavailable } from '#ports/world/sandbox.ts';
import { bundleConfig } from './bundle.ts';
import { OciRuntime, RUNTIME_ENVIRONMENT } from './oci-runtime.ts';
import { OciSandbox } from './oci-sandbox.ts';
import { bashAsSh, makePoint, makeRoot } from './root-files.ts';
import { createTemporaryStorage } from './temporary-storage.ts';
import type { TemporaryStorage } from './temporary-storage.ts';
import { withStartError } from './start-error.ts';
import { UserIds } from './user-ids.ts';

export interface OciOptions {
  /** `runc`, `crun`, `runsc` or a path. */
  readonly runtime: string;
  /** Path of the compiled launcher. */
  readonly launcher: string;
  readonly directory: string;
  /** A process in any sandbox connected to the server's endpoint; `sandbox` is one object for all that one has. */
  readonly onEndpointConnection: (connection: Duplex, sandbox: object) => void;
  readonly onDiagnostic: (line: string) => void;
  /** Where clients reach the server on this machine. */
  readonly endpointPort?: number;
  /** A name under which they do, which leads to it inside, too. */
  readonly endpointName?: string;
  readonly baseMounts?: readonly SandboxMount[];
  /** How long a call of the runtime, a mount and the first container may take before they are given up, in ms. */
  readonly patienceMs?: number;
}

const POOL_SIZE = 2;
/** Of each launcher. @see ../../../native/launcher/sandbox.h */
const UIDS = 4096;
/** A machine is slow where it starts fifty at once; nothing needs as long as this. */
const PATIENCE_MS = 120_000;
const PROBE_LIMITS = { memoryMiB: 256, temporaryStorageMiB: 512 };
const SAID_BYTES_MAX = 2000;

/** @throws SandboxUnavailable where the runtime or the launcher does not start, or no container runs */
export async function createOciDriver(options: OciOptions): Promise<SandboxDriver> {
  const { directory } = options;
  const state = path.join(directory, 'oci-state');
  const runtime = new OciRuntime(options.runtime, state, patienceOf(options));
  const version = await runtime.open();
  // Before the launcher makes any: containers that are taken away take their control groups along.
  await sweep(runtime, options);
  const sandboxes = new LaunchedSandboxes({
    binary: options.launcher,
    mode: runtime.joining === 'by-bundle' ? 'oci' : 'oci-inside',
    directory,
    poolSize: POOL_SIZE,
    wantsInternet: true,
    endpointPort: endpointPortInside(options.endpointPort),
    baseMounts: [],
    onDiagnostic: options.onDiagnostic,
  });
  const hello = await sandboxes.hello;
  const root = path.join(directory, 'oci-root');
  const storage = await createTemporaryStorage(path.join(directory, 'oci-tmp'));
  const baseMounts = [...(options.baseMounts ?? []), ...(await bashAsSh())];
  const driver = new OciDriver({
    options: { ...options, baseMounts },
    runtime,
    sandboxes,
    root,
    storage,
  });
  try {
    await driver.probe();
  } catch (error) {
    await driver.close();
    throw error;
  }
  return {
    name: `oci:${options.runtime}`,
    description: `${version}, a user and a network for each sandbox; without ${lacks(hello, storage)}`,
    canBindLate: false,
    replacesRoots: true,
    launch: (spec) => driver.launch(spec),
    [Symbol.asyncDispose]: () => driver.close(),
  };
}

function lacks(hello: LauncherHello, storage: TemporaryStorage | undefined): string {
  return [
    ...(hello.limitsMemory ? [] : ['memory limits']),
    ...(hello.limitsCpu ? [] : ['CPU limits']),
    ...(hello.limitsProcesses ? [] : ['limits of processes']),
    ...(storage === undefined ? ['a limit of /tmp'] : []),
    'warm sandboxes',
    ...(hello.hasInternet ? [] : ['the internet']),
  ].join(', ');
}

interface DriverParts {
  readonly options: OciOptions;
  readonly runtime: OciRuntime;
  readonly sandboxes: LaunchedSandboxes;
  readonly root: string;
  readonly storage: TemporaryStorage | undefined;
}

/** What one sandbox has as long as it is. */
interface Home {
  readonly bundle: string;
  readonly temporary: string;
  readonly uid: number;
  readonly root: string;
  readonly workingDirectory: string;
  readonly mounts: readonly SandboxMount[];
}

class OciDriver {
  readonly #parts: DriverParts;
  readonly #endpointAddress: string;
  /** Of the launcher that lives; the root knows them by name. */
  #users: Promise<UserIds> | undefined;
  #firstUid = 0;

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#endpointAddress = loopback(endpointPortInside(parts.options.endpointPort));
  }

  /**
   * Runs one container that does nothing.
   * @throws SandboxUnavailable with what the runtime said
   */
  async probe(): Promise<void> {
    const said = new Said();
    await using sandbox = await this.launch({
      id: 'probe',
      command: ['/bin/sh', '-c', 'exit 0'],
      environment: { PATH: '/usr/bin:/bin' },
      mounts: [],
      limits: PROBE_LIMITS,
      onRuntimeConnection: (connection) => connection.destroy(),
      onOutput: (_, chunk) => said.add(chunk),
    });
    const end = await within(patienceOf(this.#parts.options), sandbox.exited);
    if (end?.exitCode === 0) return;
    const why = end === undefined ? 'it does not end' : said.text || end.description;
    throw new SandboxUnavailable(`${this.#parts.options.runtime} runs no container here: ${why}`);
  }

  async close(): Promise<void> {
    const { sandboxes, runtime, options } = this.#parts;
    await sandboxes[Symbol.asyncDispose]();
    await sweep(runtime, options);
  }

  async launch(spec: SandboxSpec): Promise<Sandbox> {
    const { runtime, options } = this.#parts;
    const users = await this.#livingUsers();
    const uid = users.take();
    const bundle = path.join(bundlesOf(options), spec.id);
    const remove = async (): Promise<void> => {
      await runtime.remove(spec.id);
      users.giveBack(uid);
      await removeTree(bundle);
    };
    let made: LaunchedSandbox | undefined;
    try {
      const home = await this.#makeHome(spec, uid);
      made = await this.#makeSandbox(spec, home);
      // A launcher that died meanwhile took its number, and with it the user, along.
      if (users !== (await this.#livingUsers())) throw new SandboxUnavailable('a launcher died');
      const { cgroupPath } = made;
      const renew = async (restart: SandboxRestart): Promise<void> => {
        await runtime.remove(spec.id);
        await this.#writeConfig(restart, home, cgroupPath).catch((error: unknown) => {
          throw asUnavailable(error);
        });
      };
      await this.#writeConfig(spec, home, cgroupPath);
      const terminate = (): Promise<void> => runtime.terminate(spec.id);
      return new OciSandbox(await made.restart(spec), { terminate, renew, remove });
    } catch (error) {
      for (const undo of [async () => made?.[Symbol.asyncDispose](), remove]) {
        await undo().catch((left: unknown) => {
          options.onDiagnostic(`of a launch that failed something is left: ${String(left)}`);
        });
      }
      throw asUnavailable(error);
    }
  }

  /** Each launcher has a number on this machine, and users by it: the one after it may have another. */
  async #livingUsers(): Promise<UserIds> {
    const { sandboxes, root, options } = this.#parts;
    const { firstUid } = await sandboxes.hello;
    if (this.#users === undefined || this.#firstUid !== firstUid) {
      const range = { first: firstUid, count: UIDS };
      this.#firstUid = firstUid;
      this.#users = makeRoot(root, range, options.endpointName).then(
        () => new UserIds(range),
        (error: unknown) => {
          this.#users = undefined;
          throw asUnavailable(error);
        },
      );
    }
    return this.#users;
  }

  /** The directories of a sandbox, and what the shared root has to have for it. */
  async #makeHome(spec: SandboxSpec, uid: number): Promise<Home> {
    const { root: shared, options } = this.#parts;
    const { root = shared, workingDirectory = '/var/task' } = spec;
    const mounts = spec.root === undefined ? this.#mountsOfMachine(spec) : mountsOfImage(shared);
    if (root === shared) {
      for (const { source, target } of mounts) await makePoint(root, source, target);
    }
    const bundle = path.join(bundlesOf(options), spec.id);
    const temporary = path.join(bundle, 'tmp');
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    await chown(temporary, uid, uid);
    return { bundle, temporary, uid, root, workingDirectory, mounts };
  }

  #mountsOfMachine(spec: SandboxSpec): readonly SandboxMount[] {
    const mounts = [{ source: '/usr', target: '/usr' }, ...spec.mounts];
    const base = this.#parts.options.baseMounts ?? [];
    return [...mounts, ...base.filter((one) => mounts.every((it) => it.target !== one.target))];
  }

  /** A sandbox with its /tmp, and no process (I2). */
  async #makeSandbox(spec: SandboxSpec, home: Home): Promise<LaunchedSandbox> {
    const said = new Said();
    const { storage, sandboxes, runtime } = this.#parts;
    const { bundle, temporary: directory, uid } = home;
    const image = path.join(bundle, 'tmp.ext4');
    const mib = spec.limits.temporaryStorageMiB;
    const command = (await storage?.mountCommand({ mib, uid, image, directory })) ?? ['/bin/true'];
    const place = {
      id: spec.id,
      runtimeApiAddress: RUNTIME_API_ADDRESS,
      endpointAddress: this.#endpointAddress,
      mounts: [],
      workingDirectory: bundle,
      environment: RUNTIME_ENVIRONMENT,
    };
    const container = ({ limits, command: inside, ...user }: SandboxRestart): LaunchOptions => ({
      ...place,
      limits,
      command: runtime.runCommand({ id: spec.id, bundle, cgroupPath: sandbox.cgroupPath }),
      ...withStartError(inside[0] ?? '', user.onOutput, (exit) => runtime.translateExit(exit)),
      onConnection: (port, connection) =>
        port === RUNTIME_API_PORT
          ? user.onRuntimeConnection(connection)
          : this.#parts.options.onEndpointConnection(connection, place),
      again: container,
    });
    const sandbox: LaunchedSandbox = await sandboxes.launch({
      ...place,
      limits: spec.limits,
      command,
      onOutput: (_, chunk) => said.add(chunk),
      onConnection: (_, connection) => connection.destroy(),
      again: container,
    });
    const end = await within(patienceOf(this.#parts.options), sandbox.exited);
    if (end?.exitCode === 0) return sandbox;
    await sandbox[Symbol.asyncDispose]();
    throw new SandboxUnavailable(`/tmp could not be mounted: ${said.text || 'no answer'}`);
  }

  async #writeConfig(restart: SandboxRestart, home: Home, cgroupPath: string): Promise<void> {
    const { runtime } = this.#parts;
    refuseNul([...restart.command, ...Object.values(restart.environment)]);
    const config = bundleConfig({
      ...home,
      cgroupPath: runtime.joining === 'by-bundle' ? cgroupPath : undefined,
      command: restart.command,
      hasOwnKernel: runtime.hasOwnKernel,
      environment: {
        AWS_ENDPOINT_URL: `http://${this.#endpointAddress}`,
        ...restart.environment,
        AWS_LAMBDA_RUNTIME_API: RUNTIME_API_ADDRESS,
      },
    });
    // The function's variables are its secrets.
    await writeFile(path.join(home.bundle, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  }
}

/** What a sandbox has of its own below an image's root. */
function mountsOfImage(shared: string): readonly SandboxMount[] {
  return ROOT_POINTS.files.map((file) => ({
    source: path.join(shared, file),
    target: `/${file}`,
  }));
}

function patienceOf({ patienceMs = PATIENCE_MS }: OciOptions): number {
  return patienceMs;
}

function bundlesOf({ directory }: OciOptions): string {
  return path.join(directory, 'bundles');
}

/** Takes away what a server left which had the same directory. */
async function sweep(runtime: OciRuntime, options: OciOptions): Promise<void> {
  await runtime.sweep();
  await removeTree(bundlesOf(options)).catch((error: unknown) => {
    options.onDiagnostic(`files of sandboxes that were could not be taken away: ${String(error)}`);
  });
}

/** What a process of ours said, as far as a sentence needs it. */
class Said {
  #bytes = Buffer.alloc(0);

  add(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(0, SAID_BYTES_MAX);
  }

  get text(): string {
    return this.#bytes.toString().trim().split('\n').at(-1) ?? '';
  }
}

/** `undefined` where it is not there in so many ms. */
async function within<Result>(ms: number, promise: Promise<Result>): Promise<Result | undefined> {
  const timer = new AbortController();
  const late = setTimeout(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

/** A disk that is full, say, refuses as a machine does: whoever asked may ask again. */
function asUnavailable(error: unknown): unknown {
  const isOfSystem = error instanceof Error && 'syscall' in error;
  return isOfSystem ? new SandboxUnavailable(error.message, { cause: error }) : error;
}

function refuseNul(texts: readonly string[]): void {
  if (texts.some((text) => text.includes('\0'))) {
    throw new RangeError('an argument or a variable of a process holds a NUL byte');
  }
}
