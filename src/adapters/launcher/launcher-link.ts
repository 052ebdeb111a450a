/*
 * The launcher's process and the talk with it.
 *
 * Owns: the process, its two channels, the requests without an answer.
 * Does not own: sandboxes; what the launcher tells about them goes to `LauncherEvents`.
 *
 * I1 Every request is answered, if only by the launcher's death.
 * I2 The process ends with this one: by the end of its channels, whatever ends them.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Server, Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import { FrameReader, encodeFrame } from './frames.ts';

export interface LauncherCommand {
  /** Path of the compiled launcher. */
  readonly binary: string;
  /** `oci-inside`: the OCI runtime itself is in the control groups of its container. */
  readonly mode: 'namespaces' | 'process' | 'oci' | 'oci-inside';
  /** A directory of its own, made where it is missing. */
  readonly directory: string;
  /** How many built sandboxes wait. */
  readonly poolSize: number;
  readonly wantsInternet: boolean;
  /** Where the server's endpoint listens inside. */
  readonly endpointPort: number;
  /** A name under which it is known to clients, and which leads to it inside, too. */
  readonly endpointName?: string;
  /** What every sandbox has besides, mounted once: host path and path inside. */
  readonly baseMounts: readonly { readonly source: string; readonly target: string }[];
  /** A line that the launcher wrote for the operator. */
  readonly onDiagnostic: (line: string) => void;
}

/** What the launcher tells about sandboxes, by their serial numbers. */
export interface LauncherEvents {
  /** A sandbox is built; `pipes` are paths at which its stdout and stderr can be opened. */
  onPrepared(serial: number, pipes: readonly string[]): void;
  onListener(serial: number, port: number, listener: Server): void;
  /** A process of a sandbox connected, by name, to what listens at a port, too. */
  onConnection(serial: number, port: number, connection: Socket): void;
  onExited(serial: number, exit: LauncherExit): void;
  /** A sandbox that nobody had launched is no more. */
  onGone(serial: number): void;
  /** The launcher died, and with it every sandbox. */
  onDeath(): void;
}

export interface LauncherExit {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  /** 0 when it ended by itself. */
  readonly signal: number;
  readonly outOfMemoryKills: number;
  readonly peakMemoryBytes: number;
  /** errno of the exec; 0 when the process started. */
  readonly startError: number;
  /** Its files, network and user are kept, and can be given new processes. */
  readonly isKept: boolean;
}

/** What the machine lets the launcher enforce. */
export interface LauncherHello {
  readonly pid: number;
  readonly cgroups: 'none' | 'v1' | 'v2';
  /** The directory of the server's group of version 2, below which sandboxes' are made; empty under version 1. */
  readonly ownGroup: string;
  readonly limitsMemory: boolean;
  readonly limitsCpu: boolean;
  readonly limitsProcesses: boolean;
  readonly freezes: boolean;
  readonly limitsTemporaryStorage: boolean;
  readonly hasInternet: boolean;
  /** The control group above its sandboxes', from where the hierarchies are mounted on. */
  readonly cgroupPath: string;
  /** Of 4,096 that no other launcher on this machine gives to sandboxes. */
  readonly firstUid: number;
}

type Waiting = PromiseWithResolvers<readonly string[]>;

export class LauncherLink implements AsyncDisposable {
  readonly hello: Promise<LauncherHello>;
  readonly #hello = Promise.withResolvers<LauncherHello>();
  readonly #process: ChildProcess;
  readonly #frames: Socket;
  readonly #events: LauncherEvents;
  readonly #waiting = new Map<string, Waiting>();
  /** Connections into sandboxes that were asked for, by the request's id. */
  readonly #connecting = new Map<string, PromiseWithResolvers<Socket>>();
  readonly #ended = Promise.withResolvers<void>();
  #lastId = 0;
  #launcherPid = 0;
  #isDead = false;

  constructor(command: LauncherCommand, events: LauncherEvents) {
    this.#events = events;
    this.hello = this.#hello.promise;
    this.hello.catch(() => {});
    this.#process = start(command);
    const channel = this.#process.stdio[4];
    if (!(channel instanceof Socket)) throw new Error('the launcher has no channel');
    this.#frames = channel;
    const reader = new FrameReader();
    channel.on('data', (chunk: Buffer) => reader.push(chunk).forEach((it) => this.#onFrame(it)));
    channel.on('error', () => this.#die('its channel broke'));
    channel.on('close', () => this.#die('it ended'));
    this.#process.on('message', (message, handle) => this.#onHandle(message, handle));
    this.#process.on('error', (error) => this.#die(error.message));
    this.#process.on('close', () => {
      this.#die('it ended');
      this.#ended.resolve();
    });
    forwardLines(this.#process.stderr, command.onDiagnostic);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /**
   * Asks the launcher; the fields of its answer, or `undefined` when the sandbox is no more.
   *
   * @throws SandboxUnavailable with the launcher's sentence
   */
  async request(
    verb: string,
    ...fields: readonly (string | number)[]
  ): Promise<readonly string[] | undefined> {
    return this.#request(this.#nextId(), verb, ...fields);
  }

  /**
   * A connection to a port at a sandbox's loopback.
   *
   * @throws SandboxUnavailable where nobody listens there, or the sandbox is no more
   */
  async connect(serial: number, port: number): Promise<Socket> {
    const id = this.#nextId();
    const connecting = Promise.withResolvers<Socket>();
    this.#connecting.set(id, connecting);
    try {
      const answer = await this.#request(id, 'connect', serial, port);
      if (answer === undefined) throw new SandboxUnavailable('the sandbox is gone');
      return await connecting.promise;
    } finally {
      this.#connecting.delete(id);
    }
  }

  #nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  async #request(
    id: string,
    verb: string,
    ...fields: readonly (string | number)[]
  ): Promise<readonly string[] | undefined> {
    if (this.#isDead) throw new SandboxUnavailable('the launcher is not running');
    const frame = encodeFrame([id, verb, ...fields.map(String)]);
    const waiting: Waiting = Promise.withResolvers();
    this.#waiting.set(id, waiting);
    this.#frames.write(frame);
    const [outcome, ...answer] = await waiting.promise;
    if (outcome === 'ok') return answer;
    if (outcome === 'gone') return undefined;
    throw new SandboxUnavailable(answer[0] ?? 'the launcher refused');
  }

  /** Ends the launcher, and with it every sandbox; resolves once its process is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#frames.end();
    if (this.#process.pid !== undefined) await this.#ended.promise;
  }

  #onFrame([id = '', verb = '', ...fields]: string[]): void {
    if (id !== '0') {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.resolve([verb, ...fields]);
      return;
    }
    const [first = 0, second = 0, third = 0, ...more] = fields.map(Number);
    if (verb === 'hello') {
      this.#launcherPid = first;
      this.#hello.resolve(helloOf(fields));
    }
    if (verb === 'refused') this.#hello.reject(new SandboxUnavailable(fields[0]));
    if (verb === 'prepared') {
      const pipes = [second, third].map((fd) => `/proc/${this.#launcherPid}/fd/${fd}`);
      this.#events.onPrepared(first, pipes);
    }
    if (verb === 'gone') this.#events.onGone(first);
    if (verb !== 'exited') return;
    const [outOfMemoryKills = 0, peakMemoryBytes = 0, startError = 0, kept = 0] = more;
    this.#events.onExited(first, {
      exitCode: second,
      signal: third,
      outOfMemoryKills,
      peakMemoryBytes,
      startError,
      isKept: kept === 1,
    });
  }

  #onHandle(message: unknown, handle: unknown): void {
    if (handle instanceof Socket) {
      // The launcher wrote it: `{ connection }` answers a request, `{ serial, port }` comes from a sandbox.
      const { connection, serial, port } = message as {
        readonly connection?: number;
        readonly serial?: number;
        readonly port?: number;
      };
      if (serial !== undefined && port !== undefined) {
        this.#events.onConnection(serial, port, handle);
        return;
      }
      const connecting = this.#connecting.get(String(connection));
      if (connecting === undefined) handle.destroy();
      else connecting.resolve(handle);
      return;
    }
    if (!(handle instanceof Server)) return;
    // The launcher wrote it: `{ serial, port }`.
    const { serial, port } = message as { serial: number; port: number };
    this.#events.onListener(serial, port, handle);
  }

  #die(why: string): void {
    if (this.#isDead) return;
    this.#isDead = true;
    const error = new SandboxUnavailable(`the launcher is gone: ${why}`);
    this.#hello.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    for (const connecting of this.#connecting.values()) {
      connecting.promise.catch(() => {});
      connecting.reject(error);
    }
    this.#events.onDeath();
  }
}

function start(command: LauncherCommand): ChildProcess {
  const { binary, mode, directory, poolSize, wantsInternet, endpointPort, baseMounts } = command;
  const { endpointName = '' } = command;
  return spawn(
    binary,
    [
      mode,
      directory,
      String(poolSize),
      wantsInternet ? 'yes' : 'no',
      String(endpointPort),
      endpointName,
      ...baseMounts.flatMap(({ source, target }) => [source, target]),
    ],
    // By the numbers that the launcher knows: 3 takes Node's messages with sockets, 4 its frames.
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'], env: {}, serialization: 'json' },
  );
}

function helloOf(fields: readonly string[]): LauncherHello {
  const [pid, cgroups, ...flags] = fields;
  const [ownGroup = '', cgroupPath = '', firstUid] = fields.slice(8);
  const [memory, cpu, processes, freezer, storage, internet] = flags.map((flag) => flag === '1');
  return {
    pid: Number(pid),
    cgroups: cgroups === 'v1' || cgroups === 'v2' ? cgroups : 'none',
    ownGroup,
    limitsMemory: memory ?? false,
    limitsCpu: cpu ?? false,
    limitsProcesses: processes ?? false,
    freezes: freezer ?? false,
    limitsTemporaryStorage: storage ?? false,
    hasInternet: internet ?? false,
    cgroupPath,
    firstUid: Number(firstUid),
  };
}

function forwardLines(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
}
