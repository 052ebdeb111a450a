import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentenceOf } from './errors.ts';

test('of several failures the first is told: those on closing come of it', () => {
  const disk = new Error('the disk is full');
  const closing = new SuppressedError(new Error('closing failed'), disk, 'suppressed');
  const twice = new SuppressedError(new Error('closing failed again'), closing, 'suppressed');
  assert.equal(sentenceOf(twice), 'the disk is full');
  assert.equal(sentenceOf('a text'), 'a text');
});
