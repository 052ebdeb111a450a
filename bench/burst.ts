import { setTimeout as sleep } from 'node:timers/promises';
import { callAtOnce } from './at-once.ts';
import type { Bench } from './bench.ts';
import { createFunction, HELLO_NODE, invoke } from './functions.ts';
import { printRow, summarise } from './measure.ts';

const ENVIRONMENTS = 100;
const ROUNDS = 3;
/** Of the whole call, in which each environment is busy, so that nobody gets another's. */
const HOLD_MS = 6000;
const STEADY_PAUSE_MS = 20;
/** Says when it began, and which environment it is. */
const HANDLER = `
import { randomUUID } from 'node:crypto';
const id = randomUUID();
export const handler = async ({ untilMs }) => {
  const began = performance.timeOrigin + performance.now();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, untilMs - began)));
  return { began, id };
};`;

/**
 * 100 calls at once of a function that nothing runs of: when the handlers begin, and how a function that
 * runs all the while, with a timeout of one second, fares meanwhile.
 */
export async function benchBurst({ send }: Bench): Promise<void> {
  await createFunction(send, { ...HELLO_NODE, name: 'steady', memoryMiB: 128, timeoutSeconds: 1 });
  await invoke(send, 'steady', {});
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = `burst-${round}`;
    const files = { 'index.mjs': HANDLER };
    await createFunction(send, { ...HELLO_NODE, files, name, memoryMiB: 128 });
    const steady = callSteadily(() => invoke(send, 'steady', {}), HOLD_MS);
    const title = `${ENVIRONMENTS} new environments at once, Node`;
    await callAtOnce(send, { name, environments: ENVIRONMENTS, holdMs: HOLD_MS, title });
    const { latencies, failures: failed } = await steady;
    printRow('    a function that runs meanwhile', summarise(latencies, failed, HOLD_MS));
    await sleep(500);
  }
}

async function callSteadily(
  call: () => Promise<unknown>,
  durationMs: number,
): Promise<{ readonly latencies: readonly number[]; readonly failures: number }> {
  const latencies: number[] = [];
  let failures = 0;
  const endAt = performance.now() + durationMs;
  while (performance.now() < endAt) {
    const from = performance.now();
    await call().then(
      () => latencies.push(performance.now() - from),
      () => (failures += 1),
    );
    await sleep(STEADY_PAUSE_MS);
  }
  return { latencies, failures };
}
