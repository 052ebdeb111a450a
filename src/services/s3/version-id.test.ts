import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isVersionId, makeId, sequenceOfId } from './version-id.ts';

const random = (seed: number) => ({
  bytes: (length: number) => Buffer.alloc(length, seed),
  fraction: () => 0,
  uuid: () => '',
});

test('an id tells its sequence number', () => {
  const property = fc.property(fc.maxSafeNat(), fc.nat(255), (sequence, seed) => {
    const id = makeId(sequence, random(seed));
    assert.match(id, /^[A-Za-z0-9._]{32}$/);
    assert.equal(sequenceOfId(id), sequence);
  });
  fc.assert(property);
});

// Recorded: s3_api.json TestS3ObjectCRUD::test_get_object_with_version_unversioned_bucket
test('a made-up id is none', () => {
  assert.equal(isVersionId('HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD'), false);
  assert.equal(isVersionId('null'), true);
  assert.equal(isVersionId(''), false);
  const id = makeId(1, random(7));
  assert.equal(isVersionId(id), true);
  assert.equal(isVersionId(`${id}A`), false);
  assert.equal(isVersionId((id.startsWith('A') ? 'B' : 'A') + id.slice(1)), false);
});
