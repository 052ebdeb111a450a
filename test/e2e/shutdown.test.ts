/** How a server begins and ends, seen from outside: nothing in hand is lost, nothing of it is left. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FilterLogEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateFunctionCommand,
  InvokeCommand,
  waitUntilFunctionActiveV2,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { startServer } from '../../examples/server.ts';
import { createClients, zipOf, type Clients } from './clients.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const HANDLER = `
export const handler = async () => {
  console.log('begun');
  await new Promise((done) => setTimeout(done, 1500));
  return 'finished';
};`;
const ENDLESS_HANDLER = `
export const handler = async () => {
  console.log('begun');
  await new Promise((done) => setTimeout(done, 800_000));
};`;

test('an invocation in hand is answered after SIGTERM, then nothing is left', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const { lambda } = createClients(server);
  await createFunction(lambda, HANDLER);
  // The first one starts the environment, so that the second is surely in hand when the signal comes.
  await lambda.send(new InvokeCommand({ FunctionName: 'f' }));
  const answer = lambda.send(new InvokeCommand({ FunctionName: 'f' }));
  await sleep(500);
  const stopped = server.stop();
  const { Payload, FunctionError } = await answer;
  assert.equal(FunctionError, undefined);
  assert.equal(Payload?.transformToString(), '"finished"');
  await stopped;
  assert.deepEqual(remains(server.dataDir), []);
});

test('an event whose function runs on is no longer waited for than told, and runs again', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-shutdown-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const flags = ['--shutdown-seconds', '1'];
  for (const round of [1, 2]) {
    const server = await startServer({ dataDir, flags });
    t.after(() => server.kill());
    const clients = createClients(server);
    if (round === 1) {
      await createFunction(clients.lambda, ENDLESS_HANDLER, 900);
      const Payload = new TextEncoder().encode('{}');
      const event = { FunctionName: 'f', InvocationType: 'Event', Payload } as const;
      await clients.lambda.send(new InvokeCommand(event));
    }
    // Its lines are stored within a moment; an attempt that failed would be repeated after a minute.
    while ((await linesOf(clients)).filter((line) => line.includes('begun')).length < round) {
      await sleep(100);
    }
    await server.stop();
  }
});

test('a killed server takes its sandboxes along', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-shutdown-'));
  const server = await startServer({ dataDir });
  t.after(() => server.kill());
  const { lambda } = createClients(server);
  await createFunction(lambda, HANDLER);
  const cut = assert.rejects(lambda.send(new InvokeCommand({ FunctionName: 'f' })));
  await sleep(1000);
  assert.notDeepEqual(remains(dataDir), [], 'no sandbox was seen');
  await server.kill();
  await cut;
  const deadlineMs = Date.now() + 5000;
  while (remains(dataDir).length > 0 && Date.now() < deadlineMs) await sleep(20);
  assert.deepEqual(remains(dataDir), []);
  rmSync(dataDir, { recursive: true, force: true });
});

test('a data directory is refused while another server has it, and when it is too new', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-shutdown-'));
  const server = await startServer({ dataDir });
  t.after(() => server.kill());
  const second = await up('--data-dir', dataDir);
  assert.equal(second.code, 1);
  assert.match(second.said, /is in use by the process \d+: stop that server/);
  const elsewhere = mkdtempSync(join(tmpdir(), 'hearth-shutdown-'));
  const { port } = new URL(server.endpoint);
  const samePort = await up('--data-dir', elsewhere, '--port', port);
  assert.match(samePort.said, new RegExp(`the port ${port} of 127.0.0.1 is in use: .* --port`));
  rmSync(elsewhere, { recursive: true });
  await server.stop();
  const database = new DatabaseSync(join(dataDir, 'hearth.db'));
  database.exec("UPDATE hearth_schema SET version = 999 WHERE name = 's3'");
  database.close();
  const older = await up('--data-dir', dataDir);
  assert.equal(older.code, 1);
  assert.match(older.said, /s3 tables are of version 999.*start the newer Hearth/);
  rmSync(dataDir, { recursive: true, force: true });
});

test('a server without signatures listens on no address but loopback', async () => {
  for (const host of ['0.0.0.0', '::', '10.0.0.1']) {
    const refused = await up('--host', host, '--auth', 'none');
    assert.equal(refused.code, 1, host);
    assert.match(refused.said, /auth is none, which would let everybody on .* in/);
  }
});

/** All lines of the function's log so far. */
async function linesOf({ logs }: Clients): Promise<readonly string[]> {
  try {
    const request = { logGroupName: '/aws/lambda/f' };
    const { events = [] } = await logs.send(new FilterLogEventsCommand(request));
    return events.map(({ message = '' }) => message);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}

async function createFunction(lambda: LambdaClient, handler: string, Timeout = 10): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/f',
      Timeout,
      MemorySize: 512,
      Code: { ZipFile: await zipOf({ 'index.mjs': handler }) },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 20, minDelay: 1 },
    { FunctionName: 'f' },
  );
}

/** Runs `hearth up`, on a free port where none is said, for a start that is to be refused. */
async function up(...flags: readonly string[]): Promise<{ code: unknown; said: string }> {
  const port = flags.includes('--port') ? [] : ['--port', '0'];
  const parameters = ['--disable-warning=ExperimentalWarning', MAIN, 'up', ...port];
  const server = spawn(process.execPath, [...parameters, ...flags], { timeout: 10_000 });
  let said = '';
  server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = await once(server, 'close');
  return { code, said };
}

/** Processes and mounts of a server's sandboxes: its launcher names the directory. */
function remains(dataDir: string): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `${pid} ${commandOf(pid)}`);
  return [...mounts, ...processes].filter((line) => line.includes(join(dataDir, 'sandboxes')));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
