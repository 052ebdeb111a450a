import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CONCURRENCY_MAX } from '../limits.ts';
import { CONCURRENCY_START, grown, shrunk, type Concurrency } from './concurrency.ts';

/** The limit after a time in which all that is allowed was in hand. */
function afterFullMs(durationMs: number, limitMax?: number): number {
  let concurrency: Concurrency = CONCURRENCY_START;
  for (let nowMs = 0; nowMs <= durationMs; nowMs += 50) {
    concurrency = grown(concurrency, concurrency.limit, nowMs, limitMax);
  }
  return concurrency.limit;
}

test('five at first, 300 more after a minute of fullness, and no more than the most', () => {
  assert.equal(grown(CONCURRENCY_START, 0, 0).limit, 5);
  assert.equal(afterFullMs(60_000), 305);
  assert.equal(afterFullMs(3_600_000), CONCURRENCY_MAX);
});

test('the maximum of the mapping holds, also below five', () => {
  assert.equal(afterFullMs(60_000, 2), 2);
  assert.equal(afterFullMs(60_000, 6), 6);
});

test('grows only while all are taken', () => {
  const full = grown(CONCURRENCY_START, 5, 0);
  assert.equal(grown(full, 5, 199).limit, 5);
  assert.equal(grown(full, 5, 200).limit, 6);
  const withRoom = grown(full, 4, 199);
  assert.equal(grown(withRoom, 5, 250).limit, 5);
});

test('a refusal halves, down to one', () => {
  assert.equal(shrunk({ limit: 9 }).limit, 4);
  assert.equal(shrunk({ limit: 1 }).limit, 1);
});
