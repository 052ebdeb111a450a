import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentRange, parseCopyRange, parseRange } from './range.ts';

test('a range names its first and last byte, cut at the end of the object', () => {
  assert.deepEqual(parseRange('bytes=0-4', 10), { start: 0, end: 4 });
  assert.deepEqual(parseRange('bytes=5-', 10), { start: 5, end: 9 });
  assert.deepEqual(parseRange('bytes=5-9', 10), { start: 5, end: 9 });
  assert.deepEqual(parseRange('bytes=5-10', 10), { start: 5, end: 9 });
  assert.equal(contentRange({ start: 5, end: 9 }, 10), 'bytes 5-9/10');
});

test('a suffix range counts from the end, and may be longer than the object', () => {
  assert.deepEqual(parseRange('bytes=-3', 10), { start: 7, end: 9 });
  assert.deepEqual(parseRange('bytes=-10', 10), { start: 0, end: 9 });
  assert.deepEqual(parseRange('bytes=-11', 10), { start: 0, end: 9 });
});

test('a range that is none of one is ignored', () => {
  for (const header of [
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=0-1,3-4',
    'items=0-1',
    'bytes=4-2',
    '',
  ]) {
    assert.equal(parseRange(header, 10), undefined, header);
  }
});

test('a range beyond the object is not satisfiable', () => {
  assert.deepEqual(parseRange('bytes=9-', 10), { start: 9, end: 9 });
  for (const header of ['bytes=10-', 'bytes=10-20', 'bytes=-0']) {
    assert.throws(() => parseRange(header, 10), { code: 'InvalidRange', status: 416 }, header);
  }
  assert.throws(() => parseRange('bytes=0-', 0), { code: 'InvalidRange' });
});

// Recorded: s3_api.json TestS3Multipart::test_upload_part_copy_range
test('a copy range must have both ends', () => {
  assert.deepEqual(parseCopyRange('bytes=0-9', 10), { start: 0, end: 9 });
  for (const header of [
    '0-8',
    'bytes=1-0',
    'bytes=-1-',
    'bytes=0--1',
    'bytes=0-1,3-4',
    'bytes=-',
    'bytes=1-',
  ]) {
    assert.throws(() => parseCopyRange(header, 10), {
      code: 'InvalidArgument',
      message: /^The x-amz-copy-source-range value must be of the form/,
    });
  }
});

// Recorded: s3_api.json TestS3Multipart::test_upload_part_copy_range
test('a copy range must lie within its source', () => {
  assert.throws(() => parseCopyRange('bytes=0-10', 10), {
    code: 'InvalidArgument',
    message: 'Range specified is not valid for source object of size: 10',
  });
  assert.throws(() => parseCopyRange('bytes=10-20', 10), {
    code: 'InvalidRequest',
    message: 'The specified copy range is invalid for the source object size',
  });
});
