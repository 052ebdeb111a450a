import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Throttles } from './throttles.ts';

test('a bucket lets a burst in, and then as many as its rate fills it', () => {
  const throttles = new Throttles();
  const limits = { rateLimit: 2, burstLimit: 3 };
  const take = (nowMs: number, key = 'a') => throttles.take(key, limits, nowMs);
  assert.deepEqual([take(0), take(0), take(0), take(0)], [true, true, true, false]);
  assert.equal(take(0, 'b'), true);
  assert.deepEqual([take(499), take(500), take(500)], [false, true, false]);
  // However long nobody comes, a burst is all that there is.
  const later = Array.from({ length: 4 }, () => take(60_000));
  assert.deepEqual(later, [true, true, true, false]);
});

test('limits of nothing let nobody in, and where none is said everybody', () => {
  const throttles = new Throttles();
  for (const limits of [
    { rateLimit: 0, burstLimit: 0 },
    { rateLimit: 5, burstLimit: 0 },
    { rateLimit: 0 },
  ]) {
    assert.equal(throttles.take(JSON.stringify(limits), limits, 1000), false);
  }
  for (let turn = 0; turn < 100; turn += 1) assert.equal(throttles.take('all', {}, 0), true);
});

test('a rate below one lets one in, and the next when its time has come', () => {
  const throttles = new Throttles();
  const take = (nowMs: number) => throttles.take('a', { rateLimit: 0.5 }, nowMs);
  assert.deepEqual([take(0), take(0), take(1999), take(2000)], [true, false, false, true]);
  // However long nobody comes, it is one.
  assert.deepEqual([take(3_600_000), take(3_600_000)], [true, false]);
});
