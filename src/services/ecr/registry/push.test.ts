import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectBytes, textOf, utf8 } from '#kernel/bytes.ts';
import {
  ACCOUNT,
  BASE,
  digestOf,
  makeImage,
  makeIndex,
  putManifest,
  startEcr,
} from '../harness.test.ts';

const PLACE = { accountId: ACCOUNT, region: 'us-east-1', repository: 'app' };

test('what was pushed is pulled, by its tag and its digest, and read by other services', async () => {
  const world = await startEcr();
  const manifest = await makeImage(world, 'one');
  const digest = digestOf(manifest);
  const put = await putManifest(world, manifest, 'v1');
  assert.equal(put.status, 201);
  assert.equal(put.headers['docker-content-digest'], digest);
  for (const reference of ['v1', digest]) {
    const got = await world.ask('GET', `${BASE}/manifests/${reference}`);
    assert.deepEqual([got.status, got.headers['docker-content-digest']], [200, digest]);
    assert.equal(textOf(got.body), textOf(manifest));
    const head = await world.ask('HEAD', `${BASE}/manifests/${reference}`);
    assert.deepEqual(
      [head.status, head.headers['content-length'], head.body.byteLength],
      [200, String(manifest.byteLength), 0],
    );
  }
  const found = await world.ecr.images.read({ ...PLACE, reference: 'v1' });
  assert.ok(found.kind === 'found');
  assert.equal(found.digest, digest);
  assert.equal(textOf(found.configuration), '{"is":"one"}');
  assert.equal(found.layers.length, 1);
  const [layer] = found.layers;
  assert.ok(layer);
  assert.equal(textOf(await collectBytes(layer.open(), 100)), 'layer of one');
  assert.equal(layer.mediaType, 'application/vnd.docker.image.rootfs.diff.tar.gzip');
  const none = await world.ecr.images.read({ ...PLACE, reference: 'v2' });
  assert.equal(none.kind, 'no-such-image');
  const nowhere = await world.ecr.images.read({ ...PLACE, repository: 'no', reference: 'v1' });
  assert.equal(nowhere.kind, 'no-such-repository');
});

test('a layer comes in parts, each where the last one ended, and by the digest of all', async () => {
  const world = await startEcr();
  const begun = await world.ask('POST', `${BASE}/blobs/uploads/`);
  const location = begun.headers['location'] ?? '';
  assert.deepEqual([begun.status, begun.headers['range']], [202, '0-0']);
  const patch = (text: string, range: string) =>
    world.ask('PATCH', location, { body: utf8(text), headers: { 'content-range': range } });
  const first = await patch('abcd', '0-3');
  assert.deepEqual([first.status, first.headers['range']], [202, '0-3']);
  const again = await patch('abcd', '0-3');
  assert.deepEqual([again.status, again.headers['range']], [416, '0-3']);
  assert.match(again.error ?? '', /^BLOB_UPLOAD_INVALID: /);
  const status = await world.ask('GET', location);
  assert.deepEqual([status.status, status.headers['range']], [204, '0-3']);
  assert.equal((await patch('efgh', '4-7')).headers['range'], '0-7');
  const digest = digestOf('abcdefghij');
  const wrong = await world.ask('PUT', `${location}?digest=${digest}`, { body: utf8('ik') });
  assert.match(wrong.error ?? '', /^DIGEST_INVALID: /);
  const done = await world.ask('PUT', `${location}?digest=${digest}`, { body: utf8('ij') });
  assert.deepEqual([done.status, done.headers['docker-content-digest']], [201, digest]);
  assert.equal(textOf((await world.ask('GET', `${BASE}/blobs/${digest}`)).body), 'abcdefghij');
  const ended = await world.ask('GET', location);
  assert.match(ended.error ?? '', /^BLOB_UPLOAD_UNKNOWN: The upload with id /);
  assert.equal(await world.countBlobs(), 1, 'the parts, and what was refused, are gone');
});

test('bytes of another digest are no layer, and nothing of them stays', async () => {
  const world = await startEcr();
  const target = `${BASE}/blobs/uploads/?digest=${digestOf('other')}`;
  const answer = await world.ask('POST', target, { body: utf8('bytes') });
  assert.deepEqual([answer.status, answer.error?.split(':')[0]], [400, 'DIGEST_INVALID']);
  const none = await world.ask('POST', `${BASE}/blobs/uploads/?digest=${digestOf('')}`);
  assert.match(none.error ?? '', /^BLOB_UPLOAD_INVALID: .* does not have any parts$/);
  assert.equal((await world.ask('HEAD', `${BASE}/blobs/${digestOf('other')}`)).status, 404);
  assert.equal(await world.countBlobs(), 0);
  const uploads = await world.database.read((queries) => queries.all('SELECT id FROM ecr_uploads'));
  assert.deepEqual(uploads, []);
});

test('of two parts that come at once for one place, one is taken', async () => {
  const world = await startEcr();
  const { headers } = await world.ask('POST', `${BASE}/blobs/uploads/`);
  const location = headers['location'] ?? '';
  const patch = (text: string) => world.ask('PATCH', location, { body: utf8(text) });
  const answers = await Promise.all([patch('one'), patch('two')]);
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [202, 416],
  );
  assert.equal(await world.countBlobs(), 1);
});

test('an upload that is given up leaves nothing', async () => {
  const world = await startEcr();
  const { headers } = await world.ask('POST', `${BASE}/blobs/uploads/`);
  const location = headers['location'] ?? '';
  await world.ask('PATCH', location, { body: utf8('bytes') });
  assert.equal((await world.ask('DELETE', location)).status, 204);
  assert.equal((await world.ask('DELETE', location)).status, 404);
  assert.equal(await world.countBlobs(), 0);
});

test('a repository that is made again has nothing of the one before', async () => {
  const world = await startEcr();
  await putManifest(world, await makeImage(world, 'one'), 'v1');
  const { headers } = await world.ask('POST', `${BASE}/blobs/uploads/`);
  await world.ask('PATCH', headers['location'] ?? '', { body: utf8('begun') });
  const repositoryName = 'app';
  await assert.rejects(world.call('DeleteRepository', { repositoryName }), {
    code: 'RepositoryNotEmptyException',
  });
  await world.call('DeleteRepository', { repositoryName, force: true });
  assert.equal(await world.countBlobs(), 0);
  await world.call('CreateRepository', { repositoryName });
  const paths = [`${BASE}/manifests/v1`, `${BASE}/blobs/${digestOf('layer of one')}`];
  for (const path of [...paths, headers['location'] ?? '']) {
    assert.equal((await world.ask('GET', path)).status, 404, path);
  }
  const { imageIds } = await world.call('ListImages', { repositoryName });
  assert.deepEqual(imageIds, []);
});

test('a manifest names what is there, and is what its digest says', async () => {
  const world = await startEcr();
  const manifest = await makeImage(world, 'one');
  await world.call('CreateRepository', { repositoryName: 'other' });
  const elsewhere = `/v2/${ACCOUNT}/us-east-1/other`;
  const missing = await putManifest(world, manifest, 'v1', elsewhere);
  assert.deepEqual([missing.status, missing.error?.split(':')[0]], [404, 'MANIFEST_BLOB_UNKNOWN']);
  const wrong = await putManifest(world, manifest, digestOf('other'));
  assert.deepEqual([wrong.status, wrong.error?.split(':')[0]], [400, 'DIGEST_INVALID']);
  const index = await putManifest(world, makeIndex(manifest), 'all');
  assert.deepEqual([index.status, index.error?.split(':')[0]], [404, 'MANIFEST_BLOB_UNKNOWN']);
  for (const text of ['', 'no JSON', '{}', '{"schemaVersion":1}', '{"schemaVersion":2}']) {
    const refused = await putManifest(world, utf8(text), 'v1');
    assert.deepEqual([refused.status, refused.error?.split(':')[0]], [405, 'UNSUPPORTED'], text);
  }
});

test('a layer of another repository is mounted, and its blob goes with the last that has it', async () => {
  const world = await startEcr();
  const digest = await world.push(utf8('shared'));
  await world.call('CreateRepository', { repositoryName: 'other' });
  const elsewhere = `/v2/${ACCOUNT}/us-east-1/other`;
  const from = encodeURIComponent(`${ACCOUNT}/us-east-1/app`);
  const mount = (one: string) =>
    world.ask('POST', `${elsewhere}/blobs/uploads/?mount=${one}&from=${from}`);
  assert.equal((await mount(digest)).status, 201);
  assert.equal((await mount(digestOf('no'))).status, 202, 'is uploaded instead');
  assert.equal(await world.countBlobs(), 1);
  await world.call('DeleteRepository', { repositoryName: 'app' });
  assert.equal(textOf((await world.ask('GET', `${elsewhere}/blobs/${digest}`)).body), 'shared');
  await world.call('DeleteRepository', { repositoryName: 'other' });
  assert.equal(await world.countBlobs(), 0);
});

test('an image for several platforms keeps its images, and no function is made of it', async () => {
  const world = await startEcr();
  const manifest = await makeImage(world, 'one');
  const index = makeIndex(manifest);
  await putManifest(world, manifest, digestOf(manifest));
  assert.equal((await putManifest(world, index, 'all')).status, 201);
  const found = await world.ecr.images.read({ ...PLACE, reference: 'all' });
  assert.equal(found.kind, 'unsupported');
  const held = await world.ask('DELETE', `${BASE}/manifests/${digestOf(manifest)}`);
  assert.match(held.error ?? '', /^DENIED: Requested image referenced by manifest list: \[sha256:/);
  assert.equal((await world.ask('DELETE', `${BASE}/manifests/all`)).status, 202);
  const free = await world.ask('DELETE', `${BASE}/manifests/${digestOf(manifest)}`);
  assert.equal(free.status, 202);
  assert.equal((await world.ask('GET', `${BASE}/manifests/${digestOf(manifest)}`)).status, 404);
});

test('a tag that may not change is refused, but for those that are excepted', async () => {
  const world = await startEcr();
  await world.call('PutImageTagMutability', {
    repositoryName: 'app',
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }],
  });
  const [one, two] = [await makeImage(world, 'one'), await makeImage(world, 'two')];
  for (const tag of ['v1', 'dev-1']) assert.equal((await putManifest(world, one, tag)).status, 201);
  assert.equal((await putManifest(world, two, 'dev-1')).status, 201);
  const refused = await putManifest(world, two, 'v1');
  assert.deepEqual(
    [refused.status, refused.error],
    [
      400,
      "TAG_INVALID: The image tag 'v1' already exists in the 'app' repository and cannot be overwritten " +
        'because the tag is immutable.',
    ],
  );
  const kept = await world.ask('HEAD', `${BASE}/manifests/v1`);
  assert.equal(kept.headers['docker-content-digest'], digestOf(one));
});
