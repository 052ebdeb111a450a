/*
 * Sandboxes that are plain child processes, for tests of the real runtimes: what is mounted inside is
 * rewritten to where it lies on the host. Isolates nothing.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type {
  Sandbox,
  SandboxBinding,
  SandboxDriver,
  SandboxExit,
  SandboxMount,
  SandboxSpec,
} from '#ports/world/sandbox.ts';

export class ProcessSandboxDriver implements SandboxDriver {
  readonly name = 'test-process';
  readonly description = 'child processes of a test';
  readonly #sandboxes = new Set<ProcessSandbox>();

  async launch(spec: SandboxSpec): Promise<Sandbox> {
    const server = createServer((connection) => spec.onRuntimeConnection(connection));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const sandbox = new ProcessSandbox(spec, server);
    this.#sandboxes.add(sandbox);
    void sandbox.exited.then(() => this.#sandboxes.delete(sandbox));
    return sandbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sandboxes].map((it) => it[Symbol.asyncDispose]()));
  }
}

class ProcessSandbox implements Sandbox {
  readonly id: string;
  readonly runtimeApiAddress: string;
  readonly endpointAddress = '127.0.0.1:1';
  readonly exited: Promise<SandboxExit>;
  readonly #child: ChildProcess;
  readonly #server: Server;
  #peakBytes = 0;
  /** Where a stem cell's binding will be: told to the process by its environment. */
  #bound: readonly SandboxMount[] = [];

  constructor(spec: SandboxSpec, server: Server) {
    this.id = spec.id;
    this.#server = server;
    // A server on a port has an address of this kind.
    this.runtimeApiAddress = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const inside = (text: string): string => rewrite(text, spec.mounts);
    const [command = '', ...parameters] = spec.command.map(inside);
    const environment = Object.fromEntries(
      Object.entries(spec.environment).map(([name, value]) => [name, inside(value)]),
    );
    this.#child = spawn(command, parameters, {
      env: {
        ...environment,
        HEARTH_LAYERS_ROOT: inside('/opt'),
        AWS_LAMBDA_RUNTIME_API: this.runtimeApiAddress,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => spec.onOutput('stdout', chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => spec.onOutput('stderr', chunk));
    this.exited = new Promise((resolve) => {
      this.#child.on('error', () => {
        server.close();
        resolve({
          description: 'exit status 127',
          exitCode: 127,
          signal: undefined,
          outOfMemory: false,
        });
      });
      this.#child.on('close', (code, signal) => {
        server.close();
        resolve({
          description:
            signal === null ? `exit status ${code}` : `signal: ${NAMES[signal] ?? signal}`,
          exitCode: code ?? undefined,
          signal: signal ?? undefined,
          outOfMemory: false,
        });
      });
    });
  }

  async bind(binding: SandboxBinding): Promise<void> {
    this.#bound = binding.mounts;
  }

  /** What the mounts of a late binding are on the host. */
  get bound(): readonly SandboxMount[] {
    return this.#bound;
  }

  async freeze(): Promise<void> {
    this.#signal('SIGSTOP');
  }

  async thaw(): Promise<void> {
    this.#signal('SIGCONT');
  }

  async terminate(): Promise<void> {
    this.#signal('SIGTERM');
  }

  async peakMemoryBytes(): Promise<number> {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      this.#peakBytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    } catch {
      // It is gone: the last that was seen counts.
    }
    return this.#peakBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal('SIGKILL');
    this.#server.close();
    await this.exited;
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It went away by itself.
    }
  }
}

const NAMES: Readonly<Record<string, string>> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGSEGV: 'segmentation fault',
  SIGABRT: 'aborted',
};

function rewrite(text: string, mounts: readonly SandboxMount[]): string {
  return mounts.reduce((it, { source, target }) => {
    const pattern = new RegExp(`(^|:)${target}(?=/|:|$)`, 'g');
    return it.replaceAll(pattern, `$1${source}`);
  }, text);
}
