import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeOf } from '../harness.test.ts';
import { isRegistryRequest, repositoryOf, routeOf } from './route.ts';

test('the registry takes what is below /v2/, but nothing signed, and no bucket’s by its host', () => {
  const match = (target: string, headers: Readonly<Record<string, string>> = {}) =>
    isRegistryRequest(exchangeOf('GET', target, { headers }, false).request);
  assert.ok(match('/v2/'));
  assert.ok(match('/v2/111111111111/us-east-1/a/b/tags/list'));
  assert.ok(match('/v2/app/manifests/v1', { host: '111111111111.dkr.ecr.us-east-1.localhost' }));
  assert.ok(match('/v2/_catalog'));
  assert.ok(match('/v2/apis', { authorization: 'Basic QVdTOng=' }));
  assert.equal(match('/v2/apis'), false);
  assert.equal(match('/v2/apis/abc/routes'), false);
  assert.equal(match('/v2/', { authorization: 'AWS4-HMAC-SHA256 Credential=x' }), false);
  assert.equal(match('/v2/?X-Amz-Signature=x'), false);
  assert.equal(match('/v2/', { host: 'bucket.localhost:4566' }), false);
  assert.equal(match('/v2/a/tags/list', { host: 'bucket.s3.us-east-1.amazonaws.com' }), false);
  assert.equal(match('/v20/'), false);
});

test('a name may have words of the paths in it', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  assert.deepEqual(routeOf(`/v2/a/blobs/b/blobs/${digest}`), {
    kind: 'blob',
    path: 'a/blobs/b',
    digest,
  });
  assert.deepEqual(routeOf('/v2/a/manifests/tags/list'), { kind: 'tags', path: 'a/manifests' });
  assert.deepEqual(routeOf('/v2/a/blobs/uploads/'), { kind: 'uploads', path: 'a' });
  assert.deepEqual(routeOf('/v2/a/blobs/uploads/id'), { kind: 'upload', path: 'a', id: 'id' });
  assert.deepEqual(routeOf('/v2/a/manifests/sha256%3Aab'), {
    kind: 'manifest',
    path: 'a',
    reference: 'sha256:ab',
  });
});

test('a repository is named by its path, or by its registry’s host', () => {
  const of = (path: string, host = 'localhost') => repositoryOf({ headers: { host } }, path);
  const place = { accountId: '111111111111', region: 'eu-west-1' };
  assert.deepEqual(of('111111111111/eu-west-1/a/b-c'), { ...place, name: 'a/b-c' });
  const host = '111111111111.dkr.ecr.eu-west-1.amazonaws.com:4566';
  assert.deepEqual(of('a/b', host), { ...place, name: 'a/b' });
  for (const path of ['a', '111111111111/a', '111111111111/eu-west-1/A', '1/eu-west-1/a']) {
    assert.equal(of(path), undefined, path);
  }
  assert.equal(of('../a', host), undefined);
});
