import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import type { Clock } from '#ports/world/clock.ts';
import type {
  Sandbox,
  SandboxBinding,
  SandboxDriver,
  SandboxExit,
  SandboxRestart,
  SandboxSpec,
} from '#ports/world/sandbox.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { SimulatedProgram } from './simulated-process.ts';

export interface SimulatedDriverOptions {
  readonly clock: Clock;
  /** What a sandbox runs. */
  readonly program: SimulatedProgram;
  /** Time to make a sandbox, in ms. */
  readonly launchMs?: number;
  /** Called before each launch; throws where the machine is to refuse. */
  readonly onLaunch?: (spec: SandboxSpec) => void;
  /** Called before each bind that mounts something; may end the process. */
  readonly onBind?: (process: SimulatedProcess) => void;
}

/** Sandboxes that are asynchronous functions, for unit tests and the simulator; nothing leaves the process. */
export class SimulatedSandboxDriver implements SandboxDriver {
  readonly name = 'simulated';
  readonly description = 'simulated sandboxes: functions of this process, isolated from nothing';
  /** Those whose process lives now. */
  readonly sandboxes = new Set<SimulatedSandbox>();
  /** How many were ever made. */
  launches = 0;
  /** And how often one was given another process. */
  restarts = 0;
  readonly #options: SimulatedDriverOptions;

  constructor(options: SimulatedDriverOptions) {
    this.#options = options;
  }

  async launch(spec: SandboxSpec): Promise<Sandbox> {
    const { clock, launchMs = 0, onLaunch, onBind, program } = this.#options;
    if (launchMs > 0) await clock.sleep(launchMs);
    onLaunch?.(spec);
    this.launches += 1;
    const around: Around = {
      clock,
      program,
      files: new Map(),
      onBind,
      restart: (again) => {
        this.restarts += 1;
        return this.#start(again, around);
      },
    };
    return this.#start(spec, around);
  }

  #start(spec: SandboxSpec, around: Around): SimulatedSandbox {
    const sandbox = new SimulatedSandbox(spec, around, () => this.sandboxes.delete(sandbox));
    this.sandboxes.add(sandbox);
    sandbox.start(around.program);
    return sandbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.sandboxes].map((sandbox) => sandbox[Symbol.asyncDispose]()));
  }
}

/** What of a sandbox outlives its process. */
interface Around {
  readonly clock: Clock;
  readonly program: SimulatedProgram;
  readonly files: Map<string, string>;
  readonly onBind: ((process: SimulatedProcess) => void) | undefined;
  readonly restart: (spec: SandboxSpec) => Sandbox;
}

class SimulatedSandbox implements Sandbox {
  readonly id: string;
  readonly runtimeApiAddress = '169.254.100.1:9001';
  readonly endpointAddress = '169.254.100.1:4566';
  readonly process: SimulatedProcess;
  readonly #around: Around;
  readonly #exit = Promise.withResolvers<SandboxExit>();
  readonly #connections = new Set<Duplex>();
  readonly #onGone: () => void;
  readonly #spec: SandboxSpec;
  #isGone = false;
  #isOver = false;

  constructor(spec: SandboxSpec, around: Around, onGone: () => void) {
    this.id = spec.id;
    this.#spec = spec;
    this.#around = around;
    this.#onGone = onGone;
    this.process = new SimulatedProcess({
      clock: around.clock,
      files: around.files,
      spec: {
        ...spec,
        environment: { ...spec.environment, AWS_LAMBDA_RUNTIME_API: this.runtimeApiAddress },
      },
      connect: () => this.#connect(spec),
      end: (exit) => this.#end(exit),
    });
  }

  get exited(): Promise<SandboxExit> {
    return this.#exit.promise;
  }

  start(program: SimulatedProgram): void {
    program(this.process).then(
      (status) => this.#end(exitOf(status)),
      () => this.#end(exitOf(1)),
    );
  }

  async bind(binding: SandboxBinding): Promise<void> {
    if (binding.mounts.length === 0) return;
    this.#around.onBind?.(this.process);
    if (!this.#isGone) this.process.binding = binding;
  }

  async freeze(): Promise<void> {
    this.process.freeze();
  }

  async thaw(): Promise<void> {
    this.process.thaw();
  }

  async terminate(): Promise<void> {
    this.process.kill();
  }

  async peakMemoryBytes(): Promise<number> {
    return this.process.peakMemoryBytes;
  }

  async reset(): Promise<void> {
    this.process.kill();
  }

  get canRestart(): boolean {
    return this.#isGone && !this.#isOver;
  }

  async restart(wanted: SandboxRestart): Promise<Sandbox> {
    if (!this.canRestart) throw new SandboxUnavailable('nothing is left of the sandbox');
    this.#isOver = true;
    return this.#around.restart({ ...this.#spec, ...wanted });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.process.kill();
    await this.exited;
  }

  #connect(spec: SandboxSpec): Duplex {
    if (this.#isGone) throw new SandboxUnavailable('the sandbox is gone');
    const [inside, outside] = duplexPair();
    inside.on('error', () => {});
    this.#connections.add(outside);
    outside.on('close', () => this.#connections.delete(outside));
    spec.onRuntimeConnection(outside);
    return inside;
  }

  #end(exit: SandboxExit): void {
    if (this.#isGone) return;
    this.#isGone = true;
    for (const connection of this.#connections) connection.destroy();
    this.#onGone();
    this.#exit.resolve(exit);
  }
}

function exitOf(status: number): SandboxExit {
  return {
    description: `exit status ${status}`,
    exitCode: status,
    signal: undefined,
    outOfMemory: false,
  };
}
