import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nextLineage, passagesOf, withPassage } from './lineage.ts';

test('a chain counts each function by itself', () => {
  const first = nextLineage(undefined, 'a');
  assert.equal(first.count, 1);
  assert.match(first.lineage, /^1:[0-9a-f]{8}:1$/);
  const other = nextLineage(first.lineage, 'b');
  assert.equal(other.count, 1);
  assert.equal(nextLineage(other.lineage, 'a').count, 2);
});

test('nonsense counts for nothing, and a chain stays short', () => {
  assert.equal(nextLineage('1:zz:9|||2:00000000:5|1:00000000:999999', 'a').count, 1);
  let lineage = '';
  for (let n = 0; n < 50; n += 1) ({ lineage } = nextLineage(lineage, `f${n}`));
  assert.equal(lineage.split('|').length, 10);
});

test('the chain travels in the trace header, beside what else is there', () => {
  const first = withPassage('Root=1-a-b;Parent=c;Sampled=0', 'a');
  assert.match(first, /^Root=1-a-b;Parent=c;Sampled=0;Lineage=1:[0-9a-f]{8}:1$/);
  const third = withPassage(withPassage(first, 'b'), 'a');
  assert.equal(passagesOf(third, 'a'), 2);
  assert.equal(passagesOf(third, 'b'), 1);
  assert.equal(passagesOf(third, 'c'), 0);
  assert.equal(passagesOf('Root=1-a-b', 'a'), 0);
  assert.equal(passagesOf(undefined, 'a'), 0);
});
