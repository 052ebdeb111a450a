import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostReader } from './host-name.ts';

test('a name is read from each host as if it were the first', () => {
  const read = hostReader(/^([a-z0-9]+)\.things\./i);
  const hosts = [
    'a.things.x',
    'a.things.x',
    'localhost',
    'B1.Things.x',
    undefined,
    '',
    'a.things.x',
  ];
  const names = ['a', 'a', undefined, 'b1', undefined, undefined, 'a'];
  assert.deepEqual(
    hosts.map((host) => read(host)),
    names,
  );
});
