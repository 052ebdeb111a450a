import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { createFunction, HELLO_NODE, invocationRequest, invoke, makeCold } from '../functions.ts';
import { createLeanClient } from '../lean-client.ts';
import { measureClosedLoop, printRow, summarise, type Measurement } from '../measure.ts';
import { prepareEmulator } from './emulator.ts';
import { end, runProgram, type Peer } from './peer.ts';
import { prepareServerless } from './serverless.ts';

const ROUNDS = 5;
const COLD_ROUNDS = 10;
const ROUND_MS = 1500;

/** The same handler here, under AWS's emulator and under serverless-offline, cold and warm; in rounds by turns. */
export async function benchPeers({ server, send }: Bench): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-peers-'));
  const running = new Set<ChildProcess>();
  try {
    await createFunction(send, { ...HELLO_NODE, name: 'hello' });
    const own: Peer = {
      name: 'Hearth',
      server,
      functionName: 'hello',
      async coldMs(round) {
        await makeCold(send, 'hello', round);
        const from = performance.now();
        await invoke(send, 'hello', { name: 'Ada' });
        return performance.now() - from;
      },
    };
    const peers = [own];
    writeFileSync(join(directory, 'index.mjs'), String(HELLO_NODE.files['index.mjs']));
    for (const prepare of [prepareEmulator, prepareServerless]) {
      const program = await prepare(directory);
      const peer =
        typeof program === 'string' ? program : await runProgram(program, server, running);
      if (typeof peer === 'string') console.log(`SKIPPED: ${peer}`);
      else peers.push(peer);
    }
    await compareWarm(peers);
    await compareCold(peers);
  } finally {
    for (const process of running) await end(process, running);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function compareWarm(peers: readonly Peer[]): Promise<void> {
  const rounds = new Map<Peer, Measurement[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const peer of peers) {
      const measured = await measureWarm(peer);
      // The first round warms up.
      if (round > 0) rounds.get(peer)?.push(measured);
    }
  }
  printRatios(
    'warm',
    [...rounds].map(([peer, measured]) => {
      const sorted = measured.toSorted((left, right) => left.p50Ms - right.p50Ms);
      return [peer, sorted[Math.floor(sorted.length / 2)]];
    }),
  );
}

async function measureWarm({ server, functionName }: Peer): Promise<Measurement> {
  const request = invocationRequest(functionName, { name: 'Ada' });
  using client = await createLeanClient(server, request);
  const work = (): Promise<void> => client.call();
  return await measureClosedLoop({ lanes: 1, durationMs: ROUND_MS, warmUp: 20, work });
}

/** First answers: a function's here, where its environment is new; a program's, where it is. */
async function compareCold(peers: readonly Peer[]): Promise<void> {
  const times = new Map<Peer, number[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round < COLD_ROUNDS; round += 1) {
    for (const peer of peers) times.get(peer)?.push(await peer.coldMs(round));
  }
  printRatios(
    'cold',
    [...times].map(([peer, measured]) => {
      const elapsedMs = measured.reduce((sum, time) => sum + time, 0);
      return [peer, summarise(measured, 0, elapsedMs)];
    }),
  );
}

/** The first is what the others are compared with. */
function printRatios(
  kind: string,
  measured: readonly (readonly [Peer, Measurement | undefined])[],
): void {
  const own = measured[0]?.[1]?.p50Ms ?? NaN;
  for (const [peer, measurement] of measured) {
    if (measurement === undefined) continue;
    const ratio = (measurement.p50Ms / own).toFixed(2);
    printRow(`${kind} hello, Node, ${peer.name} (${ratio} times)`, measurement);
  }
}
