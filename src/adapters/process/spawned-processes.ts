/*
 * Processes that the server forks itself, where no launcher could be compiled. A fork copies the
 * page tables of the server and stops its loop: 1 ms for a small one, 40 ms at one gigabyte.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants as fileModes } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import type { LaunchOptions } from '#adapters/launcher/index.ts';
import { describeExit, pipesRead } from '#adapters/launcher/index.ts';
import { KIB } from '#kernel/units.ts';
import type { Sandbox, SandboxExit } from '#ports/world/sandbox.ts';
import { ProcessRecords } from './process-records.ts';

/** Of util-linux: sets what a process keeps of its parent, and becomes the command. */
const SET_PRIVILEGES = '/usr/bin/setpriv';

export class SpawnedProcesses implements AsyncDisposable {
  readonly #living = new Set<Sandbox>();
  readonly #records: ProcessRecords;

  private constructor(records: ProcessRecords) {
    this.#records = records;
  }

  /** Ends first what a killed server left in the directory. */
  static async open(directory: string): Promise<SpawnedProcesses> {
    return new SpawnedProcesses(await ProcessRecords.open(directory));
  }

  async launch(options: LaunchOptions): Promise<Sandbox> {
    const sandbox = new SpawnedProcess(options);
    const { id, pid } = sandbox;
    if (pid !== undefined) this.#records.add(id, pid);
    this.#living.add(sandbox);
    void sandbox.exited.then(() => {
      this.#living.delete(sandbox);
      this.#records.delete(id);
    });
    return sandbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#living].map((sandbox) => sandbox[Symbol.asyncDispose]()));
  }
}

class SpawnedProcess implements Sandbox {
  readonly id: string;
  readonly runtimeApiAddress: string;
  readonly endpointAddress: string;
  readonly exited: Promise<SandboxExit>;
  readonly #process: ChildProcess;
  #peakMemoryBytes = 0;

  constructor(options: LaunchOptions) {
    this.id = options.id;
    this.runtimeApiAddress = options.runtimeApiAddress;
    this.endpointAddress = options.endpointAddress;
    const [command = ''] = options.command;
    const [program = '', ...args] = endingWithServer(options.command);
    this.#process = spawn(program, args, {
      cwd: options.workingDirectory,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, to be ended as one.
      detached: true,
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => options.onOutput('stdout', chunk));
    this.#process.stderr?.on('data', (chunk: Buffer) => options.onOutput('stderr', chunk));
    this.exited = this.#watch(command);
  }

  /** `undefined` where it did not start. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  async bind(): Promise<void> {}

  async freeze(): Promise<void> {
    this.#signalAll('SIGSTOP');
  }

  async thaw(): Promise<void> {
    this.#signalAll('SIGCONT');
  }

  async terminate(): Promise<void> {
    this.#process.kill('SIGTERM');
  }

  outputSettled(): Promise<void> {
    return pipesRead();
  }

  /** Of the first process alone: nobody counts its children. */
  async peakMemoryBytes(): Promise<number> {
    const path = `/proc/${this.#process.pid ?? 0}/status`;
    const status = await readFile(path, 'utf8').catch(() => '');
    const kib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, kib * KIB);
    return this.#peakMemoryBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signalAll('SIGKILL');
    await this.exited;
  }

  #watch(command: string): Promise<SandboxExit> {
    const nothing = { outOfMemoryKills: 0, peakMemoryBytes: 0, startError: 0, isKept: false };
    return new Promise((resolve) => {
      this.#process.once('error', (error: NodeJS.ErrnoException) => {
        const startError = Math.abs(error.errno ?? constants.errno.ENOENT);
        resolve(describeExit({ ...nothing, exitCode: 127, signal: 0, startError }, command));
      });
      this.#process.once('exit', () => this.#signalAll('SIGKILL'));
      this.#process.once('close', (code, signal) => {
        const number = signal === null ? 0 : constants.signals[signal];
        resolve(describeExit({ ...nothing, exitCode: code ?? -1, signal: number }, command));
      });
    });
  }

  #signalAll(signal: NodeJS.Signals): void {
    if (this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, signal);
    } catch {
      // ESRCH: the whole group has ended.
    }
  }
}

/**
 * The command, that it may not outlive a server that is killed; its own descendants may. One that
 * cannot start is left as it is, to tell so itself.
 */
function endingWithServer(command: readonly string[]): readonly string[] {
  try {
    accessSync(SET_PRIVILEGES, fileModes.X_OK);
    accessSync(command[0] ?? '', fileModes.X_OK);
  } catch {
    return command;
  }
  return [SET_PRIVILEGES, '--pdeathsig', 'KILL', '--', ...command];
}
