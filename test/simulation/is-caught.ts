import assert from 'node:assert/strict';
import { simulate, type Sabotage } from './simulation.ts';

const TICKS = 20;
const SEEDS_MAX = 10;

/** Runs seeds until the bug has had its occasion: one of ten is enough for each. */
export async function isCaught(
  sabotage: Sabotage,
  expected: RegExp,
  first = 1,
  hasJumps = false,
): Promise<void> {
  const found: string[] = [];
  for (let seed = first; seed < first + SEEDS_MAX; seed += 1) {
    const isEnough = (texts: readonly string[]): boolean =>
      texts.some((text) => expected.test(text));
    const { broken } = await simulate({ seed, ticks: TICKS, sabotage, hasJumps, isEnough });
    if (isEnough(broken)) return;
    found.push(...broken);
  }
  assert.fail(`not caught; found was: ${found.slice(0, 10).join('; ')}`);
}
