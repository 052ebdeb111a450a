/** A fixed set of seeds, and one that nobody has chosen. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { failureText } from './failure-text.ts';
import { simulate } from './simulation.ts';

/** The server of the last one is off for minutes. */
const SEEDS = [1, 2, 3, 4, 5] as const;
const TICKS = 40;
/** The clock is set back first in some of them, and ahead first in others. */
const SEEDS_WITH_JUMPS = [1, 2, 3] as const;
const TICKS_WITH_JUMPS = 30;
const SEED_MAX = 2 ** 31;

for (const seed of SEEDS) {
  test(`every promise is kept in the simulation of seed ${seed}`, () => keepsItsPromises(seed));
}

for (const seed of SEEDS_WITH_JUMPS) {
  test(`every promise is kept in the simulation of seed ${seed} whose clock jumps`, async () => {
    const result = await simulate({ seed, ticks: TICKS_WITH_JUMPS, hasJumps: true });
    assert.ok(result.trace.lines.some((line) => line.includes('fault: the clock jumps by ')));
    assert.equal(result.broken.length, 0, failureText(result, TICKS_WITH_JUMPS, ' --jumps'));
  });
}

test('every promise is kept in a simulation that nobody has seen before', async (context) => {
  const seed = randomInt(SEED_MAX);
  context.diagnostic(`seed ${seed}: npm run sim -- --seed ${seed} --ticks ${TICKS}`);
  await keepsItsPromises(seed);
});

test('a seed replays exactly, and another seed goes another way', async () => {
  const ticks = 10;
  const first = await simulate({ seed: 42, ticks });
  const again = await simulate({ seed: 42, ticks });
  const other = await simulate({ seed: 43, ticks });
  assert.deepEqual(again.trace.lines, first.trace.lines);
  assert.equal(again.hash, first.hash);
  assert.notEqual(other.hash, first.hash);
});

async function keepsItsPromises(seed: number): Promise<void> {
  const result = await simulate({ seed, ticks: TICKS });
  assert.equal(result.broken.length, 0, failureText(result, TICKS));
}
