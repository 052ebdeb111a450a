import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import type { Share } from '#kernel/shared-pot.ts';
import { ConnectionBudget, descriptorsMax } from './connection-budget.ts';

function takeAll(share: Share): number {
  let count = 0;
  while (share.take()) count += 1;
  return count;
}

test('gives a sandbox 1,024 connections and not one more, and each again that ended', () => {
  const share = new ConnectionBudget(20_000).share();
  assert.equal(takeAll(share), 1024);
  share.giveBack();
  assert.equal(takeAll(share), 1);
});

test('gives no sandbox more of what is shared than it leaves to others', () => {
  const budget = new ConnectionBudget(600 * 8 + 7);
  const greedy = Array.from({ length: 5 }, () => budget.share());
  assert.deepEqual(greedy.map(takeAll), [308, 158, 83, 46, 27]);
  // Whoever has less finds what others gave back.
  const [first, second] = greedy;
  for (let count = 0; count < 100; count += 1) first?.giveBack();
  assert.equal(second && takeAll(second), 0);
  assert.equal(takeAll(budget.share()), 8 + 59);
});

test('leaves eight to each sandbox where nothing is shared', () => {
  const budget = new ConnectionBudget(7);
  const shares = Array.from({ length: 3 }, () => budget.share());
  assert.deepEqual(shares.map(takeAll), [8, 8, 8]);
  // What is the sandbox's own goes back to nobody.
  const [first, second] = shares;
  first?.giveBack();
  assert.equal(second && takeAll(second), 0);
  assert.equal(first && takeAll(first), 1);
});

test('shares an eighth of the descriptors that the server may have, and 16,384 at the most', () => {
  const sharedOf = (descriptors: number): number => {
    const budget = new ConnectionBudget(descriptors);
    const counts = Array.from({ length: 20_000 }, () => takeAll(budget.share()));
    return counts.reduce((sum, count) => sum + count - 8, 0);
  };
  assert.deepEqual(
    [1024, 131_071, 131_072, 1_048_576].map(sharedOf),
    [128, 16_383, 16_384, 16_384],
  );
});

test('knows how many descriptors this process may have', () => {
  const file = path.join(import.meta.dirname, 'connection-budget.ts');
  const program = `import { descriptorsMax } from '${file}'; console.log(descriptorsMax());`;
  const script = 'ulimit -Sn 256 && ulimit -Hn 512 && exec "$@"';
  const command = [process.execPath, '--input-type=module', '--eval', program];
  const said = execFileSync('/bin/sh', ['-c', script, 'sh', ...command], { encoding: 'utf8' });
  assert.equal(said, '512\n');
  assert.ok(descriptorsMax() > 0);
});
