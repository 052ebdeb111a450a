import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanHeaders, leavesPath } from './clean.ts';

test('headers lose what cannot be sent', () => {
  assert.deepEqual(cleanHeaders({ a: 'x\r\nset-cookie: y', b: 'é\t€', 'c d': 'z', '': 'z' }), {
    a: 'xset-cookie: y',
    b: 'é\t',
  });
});

test('a path is left by segments of one or two dots, encoded ones too', () => {
  for (const text of ['..', '.', 'a/..', '../b', 'a/%2e%2E/b', '.%2e', 'a\\..', '..%2fb', '.\t.']) {
    assert.equal(leavesPath(text), true, text);
  }
  for (const text of ['', 'a', '...', 'a..b', '.a/b.', '..a/b', 'a/b']) {
    assert.equal(leavesPath(text), false, text);
  }
});
