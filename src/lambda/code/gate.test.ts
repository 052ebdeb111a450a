import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createGate } from './gate.ts';

test('one alone waits for those inside, and they who come later for him', async () => {
  const gate = createGate();
  const seen: string[] = [];
  const first = Promise.withResolvers<void>();
  const alone = Promise.withResolvers<void>();
  const step = (name: string, until: Promise<void>) => async () => {
    seen.push(`${name} in`);
    await until;
    seen.push(`${name} out`);
  };
  const done = Promise.resolve();
  const all = [
    gate.shared(step('a', first.promise)),
    gate.shared(step('b', done)),
    gate.exclusively(step('alone', alone.promise)),
    gate.shared(step('c', done)),
  ];
  await new Promise(setImmediate);
  assert.deepEqual(seen, ['a in', 'b in', 'b out']);
  first.resolve();
  await new Promise(setImmediate);
  assert.deepEqual(seen.slice(3), ['a out', 'alone in']);
  alone.resolve();
  await Promise.all(all);
  assert.deepEqual(seen.slice(5), ['alone out', 'c in', 'c out']);
});

test('a failure inside is the caller’s alone', async () => {
  const gate = createGate();
  await assert.rejects(
    gate.shared(() => Promise.reject(new Error('a'))),
    /a/,
  );
  await assert.rejects(
    gate.exclusively(() => Promise.reject(new Error('b'))),
    /b/,
  );
  assert.equal(await gate.shared(() => Promise.resolve(1)), 1);
});
