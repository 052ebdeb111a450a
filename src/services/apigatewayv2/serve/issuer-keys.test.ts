import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { createIssuerKeys } from './issuer-keys.ts';

test('the keys of an issuer stay where it does not answer when it is asked again', async () => {
  let nowMs = 0;
  let isUp = true;
  let asked = 0;
  const issuerKeys = createIssuerKeys({
    clock: { monotonicMs: () => nowMs },
    http: {
      post: ({ url }) => {
        asked += 1;
        if (!isUp) return Promise.resolve({ kind: 'failed', reason: 'down' });
        const told = url.endsWith('/keys')
          ? { keys: [{ kid: 'one' }] }
          : { jwks_uri: 'http://i/keys' };
        const body = utf8(JSON.stringify(told));
        return Promise.resolve({ kind: 'answered', status: 200, body });
      },
    },
  });
  assert.deepEqual(await issuerKeys.find('http://i', 'one'), [{ kid: 'one' }]);
  isUp = false;
  nowMs += 10_000;
  assert.deepEqual(await issuerKeys.find('http://i', 'two'), [{ kid: 'one' }]);
  assert.equal(asked, 3);
  assert.deepEqual(await issuerKeys.find('http://i', 'one'), [{ kid: 'one' }]);
});
