import type { Duplex } from 'node:stream';
import type { LaunchedSandbox } from '#adapters/launcher/index.ts';
import type { Sandbox, SandboxBinding, SandboxExit, SandboxRestart } from '#ports/world/sandbox.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';

/** What a container is besides the sandbox that the launcher has of it. */
export interface ContainerCommands {
  /** Asks the first process to end; nothing happens where it has. */
  terminate(): Promise<void>;
  /** Another container in the place of the one that has ended: what it is to run is what `restart` says. */
  renew(restart: SandboxRestart): Promise<void>;
  /** Takes away what is left of it: the container, its files. */
  remove(): Promise<void>;
}

/** A container in a sandbox of the launcher's: its network, its /tmp and its groups outlive the container. */
export class OciSandbox implements Sandbox {
  readonly id: string;
  readonly runtimeApiAddress: string;
  readonly endpointAddress: string;
  readonly exited: Promise<SandboxExit>;
  readonly #sandbox: LaunchedSandbox;
  readonly #commands: ContainerCommands;
  #isHandedOver = false;
  #disposal: Promise<void> | undefined;

  constructor(sandbox: LaunchedSandbox, commands: ContainerCommands) {
    this.id = sandbox.id;
    this.runtimeApiAddress = sandbox.runtimeApiAddress;
    this.endpointAddress = sandbox.endpointAddress;
    this.#sandbox = sandbox;
    this.#commands = commands;
    this.exited = sandbox.exited;
  }

  async bind(binding: SandboxBinding): Promise<void> {
    if (binding.mounts.length > 0) {
      throw new SandboxUnavailable('an OCI runtime mounts nothing into a running sandbox');
    }
    await this.#sandbox.bind(binding);
  }

  freeze(): Promise<void> {
    return this.#sandbox.freeze();
  }

  thaw(): Promise<void> {
    return this.#sandbox.thaw();
  }

  /** By the runtime's own command: gVisor's does not hand on signals that it gets itself. */
  async terminate(): Promise<void> {
    if (!this.#isHandedOver) await this.#commands.terminate();
  }

  peakMemoryBytes(): Promise<number> {
    return this.#sandbox.peakMemoryBytes();
  }

  async outputSettled(): Promise<void> {
    await this.#sandbox.outputSettled?.();
  }

  async connect(port: number): Promise<Duplex> {
    if (this.#sandbox.connect === undefined) throw new SandboxUnavailable('no way into it');
    return this.#sandbox.connect(port);
  }

  async reset(): Promise<void> {
    await this.#sandbox.reset?.();
  }

  get canRestart(): boolean {
    return this.#disposal === undefined && this.#sandbox.canRestart === true;
  }

  async restart(restart: SandboxRestart): Promise<Sandbox> {
    if (!this.canRestart) throw new SandboxUnavailable('nothing is left of the container');
    await this.#commands.renew(restart);
    const next = await this.#sandbox.restart(restart);
    // From here on this handle has nothing to order, nor to take away.
    this.#isHandedOver = true;
    this.#disposal = Promise.resolve();
    return new OciSandbox(next, this.#commands);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    await this.#disposal;
  }

  async #dispose(): Promise<void> {
    await this.#sandbox[Symbol.asyncDispose]();
    await this.#commands.remove();
  }
}
