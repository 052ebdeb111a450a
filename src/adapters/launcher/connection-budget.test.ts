import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionBudget } from './connection-budget.ts';
import type { ConnectionShare } from './connection-budget.ts';

function takeAll(share: ConnectionShare): number {
  let count = 0;
  while (share.take()) count += 1;
  return count;
}

test('gives a sandbox 256 connections and not one more, and each again that ended', () => {
  const share = new ConnectionBudget().share();
  assert.equal(takeAll(share), 256);
  share.giveBack();
  assert.equal(takeAll(share), 1);
});

test('leaves eight to each sandbox where others have taken all that is shared', () => {
  const budget = new ConnectionBudget();
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
