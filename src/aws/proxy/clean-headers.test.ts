import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanHeaders } from './clean-headers.ts';

test('headers lose what cannot be sent', () => {
  assert.deepEqual(cleanHeaders({ a: 'x\r\nset-cookie: y', b: 'é\t€', 'c d': 'z', '': 'z' }), {
    a: 'xset-cookie: y',
    b: 'é\t',
  });
});
