import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestContext } from '../../../test/support/request-context.ts';
import { signatureKeys } from './signature-keys.ts';

const NOW = Date.UTC(2026, 0, 1, 0, 0, 30);

function keysOf(query: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const about = { method, query: new URLSearchParams(query), headers };
  const keys = signatureKeys(requestContext('111111111111', about).http, NOW);
  const names = ['authType', 'signatureversion', 'signatureAge', 'x-amz-content-sha256'];
  return names.map((name) => keys[`s3:${name}`]);
}

test('a request tells how it is signed, and a URL since when', () => {
  const header = {
    authorization: 'AWS4-HMAC-SHA256 …',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  };
  const V4 = 'AWS4-HMAC-SHA256';
  assert.deepEqual(keysOf('', header), ['REST-HEADER', V4, undefined, 'UNSIGNED-PAYLOAD']);
  const presigned = `X-Amz-Algorithm=${V4}&X-Amz-Date=20260101T000000Z`;
  assert.deepEqual(keysOf(presigned), ['REST-QUERY-STRING', V4, '30000', undefined]);
  const older = ['REST-QUERY-STRING', 'AWS', undefined, undefined];
  assert.deepEqual(keysOf('AWSAccessKeyId=A&Signature=s&Expires=1'), older);
  const form = { 'content-type': 'multipart/form-data; boundary=b' };
  assert.deepEqual(keysOf('', form, 'POST'), ['POST', undefined, undefined, undefined]);
  assert.deepEqual(keysOf(''), [undefined, undefined, undefined, undefined]);
});
