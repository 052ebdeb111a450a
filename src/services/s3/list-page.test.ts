import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyWriter, pageLimit, readToken, writeToken } from './list-page.ts';

test('a continuation token comes back as it was, and no other text is one', () => {
  const property = fc.property(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('key', 'prefix'),
    (text, kind) => {
      assert.deepEqual(readToken(writeToken({ kind, text })), { kind, text });
    },
  );
  fc.assert(property);
  for (const token of ['', 'x', 'invalid-token', writeToken({ kind: 'key', text: 'a' }).slice(1)]) {
    assert.throws(() => readToken(token), {
      message: 'The continuation token provided is incorrect',
    });
  }
});

// Recorded: s3_list_operations.json test_list_ops_encoding_type_validation
test('the only encoding is url', () => {
  assert.equal(keyWriter(undefined)('a b'), 'a b');
  assert.equal(keyWriter('url')('a b'), 'a+b');
  assert.throws(() => keyWriter(''), {
    fields: { ArgumentName: 'encoding-type', ArgumentValue: '' },
  });
});

test('a page has 0 to 1000 entries', () => {
  assert.equal(pageLimit(undefined, 'max-keys'), 1000);
  assert.equal(pageLimit(0, 'max-keys'), 0);
  assert.equal(pageLimit(1001, 'max-keys'), 1000);
  assert.throws(() => pageLimit(-1, 'max-keys'), { code: 'InvalidArgument' });
});
