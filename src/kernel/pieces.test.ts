import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as assertProperty, integer, nat, oneof, property } from 'fast-check';
import { textOf } from './bytes.ts';
import { Pieces } from './pieces.ts';
import { KIB } from './units.ts';

test('pieces of any lengths come out in their order', () => {
  const lengths = array(oneof(nat(40), integer({ min: 1000, max: 20_000 })), {
    maxLength: 60,
  });
  assertProperty(
    property(lengths, (all) => {
      const given = all.map((length, at) => Buffer.alloc(length, at));
      const pieces = new Pieces();
      for (const piece of given) pieces.add(piece);
      assert.ok(Buffer.concat(given).equals(pieces.whole()));
    }),
    { numRuns: 100 },
  );
});

test('a single piece is no copy', () => {
  const piece = Buffer.from('x');
  const pieces = new Pieces();
  pieces.add(piece);
  assert.equal(pieces.whole(), piece);
});

test('short pieces are copied, and keep nothing of what they came with', () => {
  const came = Buffer.alloc(64 * KIB, 'a');
  const pieces = new Pieces();
  pieces.add(Buffer.from('first'));
  pieces.add(came.subarray(7, 7 + KIB - 1));
  came.fill('b');
  assert.equal(textOf(pieces.whole()), `first${'a'.repeat(KIB - 1)}`);
});
