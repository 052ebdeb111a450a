import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { createFunction, HELLO_NODE, helloCustom, invoke, makeCold } from './functions.ts';
import { hostUse, type HostUse } from './host.ts';
import { printRow, summarise } from './measure.ts';

const STARTS = 10_000;
const LANES = 6;
/** What is held settles while caches fill. */
const SETTLED_AFTER = 2000;

/** Cold starts in a row, and what of the machine is held more after them than after the first 2,000. */
export async function benchStarts({ send, server }: Bench): Promise<void> {
  const description = helloCustom() ?? HELLO_NODE;
  for (let lane = 0; lane < LANES; lane += 1) {
    await createFunction(send, { ...description, name: `starts-${lane}`, memoryMiB: 128 });
  }
  const latencies: number[] = [];
  let failures = 0;
  let count = 0;
  const until = async (starts: number): Promise<void> => {
    const run = async (lane: number): Promise<void> => {
      while (count < starts) {
        count += 1;
        await makeCold(send, `starts-${lane}`, count);
        const from = performance.now();
        await invoke(send, `starts-${lane}`, {}).then(
          () => latencies.push(performance.now() - from),
          () => (failures += 1),
        );
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, lane) => run(lane)));
    // What ended is taken away, and what was logged is written.
    await sleep(3000);
  };
  const startedAt = performance.now();
  await until(SETTLED_AFTER);
  const before = hostUse(server.processId, server.dataDir);
  await until(STARTS);
  const after = hostUse(server.processId, server.dataDir);
  const elapsedMs = performance.now() - startedAt;
  printRow(
    `${STARTS} cold starts, custom, ${LANES} clients`,
    summarise(latencies, failures, elapsedMs),
  );
  console.log(
    `    held after ${SETTLED_AFTER} and after ${STARTS} starts: ${difference(before, after)}`,
  );
}

function difference(before: HostUse, after: HostUse): string {
  const shown = (name: keyof HostUse): string =>
    `${name} ${before[name].toFixed(0)} -> ${after[name].toFixed(0)}`;
  // A HostUse has these members and no other.
  return (Object.keys(before) as (keyof HostUse)[]).map(shown).join(', ');
}
