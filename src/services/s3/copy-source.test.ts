import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCopySource } from './copy-source.ts';

test('a copy source is a path, with or without its slash, percent-encoded', () => {
  assert.deepEqual(parseCopySource('bucket/a/b.jpg'), { bucket: 'bucket', key: 'a/b.jpg' });
  assert.deepEqual(parseCopySource('/bucket/a%2Fb%20c'), { bucket: 'bucket', key: 'a/b c' });
  assert.deepEqual(parseCopySource('bucket/%C3%BC'), { bucket: 'bucket', key: 'ü' });
  assert.deepEqual(parseCopySource('bucket/key?versionId=null'), {
    bucket: 'bucket',
    key: 'key',
    versionId: 'null',
  });
});

// Recorded: s3.json TestS3::test_s3_copy_object_wrong_format
test('a copy source without a key or with a made-up version is refused', () => {
  assert.throws(() => parseCopySource('bucket'), {
    code: 'InvalidArgument',
    message: 'Invalid copy source object key',
  });
  assert.throws(() => parseCopySource('bucket/key?versionId=x'), {
    message: 'Invalid version id specified',
  });
  assert.throws(() => parseCopySource('bucket/%zz'), { code: 'InvalidArgument' });
});
