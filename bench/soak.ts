/**
 * `npm run soak [-- --minutes 30]`: mixed load with kills of the server, the launcher and sandboxes. Ends with one
 * line: nothing acknowledged is lost, no call fails but around a kill, and nothing grows.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startServer, type ExampleServer } from '../examples/server.ts';
import { createBenchClient, type Send } from './client.ts';
import { childrenOf, hostUse, type HostUse } from './host.ts';
import { missingItems, runLoad, setUpSoak, takeGivenUp, type Tally } from './soak-load.ts';

const KILL_PAUSE_MS = 12_000;
/** What is killed, in turn. */
const KILLS = ['sandbox', 'sandbox', 'launcher', 'sandbox', 'server'] as const;
/** Calls may fail so long after a kill: a server starts, an environment is begun anew. */
const DISTURBED_MS = 6_000;
/** An event whose function was killed is tried again after one minute, and after two more. */
const SETTLE_MS = 240_000;
/** How much more a server may hold at the end of its last life than at the end of its first. */
const GROWTH_MAX = { serverMiB: 60, serverDescriptors: 200, mounts: 20, launcherMiB: 4 } as const;

interface Life {
  readonly server: ExampleServer;
  readonly send: Send;
  readonly queueUrl: string;
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const minutes = Number(values.minutes);
const dataDir = mkdtempSync(join(tmpdir(), 'hearth-soak-'));
const kills = { server: 0, launcher: 0, sandbox: 0 };
/** From each kill until what was killed is there again. */
const disturbances: { readonly fromMs: number; readonly untilMs: number }[] = [];
/** What each server held before it was killed. */
const held: HostUse[] = [];
/** Events whose function was killed three times: their destination has them. */
const givenUp = new Set<string>();
const tally: Tally = {
  acknowledged: { event: [], object: [], message: [] },
  syncs: 0,
  failures: [],
};

let life = await begin();
try {
  await setUpSoak(life.send);
  const over = new AbortController();
  const load = runLoad(() => life, tally, over.signal);
  const endAt = performance.now() + minutes * 60_000;
  for (let turn = 0; performance.now() + KILL_PAUSE_MS < endAt; turn += 1) {
    await sleep(KILL_PAUSE_MS);
    const kind = KILLS[turn % KILLS.length] ?? 'sandbox';
    await kill(kind);
    if (turn % 20 === 19) console.log(progress());
  }
  await sleep(KILL_PAUSE_MS);
  over.abort();
  await load;
  const lost = await awaitItems();
  const faults = unexplainedFailures();
  const growth = grown();
  for (const { kind, text } of faults.slice(0, 10))
    console.log(`  failed undisturbed: ${kind}: ${text}`);
  console.log(`  failures: ${failureKinds().join('; ') || 'none'}`);
  const isFine = lost.length === 0 && faults.length === 0 && growth.length === 0;
  console.log(`soak of ${minutes} minutes: ${isFine ? 'OK' : 'FAILED'}; ${progress()}`);
  console.log(
    `  lost ${lost.length} ${lost.slice(0, 5).join(' ')}; given up to the destination ${givenUp.size}; ` +
      `failed undisturbed ${faults.length}; ` +
      `grown: ${growth.join(', ') || 'nothing'}`,
  );
  process.exitCode = isFine ? 0 : 1;
} finally {
  await life.server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function begin(): Promise<Life> {
  const server = await startServer({ dataDir, flags: ['--log-level', 'error'] });
  const queueUrl = `${server.endpoint}/${server.accountId}/soak`;
  return { server, send: createBenchClient(server), queueUrl };
}

async function kill(kind: keyof typeof kills): Promise<void> {
  kills[kind] += 1;
  const fromMs = Date.now();
  if (kind === 'server') {
    held.push(hostUse(life.server.processId, dataDir));
    await life.server.kill();
    life = await begin();
  } else killProcess(kind);
  disturbances.push({ fromMs, untilMs: Date.now() + DISTURBED_MS });
}

function killProcess(kind: 'launcher' | 'sandbox'): void {
  const [launcher] = childrenOf(life.server.processId);
  const sandboxes = launcher === undefined ? [] : childrenOf(launcher);
  const victim = kind === 'launcher' ? launcher : sandboxes[kills.sandbox % sandboxes.length];
  if (victim === undefined) return;
  try {
    process.kill(victim, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** A call is told by its end: one that began before a kill may end in it. */
function isDisturbed(atMs: number): boolean {
  return disturbances.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs <= untilMs);
}

/**
 * Failures that no kill explains. A sandbox that is killed while it is frozen dies when its next event thaws it,
 * however much later: so many functions may end so as sandboxes were killed.
 */
function unexplainedFailures(): Tally['failures'] {
  const isKilled = ({ text }: { readonly text: string }): boolean =>
    text.includes('signal: killed');
  const isEachExplained = tally.failures.filter(isKilled).length <= kills.sandbox;
  return tally.failures.filter(
    (failure) => !isDisturbed(failure.atMs) && !(isEachExplained && isKilled(failure)),
  );
}

async function awaitItems(): Promise<string[]> {
  let missing = Object.values(tally.acknowledged).flat();
  const until = performance.now() + SETTLE_MS;
  while (missing.length > 0 && performance.now() < until) {
    for (const id of await takeGivenUp(life.send, life.queueUrl.replace(/\/soak$/, '')))
      givenUp.add(id);
    missing = await missingItems(
      life.send,
      missing.filter((id) => !givenUp.has(id)),
    );
    if (missing.length > 0) await sleep(1000);
  }
  return missing;
}

/** The failures by kind and text, the most frequent first; identifiers left out. */
function failureKinds(): string[] {
  const counts = new Map<string, number>();
  for (const { kind, text } of tally.failures) {
    const key = `${kind} ${text.replaceAll(/[0-9a-f-]{36}|\d{3,}/g, 'N').slice(0, 110)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const sorted = [...counts].toSorted((left, right) => right[1] - left[1]);
  return sorted.slice(0, 8).map(([key, count]) => `${count} x ${key}`);
}

/** What the last life of the server held more than its first, beyond what is allowed. */
function grown(): string[] {
  const [first, last] = [held[0], held.at(-1)];
  if (first === undefined || last === undefined) return [];
  // The table's own names.
  const names = Object.keys(GROWTH_MAX) as (keyof typeof GROWTH_MAX)[];
  return names
    .filter((name) => last[name] > first[name] + GROWTH_MAX[name])
    .map((name) => `${name} ${first[name].toFixed(0)} -> ${last[name].toFixed(0)}`);
}

function progress(): string {
  const { acknowledged, syncs, failures } = tally;
  const { event, object, message } = acknowledged;
  const memories = held.map(({ serverMiB }) => serverMiB.toFixed(0)).join(' ');
  return (
    `${syncs} calls, ${event.length} events, ${object.length} objects, ${message.length} messages, ` +
    `${failures.length} failed around ${kills.server} kills of the server, ${kills.launcher} of the launcher, ` +
    `${kills.sandbox} of sandboxes; MiB of the servers at their ends: ${memories}`
  );
}
