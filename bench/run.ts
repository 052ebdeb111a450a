/** `npm run bench [-- cold warm s3 dynamodb events]`: the numbers of SPECIFICATION.md, from a real server. */
import { startServer } from '../examples/server.ts';
import type { Bench } from './bench.ts';
import { createBenchClient } from './client.ts';
import { benchCold } from './cold.ts';
import { benchEvents } from './events.ts';
import { printHeading } from './measure.ts';
import { cpuMsOf, memoryMiBOf } from './process-stat.ts';
import { benchDynamodb, benchS3 } from './storage.ts';
import { benchWarm } from './warm.ts';

const BENCHES: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  cold: benchCold,
  warm: benchWarm,
  s3: benchS3,
  dynamodb: benchDynamodb,
  events: benchEvents,
};

const words = process.argv.slice(2);
const names = words.length === 0 ? Object.keys(BENCHES) : words;
const server = await startServer({ flags: ['--log-level', 'warn'] });
try {
  console.log(`isolation: ${server.isolation}`);
  printHeading();
  for (const name of names) {
    const bench = BENCHES[name];
    if (bench === undefined)
      throw new Error(`no bench ${name}; there are ${Object.keys(BENCHES).join(', ')}`);
    await bench({
      send: createBenchClient(server),
      serverCpuMs: () => cpuMsOf(server.processId),
      serverMemoryMiB: () => memoryMiBOf(server.processId),
    });
  }
} finally {
  await server.stop();
}
