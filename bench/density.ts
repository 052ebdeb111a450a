import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import {
  createFunction,
  deleteFunction,
  HELLO_NODE,
  helloCustom,
  invoke,
  type BenchFunction,
} from './functions.ts';
import { availableMemoryMiB, hostUse, usedMemoryMiB } from './host.ts';
import { printRow, summarise } from './measure.ts';

const ENVIRONMENTS = 1000;
const LANES = 8;
/** Left to everything else on the machine. */
const RESERVE_MIB = 3000;
/** Of one environment, at the most: who has less memory than so many need measures fewer. */
const MIB_OF_CUSTOM = 3;
const MIB_OF_NODE = 14;

/** As many functions, each with one environment that waits for its next event: MiB of each. */
export async function benchDensity(bench: Bench): Promise<void> {
  const custom = helloCustom();
  if (custom === undefined) console.log('SKIPPED: density of a custom runtime: no C compiler');
  else await fill(bench, 'custom', custom, MIB_OF_CUSTOM);
  await fill(bench, 'Node', HELLO_NODE, MIB_OF_NODE);
}

async function fill(
  { send, server }: Bench,
  kind: string,
  description: Omit<BenchFunction, 'name'>,
  mebibytesMax: number,
): Promise<void> {
  const room = Math.floor((availableMemoryMiB() - RESERVE_MIB) / mebibytesMax);
  const count = Math.min(ENVIRONMENTS, Math.max(0, room));
  if (count < ENVIRONMENTS) console.log(`memory for ${count} of ${ENVIRONMENTS} environments only`);
  const names = Array.from({ length: count }, (_, index) => `dense-${kind.toLowerCase()}-${index}`);
  await inLanes(names, (name) => createFunction(send, { ...description, name, memoryMiB: 128 }));
  await sleep(1000);
  const memoryBefore = usedMemoryMiB();
  const before = hostUse(server.processId, server.dataDir);
  const latencies: number[] = [];
  let failures = 0;
  const startedAt = performance.now();
  await inLanes(names, async (name) => {
    const from = performance.now();
    await invoke(send, name, {}).then(
      () => latencies.push(performance.now() - from),
      () => (failures += 1),
    );
  });
  const elapsedMs = performance.now() - startedAt;
  printRow(
    `${count} first invocations, ${kind}, ${LANES} clients`,
    summarise(latencies, failures, elapsedMs),
  );
  await sleep(3000);
  const after = hostUse(server.processId, server.dataDir);
  const each = (usedMemoryMiB() - memoryBefore) / count;
  const alive = after.sandboxes - before.sandboxes;
  console.log(
    `    alive at once: ${alive} more sandboxes; ${each.toFixed(2)} MiB each, all of the machine's; ` +
      `server ${before.serverMiB.toFixed(0)} to ${after.serverMiB.toFixed(0)} MiB, ` +
      `${after.serverDescriptors} descriptors`,
  );
  await inLanes(names, (name) => deleteFunction(send, name));
  await sleep(5000);
  const { sandboxes, serverDescriptors } = hostUse(server.processId, server.dataDir);
  console.log(
    `    after their functions were deleted: ${sandboxes - before.sandboxes} more sandboxes, ` +
      `${serverDescriptors - before.serverDescriptors} more descriptors than before`,
  );
}

async function inLanes(
  names: readonly string[],
  work: (name: string) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) await work(name);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
