import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTags, parseTaggingHeader } from './tagging.ts';

const tags = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));

test('an object has at most 10 tags, a bucket 50', () => {
  assert.equal(checkTags(tags(10), 'object').length, 10);
  assert.throws(() => checkTags(tags(11), 'object'), {
    code: 'BadRequest',
    message: 'Object tags cannot be greater than 10',
  });
  assert.equal(checkTags(tags(50), 'bucket').length, 50);
  assert.throws(() => checkTags(tags(51), 'bucket'), { code: 'BadRequest' });
});

test('a tag has a key of 1 to 128 and a value of up to 256 characters', () => {
  const check = (Key: string, Value: string) => checkTags([{ Key, Value }], 'object');
  check('k'.repeat(128), 'v'.repeat(256));
  assert.throws(() => check('', 'v'), { code: 'InvalidTag' });
  assert.throws(() => check('k'.repeat(129), 'v'), { code: 'InvalidTag' });
  assert.throws(() => check('k', 'v'.repeat(257)), {
    code: 'InvalidTag',
    message: 'The TagValue you have provided is invalid',
  });
});

// Recorded: s3_api.json TestS3BucketObjectTagging::test_create_bucket_with_tags_exc
test('a tag is refused in the words of S3', () => {
  assert.throws(() => checkTags([{ Value: 'v' }], 'bucket'), { code: 'MalformedXML' });
  assert.throws(() => checkTags([{ Key: 'aws:x', Value: '' }], 'bucket'), {
    code: 'InvalidTag',
    message: /^User-defined tag keys can't start with "aws:"/,
  });
  assert.throws(() => checkTags([{ Key: 'test', Value: 'value1,value2' }], 'bucket'), {
    fields: { TagKey: 'test', TagValue: 'value1,value2' },
  });
});

// Recorded: s3_api.json TestS3BucketObjectTagging::test_put_object_with_tags
test('the header carries tags as a query', () => {
  assert.deepEqual(parseTaggingHeader('tag1=tag1&tag2=tag2&tag=&'), [
    { Key: 'tag1', Value: 'tag1' },
    { Key: 'tag2', Value: 'tag2' },
    { Key: 'tag', Value: '' },
  ]);
  assert.deepEqual(parseTaggingHeader('a%20b=c+d'), [{ Key: 'a b', Value: 'c d' }]);
  assert.throws(() => parseTaggingHeader('a=1&a=2'), { code: 'InvalidArgument' });
});
