import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { createFunction, HELLO_NODE, HELLO_PYTHON, invoke, makeCold } from './functions.ts';
import { printRow, summarise } from './measure.ts';

const ROUNDS = 40;
/** Between two cold starts the pool of waiting environments is given time to refill. */
const PAUSE_MS = 150;

/** First invocations of functions that say hello, at the client: nothing of theirs is running. */
export async function benchCold({ send }: Bench): Promise<void> {
  const kinds = [
    ['cold hello, Node', 'cold-node', HELLO_NODE],
    ['cold hello, Python', 'cold-python', HELLO_PYTHON],
  ] as const;
  for (const [, name, description] of kinds) await createFunction(send, { ...description, name });
  const latencies = new Map<string, number[]>(kinds.map(([row]) => [row, []]));
  const startedAt = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [row, name] of kinds) {
      await makeCold(send, name, round);
      await sleep(PAUSE_MS);
      const from = performance.now();
      await invoke(send, name, { name: 'Ada' });
      latencies.get(row)?.push(performance.now() - from);
    }
  }
  const elapsedMs = performance.now() - startedAt;
  for (const [row, times] of latencies) printRow(row, summarise(times, 0, elapsedMs));
}
