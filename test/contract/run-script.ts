import assert from 'node:assert/strict';
import type { Sandbox, SandboxDriver, SandboxRestart, SandboxSpec } from '#ports/world/sandbox.ts';

/** A shell in a sandbox, and what it printed. */
export interface Run extends AsyncDisposable {
  readonly sandbox: Sandbox;
  stdout(): string;
  stderr(): string;
  /** Resolves once this text was printed. */
  printed(text: string): Promise<void>;
  /** Resolves once anything more was printed. */
  printedMore(): Promise<void>;
  /** Gives what is on its way the time to come. */
  settle(): Promise<void>;
}

export interface ScriptOptions extends Partial<SandboxSpec> {
  readonly argument?: string;
}

let launches = 0;

/** Runs a script in a sandbox of its own. */
export function launchScript(
  driver: SandboxDriver,
  script: string,
  options: ScriptOptions,
): Promise<Run> {
  launches += 1;
  const id = `contract-${process.pid}-${launches}`;
  return runScript(script, options, (process) => driver.launch({ id, mounts: [], ...process }));
}

/** Runs one in what is left of a sandbox. */
export function restartScript(
  sandbox: Sandbox,
  script: string,
  options: ScriptOptions = {},
): Promise<Run> {
  return runScript(script, options, async (process) => {
    assert.ok(sandbox.restart !== undefined);
    return sandbox.restart(process);
  });
}

async function runScript(
  script: string,
  { argument = 'sh', ...options }: ScriptOptions,
  begin: (process: SandboxRestart) => Promise<Sandbox>,
): Promise<Run> {
  const chunks = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const sandbox = await begin({
    command: ['/bin/sh', '-c', script, argument],
    environment: { PATH: '/usr/bin:/bin' },
    limits: { memoryMiB: 512, temporaryStorageMiB: 512 },
    onRuntimeConnection: (connection) => connection.destroy(),
    onOutput: (output, chunk) => {
      chunks[output] += Buffer.from(chunk).toString();
      for (const look of waiting) look();
    },
    ...options,
  });
  const untilOutput = (holds: () => boolean): Promise<void> => {
    const printed = new Promise<void>((resolve) => {
      const look = (): void => {
        if (holds()) {
          waiting.delete(look);
          resolve();
        }
      };
      waiting.add(look);
      look();
    });
    // All that it wrote was given out before: nothing is to come.
    const ended = sandbox.exited.then(({ description }) => {
      if (!holds()) throw new Error(`it ended before: ${description}; ${chunks.stderr}`);
    });
    return Promise.race([printed, ended]);
  };
  return {
    sandbox,
    stdout: () => chunks.stdout,
    stderr: () => chunks.stderr,
    printed: (text) => untilOutput(() => chunks.stdout.includes(text)),
    printedMore: () => {
      const { length } = chunks.stdout;
      return untilOutput(() => chunks.stdout.length > length);
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 60)),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}
