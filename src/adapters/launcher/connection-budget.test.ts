import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { ConnectionBudget, descriptorsMax } from './connection-budget.ts';
import type { ConnectionShare } from './connection-budget.ts';

function takeAll(share: ConnectionShare): number {
  let count = 0;
  while (share.take()) count += 1;
  return count;
}

test('gives a sandbox 256 connections and not one more, and each again that ended', () => {
  const share = new ConnectionBudget(20_000).share();
  assert.equal(takeAll(share), 256);
  share.giveBack();
  assert.equal(takeAll(share), 1);
});

test('leaves eight to each sandbox where others have taken all that is shared', () => {
  const budget = new ConnectionBudget(2048 * 8 + 7);
  const greedy = Array.from({ length: 9 }, () => budget.share());
  const counts = greedy.map(takeAll);
  assert.deepEqual(counts, [256, 256, 256, 256, 256, 256, 256, 256, 72]);
  const late = budget.share();
  assert.equal(takeAll(late), 8);
  // What is the sandbox's own goes back to nobody.
  late.giveBack();
  assert.equal(takeAll(late), 1);
  const [first] = greedy;
  first?.giveBack();
  assert.equal(takeAll(late), 1);
});

test('shares an eighth of the descriptors that the server may have, and 16,384 at the most', () => {
  const sharedOf = (descriptors: number): number => {
    const budget = new ConnectionBudget(descriptors);
    const counts = Array.from({ length: 100 }, () => takeAll(budget.share()));
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
