import type { Duplex } from 'node:stream';

/** What a sandbox is made with; the rest is bound late, so that a warm one can be waiting. */
export interface SandboxSpec {
  /** Unique among living sandboxes; letters, digits and hyphens, at most 64. */
  readonly id: string;
  /** What the sandbox's process runs, as seen inside: `['/var/runtime/bootstrap']`. */
  readonly command: readonly string[];
  /**
   * The program that `command` becomes, if it can be executed, with both outputs as one, stdout. A driver may start it
   * at once, in the directory of the code.
   */
  readonly executable?: string;
  /**
   * The process's environment. The driver, who alone knows the addresses, adds AWS_LAMBDA_RUNTIME_API
   * (`runtimeApiAddress`) and, where it is absent, AWS_ENDPOINT_URL (`http://` and `endpointAddress`).
   */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * A host directory that is the root inside, read-only, in place of the machine's languages and libraries: of a
   * container image. It has a place for each of ROOT_POINTS. Only where the driver `replacesRoots`.
   */
  readonly root?: string;
  /** Where the process starts; /var/task where it is absent. */
  readonly workingDirectory?: string;
  /** Host directories mounted read-only inside; `/var/runtime` is one of them for managed runtimes. */
  readonly mounts: readonly SandboxMount[];
  readonly limits: SandboxLimits;
  /** Where a driver can, its process is a fork of this one, which was booted before, in place of `command`. */
  readonly zygote?: SandboxZygote;
  /** A process in the sandbox connected to the Runtime API's address. */
  readonly onRuntimeConnection: (connection: Duplex) => void;
  /** Bytes that the sandbox's processes wrote; the same chunk is never given twice. */
  readonly onOutput: (output: 'stdout' | 'stderr', chunk: Uint8Array) => void;
}

/** What a sandbox has of its own below whatever root: directories, and files. */
export const ROOT_POINTS = {
  directories: ['proc', 'dev', 'tmp', 'sys'],
  files: ['etc/hosts', 'etc/hostname', 'etc/resolv.conf'],
} as const;

export interface SandboxMount {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path inside: `/var/task`, `/opt`, `/var/runtime`. */
  readonly target: string;
}

/** A language that boots once, outside of any sandbox, and waits to be forked into many. */
export interface SandboxZygote {
  readonly command: readonly string[];
  /** The driver adds AWS_LAMBDA_RUNTIME_API, and where the library lies by which it waits. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Every other limit follows the memory. @see ../../../docs/guides/isolation.md */
export interface SandboxLimits {
  readonly memoryMiB: number;
  /** Size of /tmp, in MiB. */
  readonly temporaryStorageMiB: number;
  /** Cores, where it is not memory's share (1,769 MiB are one): more of them while a sandbox boots. */
  readonly virtualCpus?: number;
}

/** What a waiting sandbox learns when it is given to a function: its code and limits. */
export interface SandboxBinding {
  readonly mounts: readonly SandboxMount[];
  readonly limits: SandboxLimits;
}

export interface SandboxExit {
  /** As `exit status 1` or `signal: killed`, the words of AWS's Runtime.ExitError. */
  readonly description: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly outOfMemory: boolean;
  /** Why its first process could not even start, as `fork/exec /var/task/bootstrap: permission denied`. */
  readonly startError?: string;
}

/** What is given new processes: as in a launch, but that mounts and the rest are there already. */
export type SandboxRestart = Pick<
  SandboxSpec,
  | 'command'
  | 'executable'
  | 'environment'
  | 'limits'
  | 'zygote'
  | 'onRuntimeConnection'
  | 'onOutput'
>;

/** A tree of processes with its own view of files, network and processes. */
export interface Sandbox extends AsyncDisposable {
  readonly id: string;
  /** `HOST:PORT` of the Runtime API as seen inside; the value of AWS_LAMBDA_RUNTIME_API. */
  readonly runtimeApiAddress: string;
  /** Where the server's endpoint is reached from inside, without a scheme: `HOST:PORT`; the driver's own address. */
  readonly endpointAddress: string;
  /**
   * An environment as it must read inside, where the paths of mounts are others there than the spec's
   * targets (plain processes); a spec's environment is translated by the driver itself.
   */
  environmentInside?(
    environment: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>>;
  /**
   * Mounts code and sets limits on a sandbox that was launched without; mounts once in its life, while
   * limits may be changed again with no mounts. Where its processes have ended, nothing is mounted, and it
   * resolves once `exited` has.
   */
  bind(binding: SandboxBinding): Promise<void>;
  /** Stops every process between events; resolves when they stand still. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Sends SIGTERM to the first process; for the shutdown phase. */
  terminate(): Promise<void>;
  /** The kernel's peak of memory, in bytes, since the launch; 0 where the driver cannot tell. */
  peakMemoryBytes(): Promise<number>;
  /**
   * Resolves once what its processes wrote before this call was given to `onOutput`: a line that a function
   * wrote before it answered belongs before the answer's own. Absent where output and connections come in order.
   */
  outputSettled?(): Promise<void>;
  /**
   * Connects to a port that a process inside listens on, at its loopback. Absent where the driver cannot.
   * @throws Error where nobody listens, or the sandbox is gone
   */
  connect?(port: number): Promise<Duplex>;
  /** Resolves once every process is gone. */
  readonly exited: Promise<SandboxExit>;
  /**
   * Kills every process and keeps the rest for a restart; `exited` tells when they are gone. Absent where
   * nothing of a sandbox outlives its processes.
   */
  reset?(): Promise<void>;
  /** Whether what is left once it has exited can be given new processes. */
  readonly canRestart?: boolean;
  /**
   * The same sandbox with new processes, once it has exited: its files (/tmp as it was left), network and
   * user are the old ones. This handle is of no use then.
   * @throws SandboxUnavailable where it cannot be; then it is to be disposed of
   */
  restart?(restart: SandboxRestart): Promise<Sandbox>;
  /** Kills every process and frees all that the sandbox held; may be called again. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes sandboxes: namespaces, an OCI runtime, plain processes, or the simulator's. */
export interface SandboxDriver extends AsyncDisposable {
  readonly name: string;
  /** One line for the operator: what isolates, and what is missing. */
  readonly description: string;
  /** False where code cannot be mounted into a running sandbox, so that none can wait for it. */
  readonly canBindLate?: boolean;
  /** Whether a sandbox can have another root than the machine's. */
  readonly replacesRoots?: boolean;
  /** Whether a launch with this zygote would be a fork of it, now. Absent where none ever is. */
  hasZygote?(zygote: SandboxZygote): boolean;
  /** Boots a zygote, with the mounts of its forks, where there is none; resolves once it is there, or has failed. */
  prepareZygote?(zygote: SandboxZygote, mounts: readonly SandboxMount[]): Promise<void>;
  /**
   * @throws SandboxUnavailable where the machine refuses; the caller may try again later
   */
  launch(spec: SandboxSpec): Promise<Sandbox>;
}

export class SandboxUnavailable extends Error {
  override readonly name = 'SandboxUnavailable';
}
