import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as assertProperty, double, integer, property } from 'fast-check';

import { provisionedShares } from './provisioned-shares.ts';

function sharesOf(requested: number, weight?: number): Record<string, number> {
  const weights = weight === undefined ? {} : { '2': weight };
  const shares = provisionedShares({ functionVersion: '1', weights }, requested);
  return Object.fromEntries(shares.map((share) => [share.version, share.requested]));
}

test('without weights all is the main version', () => {
  assert.deepEqual(sharesOf(10), { 1: 10 });
});

test('weights split it in whole environments', () => {
  assert.deepEqual(sharesOf(10, 0.1), { 1: 9, 2: 1 });
  assert.deepEqual(sharesOf(10, 0.26), { 1: 7, 2: 3 });
  assert.deepEqual(sharesOf(10, 0), { 1: 10 });
  assert.deepEqual(sharesOf(10, 1), { 2: 10 });
});

test('a version that is reached has one, where there are two', () => {
  assert.deepEqual(sharesOf(2, 0.01), { 1: 1, 2: 1 });
  assert.deepEqual(sharesOf(2, 0.99), { 1: 1, 2: 1 });
  assert.deepEqual(sharesOf(1, 0.5), { 1: 1 });
});

test('the shares are always what was asked for', () => {
  const weight = double({ min: 0, max: 1, noNaN: true });
  assertProperty(
    property(integer({ min: 1, max: 1000 }), weight, (requested, share) => {
      const shares = Object.values(sharesOf(requested, share));
      assert.ok(shares.every((one) => Number.isInteger(one) && one > 0));
      assert.equal(
        shares.reduce((sum, one) => sum + one, 0),
        requested,
      );
    }),
  );
});
