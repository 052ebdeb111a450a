/*
 * Plain processes of the server's own user: for machines without root, and for trying things out.
 * They see the host's files, network and processes. What they are spared: nothing outlives them,
 * system calls that only attacks make are refused, and they stand still between events.
 *
 * Owns: a listener of the endpoint where the server has none; for each sandbox a listener of the Runtime API and a directory.
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { LaunchedSandboxes, endpointPortInside } from '#adapters/launcher/index.ts';
import type { LaunchOptions } from '#adapters/launcher/index.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import type {
  Sandbox,
  SandboxBinding,
  SandboxDriver,
  SandboxExit,
  SandboxMount,
  SandboxRestart,
  SandboxSpec,
} from '#ports/world/sandbox.ts';
import { ProcessDirectory } from './process-directory.ts';
import { SpawnedProcesses } from './spawned-processes.ts';

export interface ProcessOptions {
  /** Path of the compiled launcher; without it the server forks itself, which stops its loop. */
  readonly launcher?: string;
  /** A directory for what each sandbox has of its own. */
  readonly directory: string;
  /** A process in any sandbox connected to the endpoint; `sandbox` is one object for all that one has. */
  readonly onEndpointConnection: (connection: Duplex, sandbox: object) => void;
  /** `HOST:PORT` where the server listens itself; absent: a listener of the driver's. */
  readonly endpointAddress?: string;
  /** A line that the launcher wrote for the operator. */
  readonly onDiagnostic: (line: string) => void;
  readonly baseMounts?: readonly SandboxMount[];
}

/** What starts the processes: the launcher, or this process where there is none. */
interface Starter extends AsyncDisposable {
  launch(options: LaunchOptions): Promise<Sandbox>;
}

const POOL_SIZE = 2;
const LOOPBACK = '127.0.0.1';

/** @throws SandboxUnavailable where the launcher does not start */
export async function createProcessDriver(options: ProcessOptions): Promise<SandboxDriver> {
  const starter = await createStarter(options);
  const listeners = new Listeners();
  // Plain processes are not kept apart: together they are one sandbox.
  const onConnection = (connection: Duplex): void =>
    options.onEndpointConnection(connection, listeners);
  const endpointAddress = options.endpointAddress ?? (await listeners.open(onConnection)).address;
  return {
    name: 'process',
    description:
      'WARNING: plain processes: functions can read and do what the user of this server can; ' +
      'no limits of memory, CPU, /tmp or network' +
      (options.launcher === undefined
        ? '; no C compiler, so each start stops the server for a moment'
        : ''),
    launch: (spec) => launch(spec, { options, starter, listeners, endpointAddress }),
    async [Symbol.asyncDispose]() {
      await starter[Symbol.asyncDispose]();
      listeners[Symbol.dispose]();
    },
  };
}

async function createStarter(options: ProcessOptions): Promise<Starter> {
  if (options.launcher === undefined) return SpawnedProcesses.open(options.directory);
  const sandboxes = new LaunchedSandboxes({
    binary: options.launcher,
    mode: 'process',
    directory: options.directory,
    poolSize: POOL_SIZE,
    wantsInternet: false,
    endpointPort: endpointPortInside(),
    baseMounts: [],
    onDiagnostic: options.onDiagnostic,
  });
  await sandboxes.hello;
  return sandboxes;
}

interface LaunchContext {
  readonly options: ProcessOptions;
  readonly starter: Starter;
  readonly listeners: Listeners;
  readonly endpointAddress: string;
}

async function launch(spec: SandboxSpec, context: LaunchContext): Promise<Sandbox> {
  const { options, listeners } = context;
  const directory = await ProcessDirectory.make(path.resolve(options.directory, spec.id));
  // Those that it is given later connect to the same address.
  const user: User = { onRuntimeConnection: spec.onRuntimeConnection };
  const runtimeApi = await listeners.open((connection) => user.onRuntimeConnection(connection));
  const around = { directory, runtimeApi, user, context };
  try {
    const mounts = [...spec.mounts, ...(options.baseMounts ?? [])];
    const targets = new Map(mounts.map((mount) => [mount.target, mount]));
    for (const mount of targets.values()) await directory.link(mount);
    return new ProcessSandbox(around, await start(spec, around), spec);
  } catch (error) {
    runtimeApi.close();
    await directory[Symbol.asyncDispose]();
    throw error;
  }
}

/** What of a sandbox outlives its processes. */
interface Around {
  readonly directory: ProcessDirectory;
  readonly runtimeApi: Listener;
  readonly user: User;
  readonly context: LaunchContext;
}

/** Whom its processes speak to now. */
interface User {
  onRuntimeConnection: (connection: Duplex) => void;
}

async function start(spec: SandboxSpec, around: Around): Promise<Sandbox> {
  const { directory, runtimeApi } = around;
  const { starter, endpointAddress } = around.context;
  return starter.launch({
    id: spec.id,
    runtimeApiAddress: runtimeApi.address,
    endpointAddress,
    limits: spec.limits,
    mounts: [],
    // A sandbox that is bound late has no code yet to stand in.
    workingDirectory: directory.has('/var/task') ? directory.inside('/var/task') : directory.path,
    command: spec.command.map((part) => directory.inside(part)),
    environment: {
      HEARTH_LAYERS_ROOT: directory.inside('/opt'),
      TMPDIR: path.join(directory.path, 'tmp'),
      AWS_ENDPOINT_URL: `http://${endpointAddress}`,
      ...directory.environmentInside(spec.environment),
      AWS_LAMBDA_RUNTIME_API: runtimeApi.address,
    },
    onOutput: spec.onOutput,
    onConnection: (_, connection) => connection.destroy(),
  });
}

/** Processes, and what they find in their directory; that is what is kept when they are restarted. */
class ProcessSandbox implements Sandbox {
  readonly id: string;
  readonly runtimeApiAddress: string;
  readonly endpointAddress: string;
  readonly exited: Promise<SandboxExit>;
  readonly #around: Around;
  readonly #processes: Sandbox;
  readonly #spec: SandboxSpec;
  #isOver = false;

  constructor(around: Around, processes: Sandbox, spec: SandboxSpec) {
    this.id = processes.id;
    this.runtimeApiAddress = processes.runtimeApiAddress;
    this.endpointAddress = processes.endpointAddress;
    this.exited = processes.exited;
    this.#around = around;
    this.#processes = processes;
    this.#spec = spec;
  }

  environmentInside(
    environment: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> {
    return this.#around.directory.environmentInside(environment);
  }

  async bind({ mounts }: SandboxBinding): Promise<void> {
    for (const mount of mounts) await this.#around.directory.link(mount);
  }

  freeze(): Promise<void> {
    return this.#processes.freeze();
  }

  thaw(): Promise<void> {
    return this.#processes.thaw();
  }

  terminate(): Promise<void> {
    return this.#processes.terminate();
  }

  peakMemoryBytes(): Promise<number> {
    return this.#processes.peakMemoryBytes();
  }

  async outputSettled(): Promise<void> {
    await this.#processes.outputSettled?.();
  }

  connect(port: number): Promise<Duplex> {
    return connectTo(port);
  }

  async reset(): Promise<void> {
    await this.#processes[Symbol.asyncDispose]();
  }

  get canRestart(): boolean {
    return !this.#isOver;
  }

  async restart({ onRuntimeConnection, ...process }: SandboxRestart): Promise<Sandbox> {
    if (this.#isOver) throw new SandboxUnavailable('its directory is gone');
    await this.#processes[Symbol.asyncDispose]();
    const { runtimeApi, user } = this.#around;
    runtimeApi.cut();
    user.onRuntimeConnection = onRuntimeConnection;
    const { zygote: _, ...same } = this.#spec;
    const spec = { ...same, onRuntimeConnection, ...process };
    const processes = await start(spec, this.#around);
    // The directory is the next one's to take away.
    this.#isOver = true;
    return new ProcessSandbox(this.#around, processes, spec);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#processes[Symbol.asyncDispose]();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#around.runtimeApi.close();
    await this.#around.directory[Symbol.asyncDispose]();
  }
}

/** A plain process listens on the host's own loopback. */
function connectTo(port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const connection = connect({ host: LOOPBACK, port, noDelay: true });
    connection.once('error', reject);
    connection.once('connect', () => resolve(connection));
  });
}

interface Listener {
  /** `HOST:PORT`. */
  readonly address: string;
  /** Cuts every connection. */
  cut(): void;
  /** Stops listening and cuts every connection. */
  close(): void;
}

/** All of a driver's: none outlives it, not even that of a launch which was under way at its end. */
class Listeners implements Disposable {
  readonly #open = new Set<Listener>();
  #isClosed = false;

  /** @throws SandboxUnavailable once the driver is closed */
  async open(onConnection: (connection: Duplex) => void): Promise<Listener> {
    const listener = await listen(onConnection);
    const close = (): void => {
      this.#open.delete(listener);
      listener.close();
    };
    if (this.#isClosed) {
      close();
      throw new SandboxUnavailable('the driver is closed');
    }
    this.#open.add(listener);
    return { ...listener, close };
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const listener of this.#open) listener.close();
  }
}

function listen(onConnection: (connection: Duplex) => void): Promise<Listener> {
  const connections = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (connection) => {
    connections.add(connection);
    connection.on('error', () => connection.destroy());
    connection.on('close', () => connections.delete(connection));
    onConnection(connection);
  });
  const cut = (): void => {
    for (const connection of connections) connection.destroy();
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      // `listen` with a port always has an address of this kind.
      const { port } = server.address() as AddressInfo;
      resolve({
        address: `${LOOPBACK}:${port}`,
        cut,
        close() {
          server.close();
          cut();
        },
      });
    });
  });
}
