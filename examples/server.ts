/** Starts a server of its own for an example, from outside, as a user does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ExampleServer {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly dataDir: string;
  /** What the server said of its isolation. */
  readonly isolation: string;
  readonly processId: number;
  /** All that it printed so far. */
  readonly said: () => string;
  /** Ends the server by SIGTERM; deletes its data where the folder was its own. */
  stop(): Promise<void>;
  /** Ends the server at once, as a crash would. */
  kill(): Promise<void>;
  /** Leaves the server running. */
  leave(): void;
}

/** One that ends is noticed at once. */
const READY_TIMEOUT_MS = 300_000;

export interface ServerOptions {
  /** An existing data directory, which `stop` then keeps. */
  readonly dataDir?: string;
  readonly flags?: readonly string[];
}

/** Runs `hearth up` on a free port, by default with a new data directory; resolves once it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<ExampleServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'hearth-'));
  // A server that died left its file behind: only a new one tells the new port.
  rmSync(join(dataDir, 'credentials.json'), { force: true });
  const parameters = ['up', '--port', '0', '--data-dir', dataDir, ...(options.flags ?? [])];
  const server = spawn(resolve(import.meta.dirname, '../bin/hearth'), parameters, {
    env: { ...process.env, HEARTH_NODE: process.execPath },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const isRunning = (): boolean => server.exitCode === null && server.signalCode === null;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (!isRunning()) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };
  const file = await waitUntilReady(join(dataDir, 'credentials.json'), isRunning, () => said);
  return {
    endpoint: file.endpoint,
    region: file.region,
    accountId: file.accountId,
    credentials: { accessKeyId: file.accessKeyId, secretAccessKey: file.secretAccessKey },
    dataDir,
    isolation: /isolation: (.*)/.exec(said)?.[1] ?? 'unknown',
    processId: server.pid ?? 0,
    said: () => said,
    stop: async () => {
      await end('SIGTERM');
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
    leave: () => {
      server.stdout.destroy();
      server.stderr.destroy();
      server.unref();
    },
  };
}

interface CredentialsFile {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly endpoint: string;
  readonly accountId: string;
}

async function waitUntilReady(
  path: string,
  isRunning: () => boolean,
  said: () => string,
): Promise<CredentialsFile> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && isRunning()) {
    const file = readCredentials(path);
    if (file !== undefined) {
      const health = await fetch(`${file.endpoint}/_hearth/health`).catch(() => undefined);
      if (health?.status === 200) return file;
    }
    await sleep(25);
  }
  throw new Error(`the server did not become ready:\n${said()}`);
}

function readCredentials(path: string): CredentialsFile | undefined {
  try {
    // Written by the server, whole or not at all.
    return JSON.parse(readFileSync(path, 'utf8')) as CredentialsFile;
  } catch {
    return undefined;
  }
}
