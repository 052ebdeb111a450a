import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedMap } from './bounded-map.ts';

test('a bounded map has room for so many, and forgets what was set longest ago', () => {
  const map = new BoundedMap<number | undefined>(2);
  map.set('a', 1);
  map.set('b', undefined);
  assert.deepEqual([map.get('a'), map.has('b')], [1, true]);
  map.set('a', 3);
  map.set('c', 4);
  assert.deepEqual([map.get('a'), map.has('b'), map.get('c')], [3, false, 4]);
});

test('keys of one beginning go together', () => {
  const map = new BoundedMap<number>(9);
  for (const key of ['a/1', 'a/2', 'ab/1']) map.set(key, 0);
  map.deleteAll('a/');
  assert.deepEqual(
    ['a/1', 'a/2', 'ab/1'].map((key) => map.has(key)),
    [false, false, true],
  );
});
