import { callAtOnce } from './at-once.ts';
import type { Bench } from './bench.ts';
import { createFunction, helloCustom } from './functions.ts';

const ENVIRONMENTS = 1000;
/** The time in which AWS starts so many. */
const HOLD_MS = 20_000;

/**
 * As many calls at once of one function as AWS starts environments for in 10 s, on a small custom runtime. The
 * server is told of more memory than there is: each takes a MiB of its 128.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export async function benchScale({ send }: Bench): Promise<void> {
  const custom = helloCustom();
  if (custom === undefined) {
    console.log('SKIPPED: scale: no C compiler');
    return;
  }
  await createFunction(send, { ...custom, name: 'scale', memoryMiB: 128, timeoutSeconds: 60 });
  await callAtOnce(send, {
    name: 'scale',
    environments: ENVIRONMENTS,
    holdMs: HOLD_MS,
    title: `${ENVIRONMENTS} new environments at once, custom`,
  });
}
