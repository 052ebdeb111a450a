/**
 * `npm run bench [-- NAME...]`: the numbers of SPECIFICATION.md. Those of SERVED are measured from outside, each on
 * a server of its own; those of ALONE are scripts about one part.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startServer } from '../examples/server.ts';
import { benchAsync } from './async.ts';
import type { Bench } from './bench.ts';
import { benchBurst } from './burst.ts';
import { createBenchClient } from './client.ts';
import { benchCold, benchUnprepared } from './cold.ts';
import { benchCompiled } from './compiled.ts';
import { benchCpu } from './cpu.ts';
import { benchDensity } from './density.ts';
import { benchDrain } from './drain.ts';
import { benchEvents } from './events.ts';
import { benchIdle } from './idle.ts';
import { printHeading } from './measure.ts';
import { benchPeers } from './peers/index.ts';
import { cpuMsOf, memoryMiBOf } from './process-stat.ts';
import { benchScale } from './scale.ts';
import { benchSqs } from './sqs.ts';
import { benchStarts } from './starts.ts';
import { benchDynamodb, benchS3 } from './storage.ts';
import { benchWarm } from './warm.ts';
import { benchWatch } from './watch.ts';

type Measure = (bench: Bench) => Promise<void>;

const SERVED: Readonly<Record<string, Measure>> = {
  cold: benchCold,
  unprepared: benchUnprepared,
  compiled: benchCompiled,
  warm: benchWarm,
  s3: benchS3,
  dynamodb: benchDynamodb,
  events: benchEvents,
  idle: benchIdle,
  async: benchAsync,
  burst: benchBurst,
  scale: benchScale,
  density: benchDensity,
  cpu: benchCpu,
  peers: benchPeers,
  starts: benchStarts,
  sqs: benchSqs,
  drain: benchDrain,
  watch: benchWatch,
};
/** Flags of the servers on which some are measured. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  unprepared: ['--stem-cells', '0'],
  // A thousand environments of 128 MiB.
  scale: ['--sandbox-memory-mib', '140000'],
};
const ALONE = ['sandbox', 'invoke', 'gateway', 'protocols', 'store'];
const USUAL = [
  'cold',
  'unprepared',
  'warm',
  's3',
  'dynamodb',
  'events',
  'burst',
  'scale',
  'density',
  'cpu',
];

const words = process.argv.slice(2);
const names = words.length === 0 ? USUAL : words;
const unknown = names.filter((name) => !(name in SERVED) && !ALONE.includes(name));
if (unknown.length > 0) {
  const known = [...Object.keys(SERVED), ...ALONE].join(', ');
  console.error(`no bench ${unknown.join(', ')}; there are ${known}`);
  process.exit(64);
}
printHeading();
if (names.some((name) => name in SERVED)) await compileServer();
for (const name of names) {
  const measure = SERVED[name];
  if (measure === undefined) runAlone(name);
  else await runServed(name, measure);
}

/** The first start of a checkout compiles its files, and holds what strips their types as long as it runs. */
async function compileServer(): Promise<void> {
  const server = await startServer();
  await server.stop();
}

async function runServed(name: string, measure: Measure): Promise<void> {
  const usual = ['--log-level', 'error', '--hot-reload', 'on'];
  const server = await startServer({ flags: [...usual, ...(FLAGS[name] ?? [])] });
  console.log(`\n${name}; isolation: ${server.isolation}`);
  try {
    await measure({
      server,
      send: createBenchClient(server),
      serverCpuMs: () => cpuMsOf(server.processId),
      serverMemoryMiB: () => memoryMiBOf(server.processId),
    });
  } finally {
    await server.stop();
  }
}

function runAlone(name: string): void {
  console.log(`\n${name}`);
  const file = join(import.meta.dirname, `${name}.ts`);
  const { status } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
    stdio: 'inherit',
  });
  if (status !== 0) console.log(`SKIPPED: ${name} ended with ${status}`);
}
