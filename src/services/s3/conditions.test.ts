import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertWriteConditions, checkCopySource, checkWrite, decideRead } from './conditions.ts';

const MODIFIED_AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const NOW = MODIFIED_AT + 3_600_000;
const OBJECT = { etag: '8d777f385d3dfec8815d20f7496026dc', modifiedAtMs: MODIFIED_AT };
const SECOND = Math.floor(MODIFIED_AT / 1000) * 1000;

// Recorded: s3.json TestS3::test_s3_get_object_preconditions[get_object]
test('If-Match sends only the object that it names', () => {
  assert.equal(decideRead({ ifMatch: `"${OBJECT.etag}"` }, OBJECT, NOW).kind, 'send');
  assert.equal(decideRead({ ifMatch: '*' }, OBJECT, NOW).kind, 'send');
  assert.equal(decideRead({ ifMatch: '"a", "b"' }, OBJECT, NOW).kind, 'failed');
  assert.equal(decideRead({ ifMatch: `"a", "${OBJECT.etag}"` }, OBJECT, NOW).kind, 'send');
});

test('If-None-Match answers not modified, with or without quotes', () => {
  assert.equal(decideRead({ ifNoneMatch: OBJECT.etag }, OBJECT, NOW).kind, 'not-modified');
  assert.equal(decideRead({ ifNoneMatch: `"${OBJECT.etag}"` }, OBJECT, NOW).kind, 'not-modified');
  assert.equal(decideRead({ ifNoneMatch: '"other"' }, OBJECT, NOW).kind, 'send');
});

test('dates are compared in whole seconds, and a date in the future is no condition', () => {
  const modified = (ifModifiedSince: number) => decideRead({ ifModifiedSince }, OBJECT, NOW).kind;
  assert.equal(modified(SECOND - 1000), 'send');
  assert.equal(modified(SECOND), 'not-modified');
  assert.equal(modified(NOW), 'not-modified');
  assert.equal(modified(NOW + 1000), 'send');
  const unmodified = (ifUnmodifiedSince: number) =>
    decideRead({ ifUnmodifiedSince }, OBJECT, NOW).kind;
  assert.equal(unmodified(SECOND - 1000), 'failed');
  assert.equal(unmodified(SECOND), 'send');
});

test('an ETag that matches outweighs a date that does not', () => {
  const old = SECOND - 1000;
  assert.equal(
    decideRead({ ifMatch: OBJECT.etag, ifUnmodifiedSince: old }, OBJECT, NOW).kind,
    'send',
  );
  const both = { ifNoneMatch: OBJECT.etag, ifModifiedSince: old };
  assert.equal(decideRead(both, OBJECT, NOW).kind, 'not-modified');
});

// Recorded: s3_preconditions.json TestS3CopySourcePreconditions::test_s3_copy_object_preconditions
test('a copy names the header that its source failed', () => {
  assert.throws(() => checkCopySource({ ifNoneMatch: OBJECT.etag }, OBJECT, NOW), {
    code: 'PreconditionFailed',
    status: 412,
    fields: { Condition: 'x-amz-copy-source-If-None-Match' },
  });
  assert.throws(() => checkCopySource({ ifModifiedSince: SECOND }, OBJECT, NOW), {
    fields: { Condition: 'x-amz-copy-source-If-Modified-Since' },
  });
});

// Recorded: s3_api.json TestS3ObjectWritePrecondition
test('a write takes one condition, an ETag or If-None-Match: *', () => {
  assertWriteConditions({ ifMatch: '"x"' });
  assertWriteConditions({ ifNoneMatch: '*' });
  assert.throws(() => assertWriteConditions({ ifMatch: '*' }), {
    code: 'NotImplemented',
    status: 501,
  });
  assert.throws(() => assertWriteConditions({ ifNoneMatch: '"x"' }), { code: 'NotImplemented' });
  assert.throws(() => assertWriteConditions({ ifMatch: '"x"', ifNoneMatch: '*' }), {
    fields: {
      Header: 'If-Match,If-None-Match',
      additionalMessage: 'Multiple conditional request headers present in the request',
    },
  });
});

// Recorded: s3_api.json TestS3ObjectWritePrecondition::test_put_object_if_match
test('a conditional write looks at the object that it would replace', () => {
  checkWrite({ ifNoneMatch: '*' }, 'k', undefined);
  checkWrite({ ifMatch: `"${OBJECT.etag}"` }, 'k', OBJECT);
  assert.throws(() => checkWrite({ ifNoneMatch: '*' }, 'k', OBJECT), {
    code: 'PreconditionFailed',
  });
  assert.throws(() => checkWrite({ ifMatch: '"x"' }, 'k', OBJECT), { code: 'PreconditionFailed' });
  assert.throws(() => checkWrite({ ifMatch: '"x"' }, 'k', undefined), {
    code: 'NoSuchKey',
    fields: { Key: 'k' },
  });
});
