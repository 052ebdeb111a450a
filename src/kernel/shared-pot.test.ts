import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { SharedPot, type Share } from './shared-pot.ts';

function takeAll(share: Share, count: number): number {
  let taken = 0;
  while (share.take(count)) taken += count;
  return taken;
}

test('gives nobody more than is left for others, and everybody its own', () => {
  const pot = new SharedPot(800, 10);
  const shares = [pot.share(), pot.share(), pot.share()];
  assert.deepEqual(
    shares.map((share) => takeAll(share, 1)),
    [410, 210, 110],
  );
  shares[0]?.giveBack(400);
  // What is its own it has still.
  assert.equal(takeAll(pot.share(), 1), 10 + 250);
});

test('takes all of a number or nothing of it', () => {
  const share = new SharedPot(100, 10).share();
  assert.equal(share.take(61), false);
  assert.equal(share.take(60), true);
  assert.equal(share.take(), false);
  share.giveBack(60);
  assert.equal(takeAll(share, 20), 60);
});

test('gives a share no more than its end', () => {
  const share = new SharedPot(0, 100).share(50);
  assert.equal(share.take(51), false);
  assert.equal(share.take(50), true);
  assert.equal(share.take(1), false);
});

test('is whole again once everything was given back, and never below nothing', () => {
  const moves = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 300 }), fc.boolean()));
  fc.assert(
    fc.property(moves, (all) => {
      const pot = new SharedPot(1000, 50);
      const shares = Array.from({ length: 4 }, () => ({ share: pot.share(), taken: 0 }));
      for (const [at, count, isTaking] of all) {
        const one = shares[at];
        assert.ok(one);
        const { share, taken } = one;
        if (isTaking && share.take(count)) one.taken += count;
        if (!isTaking) {
          share.giveBack(Math.min(count, taken));
          one.taken -= Math.min(count, taken);
        }
        const fromPot = shares.reduce((sum, held) => sum + Math.max(0, held.taken - 50), 0);
        assert.ok(fromPot <= 1000);
      }
      for (const { share, taken } of shares) share.giveBack(taken);
      assert.equal(pot.share().take(550), true);
    }),
  );
});
