/**
 * One worker: a server of its own and a Python process that runs scenarios against it, one after the other.
 * Scenarios never meet those of another worker. A scenario that takes too long loses its process.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import type { Observation } from './compare.ts';

export interface Outcome extends Observation {
  /** Where the scenario itself failed. */
  readonly failure: string | null;
  /** True where the server's clock is no longer the true one. */
  readonly hasMovedTime?: boolean;
}

export interface Worker {
  run(file: string, entry: string): Promise<Outcome>;
  stop(): Promise<void>;
}

/** Recordings tell this account, so it is the server's. */
const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const SCENARIO_TIMEOUT_MS = 150_000;
/** For what is tried between accounts. */
const OTHER_ACCOUNT = '222222222222';
const FLAGS = Object.entries({
  '--account-id': ACCOUNT,
  '--further-account-ids': OTHER_ACCOUNT,
  '--region': REGION,
  '--clock': 'movable',
  '--log-level': 'warn',
}).flat();
const PYTHON = '.cache/python/bin/python';

/** Which entries have a scenario, by recording file; null where a scenario file cannot be read. */
export async function listScenarios(
  files: readonly string[],
): Promise<Readonly<Record<string, readonly string[] | null>>> {
  const python = startPython({}, ['--list', ...files]);
  let text = '';
  python.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(python, 'close')) as [number | null];
  if (code !== 0) throw new Error('Python cannot list the scenarios');
  // The runner's own answer.
  return JSON.parse(text) as Readonly<Record<string, readonly string[] | null>>;
}

/**
 * Starts a server with a new data directory; Python starts with the first scenario. After a scenario that
 * moved time, both are new.
 */
export async function startWorker(): Promise<Worker> {
  let server = await startServer({ flags: FLAGS });
  let runner: Runner | undefined;
  const stop = async (): Promise<void> => {
    runner?.end();
    runner = undefined;
    await server.stop();
  };
  return {
    async run(file, entry) {
      runner ??= startRunner(server);
      const outcome = await runner.run(`${file}\t${entry}`);
      if (outcome?.hasMovedTime === true) {
        await stop();
        server = await startServer({ flags: FLAGS });
      }
      if (outcome !== undefined) return outcome;
      runner = undefined;
      const failure = `no answer within ${SCENARIO_TIMEOUT_MS / 1000} s, or Python ended`;
      return { values: {}, failure };
    },
    stop,
  };
}

interface Runner {
  /** Undefined when it did not come in time. */
  run(line: string): Promise<Outcome | undefined>;
  end(): void;
}

function startRunner(server: ExampleServer): Runner {
  const python = startPython(environment(server), []);
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  return {
    async run(line) {
      python.stdin.write(`${line}\n`);
      const timeout = setTimeout(() => python.kill('SIGKILL'), SCENARIO_TIMEOUT_MS);
      const { done, value } = await lines.next();
      clearTimeout(timeout);
      // The runner's own answer.
      return done === true ? undefined : (JSON.parse(value) as Outcome);
    },
    end: () => void python.stdin.end(),
  };
}

function startPython(
  variables: Readonly<Record<string, string>>,
  parameters: readonly string[],
): ChildProcessByStdio<Writable, Readable, null> {
  return spawn(PYTHON, ['-B', '-m', 'harness.runner', ...parameters], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...variables, PYTHONPATH: import.meta.dirname },
  });
}

function environment({
  endpoint,
  credentials,
  dataDir,
}: ExampleServer): Readonly<Record<string, string>> {
  return {
    PARITY_ACCOUNT: ACCOUNT,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    PARITY_OTHER_ACCOUNT: JSON.stringify(otherAccount(dataDir)),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** The root credentials of the other account, from the file that the server writes. */
function otherAccount(dataDir: string): unknown {
  const file = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')) as {
    readonly accounts: readonly unknown[];
  };
  return file.accounts[0];
}
