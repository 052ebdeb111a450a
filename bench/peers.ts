import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExampleServer } from '../examples/server.ts';
import type { Bench } from './bench.ts';
import { createFunction, HELLO_NODE, invocationRequest } from './functions.ts';
import { createLeanClient } from './lean-client.ts';
import { measureClosedLoop, printRow, type Measurement } from './measure.ts';

const ROUNDS = 5;
const ROUND_MS = 1500;
const READY_MS = 60_000;
const NPM_PACKAGES = ['osls@4.3.1', 'serverless-offline@14.8.2'];
const RUNTIME_CLIENT = join(import.meta.dirname, '../.cache/runtime-clients/nodejs');

/** Something that runs the same handler behind the same request. */
interface Peer {
  readonly name: string;
  /** What stands for the server, and the function's name there. */
  readonly server: ExampleServer;
  readonly functionName: string;
}

/** One warm caller of the same handler: here, under AWS's emulator, under serverless-offline; in rounds by turns. */
export async function benchPeers({ server, send }: Bench): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-peers-'));
  const running: ChildProcess[] = [];
  try {
    await createFunction(send, { ...HELLO_NODE, name: 'hello' });
    const peers: Peer[] = [{ name: 'Hearth', server, functionName: 'hello' }];
    writeFileSync(join(directory, 'index.mjs'), String(HELLO_NODE.files['index.mjs']));
    for (const begin of [beginEmulator, beginServerless]) {
      const peer = await begin(server, directory, running);
      if (typeof peer === 'string') console.log(`SKIPPED: ${peer}`);
      else peers.push(peer);
    }
    await compare(peers);
  } finally {
    for (const process of running) process.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

async function compare(peers: readonly Peer[]): Promise<void> {
  const rounds = new Map<Peer, Measurement[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const peer of peers) {
      const measured = await measureOnce(peer);
      // The first round warms up.
      if (round > 0) rounds.get(peer)?.push(measured);
    }
  }
  const medians = [...rounds].map(([peer, measured]) => {
    const sorted = measured.toSorted((left, right) => left.p50Ms - right.p50Ms);
    return { peer, median: sorted[Math.floor(sorted.length / 2)] };
  });
  const own = medians[0]?.median?.p50Ms ?? NaN;
  for (const { peer, median } of medians) {
    if (median === undefined) continue;
    const ratio = (median.p50Ms / own).toFixed(2);
    printRow(`warm hello, Node, ${peer.name} (${ratio} times)`, median);
  }
}

async function measureOnce({ server, functionName }: Peer): Promise<Measurement> {
  const request = invocationRequest(functionName, { name: 'Ada' });
  using client = await createLeanClient(server, request);
  const work = (): Promise<void> => client.call();
  return await measureClosedLoop({ lanes: 1, durationMs: ROUND_MS, warmUp: 20, work });
}

/** AWS's Runtime Interface Emulator with AWS's own runtime client; or why there is none. */
async function beginEmulator(
  server: ExampleServer,
  directory: string,
  running: ChildProcess[],
): Promise<Peer | string> {
  const found = spawnSync('sh', ['-c', 'command -v aws-lambda-rie'], { encoding: 'utf8' });
  const emulator = found.stdout.trim();
  if (emulator === '')
    return "AWS's emulator: no aws-lambda-rie in PATH, and no proxy of Go has it";
  const client = join(RUNTIME_CLIENT, 'node_modules/aws-lambda-ric/bin/index.mjs');
  if (!existsSync(client)) return "AWS's emulator: its runtime client is not built here";
  const port = await freePort();
  const address = ['--runtime-interface-emulator-address', `127.0.0.1:${port}`];
  running.push(
    spawn(emulator, [...address, process.execPath, client, 'index.handler'], { cwd: directory }),
  );
  const peer = peerAt(server, port, "AWS's emulator", 'function');
  return (await answers(peer)) ? peer : "AWS's emulator: it did not answer";
}

async function beginServerless(
  server: ExampleServer,
  directory: string,
  running: ChildProcess[],
): Promise<Peer | string> {
  const install = ['install', '--no-audit', '--no-fund', '--silent', '--prefix', directory];
  const { status } = spawnSync('npm', [...install, ...NPM_PACKAGES], { timeout: 180_000 });
  if (status !== 0) return 'serverless-offline: npm could not install it';
  const configuration =
    'service: peers\nprovider: { name: aws, runtime: nodejs22.x }\nplugins: [serverless-offline]\n' +
    'functions: { hello: { handler: index.handler } }\n';
  writeFileSync(join(directory, 'serverless.yml'), configuration);
  const [port, httpPort] = [await freePort(), await freePort()];
  const ports = ['--lambdaPort', String(port), '--httpPort', String(httpPort)];
  const program = join(directory, 'node_modules/.bin/osls');
  running.push(
    spawn(process.execPath, [program, 'offline', ...ports, '--noTimeout'], {
      cwd: directory,
      env: { ...process.env, SLS_TELEMETRY_DISABLED: '1' },
      stdio: 'ignore',
    }),
  );
  const peer = peerAt(server, port, 'serverless-offline', 'peers-dev-hello');
  return (await answers(peer)) ? peer : 'serverless-offline: it did not answer';
}

/** Signed as for the server here: the others do not look. */
function peerAt(server: ExampleServer, port: number, name: string, functionName: string): Peer {
  return { name, functionName, server: { ...server, endpoint: `http://127.0.0.1:${port}` } };
}

async function answers(peer: Peer): Promise<boolean> {
  const request = invocationRequest(peer.functionName, { name: 'Ada' });
  const until = performance.now() + READY_MS;
  while (performance.now() < until) {
    await sleep(500);
    try {
      using client = await createLeanClient(peer.server, request);
      await client.call();
      return true;
    } catch {
      // Not yet.
    }
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
