import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import {
  createFunction,
  HELLO_NODE,
  HELLO_PYTHON,
  helloCustom,
  helloGo,
  invoke,
  makeCold,
  type BenchFunction,
} from './functions.ts';
import { printRow, summarise } from './measure.ts';

const ROUNDS = 40;
/** Between two cold starts the pool of waiting environments is given time to refill. */
const PAUSE_MS = 150;

type Kinds = Readonly<Record<string, Omit<BenchFunction, 'name'> | undefined>>;

/** First invocations of functions that say hello, at the client: nothing of theirs is running. */
export async function benchCold(bench: Bench): Promise<void> {
  await benchKinds(bench, 'cold hello', { Node: HELLO_NODE, Python: HELLO_PYTHON });
}

/** The same where no environment waits for them: sandbox, language and code are all begun for the invocation. */
export async function benchUnprepared(bench: Bench): Promise<void> {
  const compiled = { Go: helloGo(), C: helloCustom() };
  for (const [language, description] of Object.entries(compiled)) {
    if (description === undefined) console.log(`${language} is left out: no bootstrap was built`);
  }
  const kinds = { Node: HELLO_NODE, Python: HELLO_PYTHON, ...compiled };
  await benchKinds(bench, 'cold hello, nothing prepared', kinds);
}

async function benchKinds({ send }: Bench, what: string, kinds: Kinds): Promise<void> {
  const latencies = new Map<string, number[]>();
  for (const [language, description] of Object.entries(kinds)) {
    if (description === undefined) continue;
    await createFunction(send, { ...description, name: language });
    latencies.set(language, []);
  }
  const startedAt = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, times] of latencies) {
      await makeCold(send, name, round);
      await sleep(PAUSE_MS);
      const from = performance.now();
      await invoke(send, name, { name: 'Ada' });
      times.push(performance.now() - from);
    }
  }
  const elapsedMs = performance.now() - startedAt;
  for (const [language, times] of latencies) {
    printRow(`${what}, ${language}`, summarise(times, 0, elapsedMs));
  }
}
