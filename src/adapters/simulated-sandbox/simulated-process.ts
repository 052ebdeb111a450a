import type { Duplex } from 'node:stream';
import type { Clock } from '#ports/world/clock.ts';
import type { SandboxBinding, SandboxExit, SandboxSpec } from '#ports/world/sandbox.ts';

/** What a simulated sandbox runs: an asynchronous function; what it resolves with is the exit status. */
export type SimulatedProgram = (process: SimulatedProcess) => Promise<number>;

/** How a process reaches the world outside; made by the driver. */
export interface SimulatedOutside {
  readonly clock: Clock;
  readonly spec: SandboxSpec;
  /** Of /tmp. */
  readonly files: Map<string, string>;
  readonly connect: () => Duplex;
  readonly end: (exit: SandboxExit) => void;
}

/** The inside of a simulated sandbox, as its program sees it. */
export class SimulatedProcess {
  readonly environment: Record<string, string>;
  /** What the sandbox was bound to, where it waited as a stem cell. */
  binding: SandboxBinding | undefined;
  /** Aborts when the process is killed; every wait of a program ends with it. */
  readonly killed: AbortSignal;
  /** Highest memory, in bytes. */
  peakMemoryBytes = 32 * 1024 * 1024;
  isFrozen = false;
  /** What is in /tmp, by name: it outlives the process where its sandbox is given another. */
  readonly files: Map<string, string>;
  readonly #outside: SimulatedOutside;
  readonly #kill = new AbortController();
  #thawed = Promise.withResolvers<void>();

  constructor(outside: SimulatedOutside) {
    this.#outside = outside;
    this.environment = { ...outside.spec.environment };
    this.files = outside.files;
    this.killed = this.#kill.signal;
  }

  /** A new connection to the Runtime API. */
  connect(): Duplex {
    return this.#outside.connect();
  }

  /** Writes to standard output. */
  print(text: string): void {
    if (!this.killed.aborted) this.#outside.spec.onOutput('stdout', Buffer.from(text));
  }

  /** Waits; while it is frozen its time stands still. */
  async sleep(delayMs: number): Promise<void> {
    await this.#outside.clock.sleep(delayMs, this.killed);
    while (this.isFrozen) await this.#thawed.promise;
  }

  /** Ends it at once, as the kernel does when memory is short. */
  runOutOfMemory(): void {
    this.kill(true);
  }

  /** Ends it at once, as by SIGKILL. */
  kill(outOfMemory = false): void {
    if (this.killed.aborted) return;
    this.#kill.abort(new Error('killed'));
    this.#outside.end({
      description: 'signal: killed',
      exitCode: undefined,
      signal: 'SIGKILL',
      outOfMemory,
    });
  }

  freeze(): void {
    this.isFrozen = true;
  }

  thaw(): void {
    this.isFrozen = false;
    this.#thawed.resolve();
    this.#thawed = Promise.withResolvers<void>();
  }
}
