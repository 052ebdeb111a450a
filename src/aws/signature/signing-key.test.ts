import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createSigningKeys, deriveSigningKey, SigningKey } from './signing-key.ts';
import { isEqual } from './verify.ts';

const scope = { date: '20150830', region: 'us-east-1', service: 'iam' };

describe('a signing key', () => {
  test('signs as HMAC-SHA-256 does, whatever the text, in whatever order', () => {
    const bytes = deriveSigningKey('secret', scope);
    const key = new SigningKey(bytes);
    const text = fc.string({ unit: 'binary', maxLength: 2000 });
    fc.assert(
      fc.property(text, (signed) => {
        assert.equal(key.sign(signed), createHmac('sha256', bytes).update(signed).digest('hex'));
      }),
      { numRuns: 50 },
    );
  });

  test('signs a short text after a long one as before it', () => {
    const key = new SigningKey(deriveSigningKey('secret', scope));
    const before = key.sign('short');
    key.sign('\u20ac'.repeat(5000));
    assert.equal(key.sign('short'), before);
  });

  test('is another for another secret under the same scope, and the same again for the first', () => {
    const keys = createSigningKeys();
    const first = keys.derive('one', scope).sign('text');
    assert.notEqual(keys.derive('two', scope).sign('text'), first);
    assert.equal(keys.derive('one', scope).sign('text'), first);
    assert.equal(keys.derive('one', { ...scope }).sign('text'), first);
  });
});

test('texts are equal where each character is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), (left, right) => {
      assert.equal(isEqual(left, right), left === right);
    }),
  );
  assert.ok(!isEqual('abc', 'ab'));
  assert.ok(!isEqual('ab', 'abc'));
});
