import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Remembered } from './remembered.ts';

test('what was loaded is at hand, and loaded once', async () => {
  const remembered = new Remembered<string, { readonly name: string }>(10);
  let loads = 0;
  const load = async (): Promise<{ readonly name: string }> => {
    loads += 1;
    return { name: 'a' };
  };
  const [first, second] = [remembered.get('a', load), remembered.get('a', load)];
  assert.equal(first, second);
  assert.ok(first instanceof Promise);
  const value = await first;
  assert.equal(remembered.get('a', load), value);
  assert.equal(loads, 1);
});

test('what was forgotten while it was loaded is loaded anew', async () => {
  const remembered = new Remembered<string, { readonly name: string }>(10);
  const old = remembered.get('a', async () => ({ name: 'old' }));
  remembered.forget('a');
  const next = remembered.get('a', async () => ({ name: 'new' }));
  assert.deepEqual(await Promise.all([old, next]), [{ name: 'old' }, { name: 'new' }]);
  assert.deepEqual(
    remembered.get('a', async () => undefined),
    { name: 'new' },
  );
});

test('what was not there, or failed, is asked for again', async () => {
  const remembered = new Remembered<string, { readonly name: string }>(10);
  assert.equal(await remembered.get('a', async () => undefined), undefined);
  await assert.rejects(async () =>
    remembered.get('a', async () => Promise.reject(new Error('no'))),
  );
  assert.deepEqual(await remembered.get('a', async () => ({ name: 'a' })), { name: 'a' });
});

test('of more than fits, the first goes', async () => {
  const remembered = new Remembered<number, { readonly name: string }>(2);
  for (const key of [1, 2, 3]) await remembered.get(key, async () => ({ name: `${key}` }));
  assert.deepEqual(
    remembered.get(3, async () => undefined),
    { name: '3' },
  );
  assert.equal(await remembered.get(1, async () => undefined), undefined);
});
