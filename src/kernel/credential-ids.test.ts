import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { accessKeyId, accountOfAccessKey, secretAccessKey, uniqueId } from './credential-ids.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test('an access key tells its account, whatever the chance in it', () => {
  fc.assert(
    fc.property(fc.nat(999_999_999_999), bytes(10), (number, random) => {
      const account = String(number).padStart(12, '0');
      const id = accessKeyId('AKIA', account, random);
      assert.match(id, /^AKIA[A-Z2-7]{16}$/);
      assert.equal(accountOfAccessKey(id), account);
    }),
  );
});

test('the account of a published key is the published one', () => {
  assert.equal(accountOfAccessKey('ASIAQNZGKIQY56JQ7WML'), '029608264753');
});

test('what is no access key tells nothing', () => {
  for (const id of ['', 'AKIA', 'AKIA1111111111111111', 'akiaAAAAAAAAAAAAAAAA']) {
    assert.equal(accountOfAccessKey(id), undefined);
  }
});

test('ids and secrets have the length that AWS gives them', () => {
  fc.assert(
    fc.property(bytes(30), (random) => {
      assert.match(uniqueId('AROA', random), /^AROA[A-Z2-7]{17}$/);
      assert.match(secretAccessKey(random), /^[A-Za-z0-9+/]{40}$/);
    }),
  );
});
