import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apigateway } from '../models/apigateway.gen.ts';
import { lambda } from '../models/lambda.gen.ts';
import { s3 } from '../models/s3.gen.ts';
import type { ServiceModel } from '../model.ts';
import { matchRoute } from './rest-router.ts';

function find(
  model: ServiceModel,
  request: string,
  headers: Readonly<Record<string, string>> = {},
): string | undefined {
  const [method = '', url = ''] = request.split(' ', 2);
  const [path = '', query = ''] = url.split('?', 2);
  const head = { method, path, query: new URLSearchParams(query), headers, sourceIp: '' };
  const match = matchRoute(model, head);
  if (!match) return undefined;
  return [match.operation.name, ...Object.values(match.labels)].join(' ');
}

test('an object’s key keeps its slashes, a bucket may end on one', () => {
  assert.equal(find(s3, 'GET /'), 'ListBuckets');
  assert.equal(find(s3, 'GET /bucket'), 'ListObjects bucket');
  assert.equal(find(s3, 'GET /bucket/'), 'ListObjects bucket');
  assert.equal(find(s3, 'GET /bucket/key'), 'GetObject bucket key');
  assert.equal(find(s3, 'GET /bucket/a/b/'), 'GetObject bucket a/b/');
  assert.equal(find(s3, 'GET /bucket//'), 'GetObject bucket /');
  assert.equal(find(s3, 'GET /bucket/a//b'), 'GetObject bucket a//b');
  assert.equal(find(s3, 'GET /bucket/a%2Fb'), 'GetObject bucket a%2Fb');
});

test('a literal in the query decides, with its value where it has one', () => {
  assert.equal(find(s3, 'GET /bucket?list-type=2&prefix=a'), 'ListObjectsV2 bucket');
  assert.equal(find(s3, 'GET /bucket?list-type=3'), 'ListObjects bucket');
  assert.equal(find(s3, 'PUT /bucket/key?acl'), 'PutObjectAcl bucket key');
  assert.equal(find(s3, 'POST /bucket/key?select&select-type=2'), 'SelectObjectContent bucket key');
  assert.equal(find(s3, 'GET /bucket?notification'), 'GetBucketNotificationConfiguration bucket');
  assert.equal(
    find(lambda, 'GET /2018-10-31/layers?find=LayerVersion&Arn=a'),
    'GetLayerVersionByArn',
  );
  assert.equal(find(lambda, 'GET /2018-10-31/layers'), 'ListLayers');
});

test('required queries and headers tell apart what is otherwise the same', () => {
  const copy = { 'x-amz-copy-source': 'a/b' };
  assert.equal(find(s3, 'PUT /bucket/key'), 'PutObject bucket key');
  assert.equal(find(s3, 'PUT /bucket/key', copy), 'CopyObject bucket key');
  assert.equal(find(s3, 'PUT /bucket/key?uploadId=u&partNumber=1'), 'UploadPart bucket key');
  assert.equal(
    find(s3, 'PUT /bucket/key?uploadId=u&partNumber=1', copy),
    'UploadPartCopy bucket key',
  );
  assert.equal(find(s3, 'DELETE /bucket/key?uploadId=u'), 'AbortMultipartUpload bucket key');
  assert.equal(find(s3, 'GET /bucket?analytics&id=1'), 'GetBucketAnalyticsConfiguration bucket');
  assert.equal(find(s3, 'GET /bucket?analytics'), 'ListBucketAnalyticsConfigurations bucket');
});

test('an operation that lacks a required query is still itself', () => {
  assert.equal(find(s3, 'PUT /bucket?analytics'), 'PutBucketAnalyticsConfiguration bucket');
});

test('a slash at the end says nothing, and an empty label is none', () => {
  assert.equal(find(lambda, 'GET /2015-03-31/functions/'), 'ListFunctions');
  assert.equal(find(lambda, 'GET /2015-03-31/functions/f/'), 'GetFunction f');
  assert.equal(find(lambda, 'POST /2015-03-31/functions//invocations'), undefined);
  assert.equal(find(apigateway, 'GET /restapis/a/resources/b/methods/GET'), 'GetMethod a b GET');
});

test('an unknown path or method is nothing', () => {
  assert.equal(find(lambda, 'GET /2015-03-31/nothing'), undefined);
  assert.equal(find(lambda, 'PATCH /2015-03-31/functions'), undefined);
  assert.equal(find(s3, 'POST /'), undefined);
});

test('what is asked again is found again, whatever was remembered of its path', () => {
  const paths = ['/2015-03-31/functions/f/invocations', '/2015-03-31/functions/f', '/bucket/key'];
  const requests = paths.flatMap((path) =>
    ['GET', 'POST', 'PUT', 'DELETE'].map((m) => `${m} ${path}`),
  );
  const found = (model: ServiceModel) => requests.map((request) => find(model, request));
  const first = found(lambda);
  assert.equal(first[1], 'Invoke f');
  assert.deepEqual(found(lambda), first);
  assert.deepEqual(found(s3), found(s3));
  assert.equal(
    find(s3, 'PUT /bucket/key', { 'x-amz-copy-source': 'a/b' }),
    'CopyObject bucket key',
  );
  assert.equal(find(s3, 'PUT /bucket/key'), 'PutObject bucket key');
});

test('paths beyond those that are remembered are found as well', () => {
  for (let round = 0; round < 2; round += 1) {
    for (let n = 0; n < 300; n += 1) {
      assert.equal(find(lambda, `POST /2015-03-31/functions/f${n}/invocations`), `Invoke f${n}`);
    }
  }
});
