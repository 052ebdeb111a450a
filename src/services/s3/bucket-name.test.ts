import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBucketName } from './bucket-name.ts';

test('a bucket name has 3 to 63 characters', () => {
  assert.equal(isBucketName('ab'), false);
  assert.equal(isBucketName('abc'), true);
  assert.equal(isBucketName('a'.repeat(63)), true);
  assert.equal(isBucketName('a'.repeat(64)), false);
});

test('a bucket name has lower-case letters, digits, dots and hyphens, and ends in a letter or digit', () => {
  for (const name of ['my-bucket', 'my.bucket.1', '1bucket', 'a-b.c-d']) {
    assert.equal(isBucketName(name), true, name);
  }
  for (const name of [
    'My-bucket',
    'my_bucket',
    '-bucket',
    'bucket-',
    '.bucket',
    'bucket.',
    'b..c',
  ]) {
    assert.equal(isBucketName(name), false, name);
  }
});

test('an address or a reserved prefix or suffix is no bucket name', () => {
  for (const name of ['192.168.5.4', 'xn--bucket', 'sthree-x', 'bucket-s3alias', 'bucket--x-s3']) {
    assert.equal(isBucketName(name), false, name);
  }
  assert.equal(isBucketName('192.168.5.four'), true);
});
