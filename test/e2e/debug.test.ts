/** `hearth invoke --debug`: a debugger reaches the function in its sandbox; its timeout stands still where it does. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { NEEDS_PYTHON } from '../support/python.ts';

const HEARTH = resolve(import.meta.dirname, '../../bin/hearth');
const DEADLINE_MS = 60_000;
/** The functions' timeout is one second. */
const STOPPED_MS = 2_500;
/** Stands for debugpy, which Hearth does not bring: what of it the runtime calls. */
const DEBUGPY = `
import json, socket
def listen(address):
    global server
    server = socket.create_server(address)
def wait_for_client():
    global client
    client, _ = server.accept()
    client.sendall(b'hello from inside')
    client.recv(1)
def tell(event):
    message = json.dumps({'seq': 1, 'type': 'event', 'event': event}).encode()
    client.sendall(b'Content-Length: %d\\r\\n\\r\\n%s' % (len(message), message))
`;
const PYTHON = `
import time
def lambda_handler(event, context):
    import debugpy
    debugpy.tell('stopped')
    time.sleep(event['seconds'])
    debugpy.tell('continued')
    time.sleep(event['then'])
    return 'done'
`;

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('hearth invoke --debug', { timeout: 3 * DEADLINE_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-debug-'));
  let server: ExampleServer;
  before(async () => {
    server = await startServer();
    mkdirSync(join(folder, 'stops'));
    writeFileSync(
      join(folder, 'stops/index.mjs'),
      'export const handler = async ({ a }, context) => ' +
        '{ debugger; return context.getRemainingTimeInMillis() > 0 ? a + 1 : "late"; };',
    );
    mkdirSync(join(folder, 'waits'));
    writeFileSync(join(folder, 'waits/lambda_function.py'), PYTHON);
    mkdirSync(join(folder, 'runs'));
    writeFileSync(
      join(folder, 'runs/index.mjs'),
      'export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));',
    );
    writeFileSync(join(folder, 'waits/debugpy.py'), DEBUGPY);
    for (const name of ['stops', 'waits', 'runs']) {
      const deployed = await finish(hearth('deploy', name, '--timeout', '1'));
      assert.equal(deployed.status, 0, deployed.stderr);
    }
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function hearth(...words: readonly string[]): ChildProcess {
    const options = { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] as const };
    return spawn(HEARTH, [...words, '--data-dir', server.dataDir], {
      ...options,
      stdio: [...options.stdio],
    });
  }

  async function finish(child: ChildProcess): Promise<Ran> {
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    // What `close` tells.
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout, stderr };
  }

  it("opens Node's inspector: a breakpoint holds for longer than the function's timeout", async () => {
    const port = await freePort();
    const payload = '{"a":1}';
    const ran = finish(hearth('invoke', 'stops', '--payload', payload, '--debug', String(port)));
    const url = await inspectorUrl(port);
    const inspector = new WebSocket(url);
    await once(inspector, 'open');
    const paused = Promise.withResolvers<void>();
    inspector.addEventListener('message', ({ data }) => {
      // A message of the inspector's protocol.
      const { method } = JSON.parse(String(data)) as { method?: string };
      if (method === 'Debugger.paused') paused.resolve();
    });
    const tell = (id: number, method: string): void =>
      inspector.send(JSON.stringify({ id, method }));
    tell(1, 'Debugger.enable');
    tell(2, 'Runtime.runIfWaitingForDebugger');
    await paused.promise;
    await sleep(STOPPED_MS);
    tell(3, 'Debugger.resume');
    const { status, stdout, stderr } = await ran;
    assert.equal(stdout, '2\n', stderr);
    assert.equal(status, 0);
    inspector.close();
    const again = await finish(hearth('invoke', 'stops', '--payload', payload));
    assert.equal(again.stdout, '2\n', 'without a debugger it runs as ever');
  });

  it('has its timeout where the debugger lets it run', async () => {
    const port = await freePort();
    const ran = finish(hearth('invoke', 'runs', '--debug', String(port)));
    const inspector = new WebSocket(await inspectorUrl(port));
    await once(inspector, 'open');
    inspector.send('{"id":1,"method":"Debugger.enable"}');
    inspector.send('{"id":2,"method":"Runtime.runIfWaitingForDebugger"}');
    const { stdout, stderr } = await ran;
    assert.match(stdout, /Task timed out after 1\.00 seconds/, stderr);
    inspector.close();
  });

  /** Invokes with debugpy, whose client lets it run. */
  async function debugPython(payload: string): Promise<Ran> {
    const port = await freePort();
    const ran = finish(hearth('invoke', 'waits', '--payload', payload, '--debug', String(port)));
    assert.equal(await hearFrom(port), 'hello from inside');
    return ran;
  }

  it(
    "waits for debugpy's client, and holds while debugpy has it stopped",
    NEEDS_PYTHON,
    async () => {
      const { stdout, stderr } = await debugPython('{"seconds":2.5,"then":0}');
      assert.equal(stdout, '"done"\n', stderr);
    },
  );

  it('times out once debugpy has let it go on for so long', NEEDS_PYTHON, async () => {
    const { stdout, stderr } = await debugPython('{"seconds":2.5,"then":30}');
    assert.match(stdout, /Task timed out after 1\.00 seconds/, stderr);
  });

  it('refuses a port that is no port', async () => {
    const { status, stderr } = await finish(hearth('invoke', 'stops', '--debug', 'x'));
    assert.notEqual(status, 0);
    assert.match(stderr, /--debug takes a port/);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks until the door is open and the process behind it answers. */
async function inspectorUrl(port: number): Promise<string> {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
    if (answer?.ok === true) {
      // What every inspector answers.
      const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[];
      return target?.webSocketDebuggerUrl ?? '';
    }
    await sleep(50);
  }
  throw new Error('no inspector');
}

/** The first bytes that come through the door, once it is open; answers with one. */
async function hearFrom(port: number): Promise<string> {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    const heard = await new Promise<string | undefined>((done) => {
      socket.on('data', (chunk: Buffer) => done(chunk.toString()));
      socket.on('close', () => done(undefined));
    });
    if (heard !== undefined) {
      socket.write('x');
      return heard;
    }
    await sleep(50);
  }
  throw new Error('nothing was said');
}
