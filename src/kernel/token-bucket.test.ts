import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TokenBucket, TokenBuckets } from './token-bucket.ts';

describe('a token bucket', () => {
  it('refills evenly and saves up no more than its burst', () => {
    const bucket = new TokenBucket(2, 10, 0);
    assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0)], [true, true, false]);
    assert.deepEqual([bucket.take(99), bucket.take(100), bucket.take(100)], [false, true, false]);
    assert.ok(bucket.isFull(10_000));
    assert.deepEqual(
      [1, 2, 3].map(() => bucket.take(10_000)),
      [true, true, false],
    );
  });

  it('gives many or none', () => {
    const bucket = new TokenBucket(10, 1, 0);
    assert.deepEqual(
      [bucket.take(0, 11), bucket.take(0, 7), bucket.take(0, 4)],
      [false, true, false],
    );
    assert.deepEqual([bucket.take(0, 3), bucket.left(0)], [true, 0]);
  });

  it('takes back what was taken for nothing, and holds no more than its burst then', () => {
    const bucket = new TokenBucket(2, 1, 0);
    bucket.take(0);
    bucket.give(0);
    bucket.give(0);
    assert.equal(bucket.left(0), 2);
  });

  it('gives nothing until what it owes has come in', () => {
    const bucket = new TokenBucket(2, 2, 0);
    bucket.owe(0, 6);
    assert.deepEqual([bucket.left(0), bucket.left(2000)], [-4, 0]);
    assert.deepEqual([bucket.take(2499), bucket.take(2500)], [false, true]);
  });

  it('loses what it saved up beyond a smaller burst, and fills at the new rate from then on', () => {
    const bucket = new TokenBucket(10, 10, 0);
    bucket.resize(1, 1, 0);
    assert.deepEqual([bucket.take(0), bucket.take(0)], [true, false]);
    assert.deepEqual([bucket.take(999), bucket.take(1000)], [false, true]);
  });

  it('gains nothing from a time that is past', () => {
    const bucket = new TokenBucket(1, 1, 1000);
    bucket.take(1000);
    assert.equal(bucket.take(0), false);
  });
});

describe('token buckets', () => {
  it('are one for each key', () => {
    const buckets = new TokenBuckets(10);
    const take = (key: string) => buckets.get(key, 1, 1, 0).take(0);
    assert.deepEqual([take('a'), take('a'), take('b')], [true, false, true]);
  });

  it('follow the burst and the rate that they are asked with', () => {
    const buckets = new TokenBuckets(10);
    buckets.get('a', 5, 1, 0);
    assert.equal(buckets.get('a', 2, 1, 0).left(0), 2);
    buckets.get('a', 2, 1, 0).take(0, 2);
    assert.equal(buckets.get('a', 4, 4, 1000).left(1500), 3);
  });

  it('forget the one that was asked for longest ago where there are too many', () => {
    const buckets = new TokenBuckets(2);
    const take = (key: string) => buckets.get(key, 1, 1, 0).take(0);
    assert.deepEqual([take('a'), take('b'), take('a'), take('c')], [true, true, false, true]);
    assert.deepEqual([take('a'), take('b')], [false, true]);
  });
});
