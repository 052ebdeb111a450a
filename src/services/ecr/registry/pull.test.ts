import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf, utf8 } from '#kernel/bytes.ts';
import type { Asked as Question } from '#ports/peers/access-control.ts';
import { requestContext } from '../../../../test/support/request-context.ts';
import { ACCOUNT, BASE, digestOf, makeImage, putManifest, startEcr } from '../harness.test.ts';

test('a layer is read whole, or from where a client goes on; nobody deletes it', async () => {
  const world = await startEcr();
  const digest = await world.push(utf8('0123456789'));
  const target = `${BASE}/blobs/${digest}`;
  const get = async (range?: string) => {
    const { status, headers, body } = await world.ask('GET', target, {
      headers: range === undefined ? {} : { range },
    });
    return [status, headers['content-range'], headers['content-length'], textOf(body)];
  };
  assert.deepEqual(await get(), [200, undefined, '10', '0123456789']);
  assert.deepEqual(await get('bytes=4-'), [206, 'bytes 4-9/10', '6', '456789']);
  assert.deepEqual(await get('bytes=4-4'), [206, 'bytes 4-4/10', '1', '4']);
  assert.deepEqual(await get('bytes=9-99'), [206, 'bytes 9-9/10', '1', '9']);
  assert.equal((await get('bytes=10-'))[0], 416);
  assert.equal((await get('bytes=-3'))[0], 200);
  const head = await world.ask('HEAD', target);
  assert.deepEqual(
    [head.status, head.headers['content-length'], head.headers['docker-content-digest']],
    [200, '10', digest],
  );
  const refused = await world.ask('DELETE', target);
  assert.deepEqual(
    [refused.status, refused.error],
    [405, 'UNSUPPORTED: The operation is unsupported.'],
  );
  assert.equal((await world.ask('GET', `${BASE}/blobs/${digestOf('no')}`)).status, 404);
});

test('tags are listed page by page, and go', async () => {
  const world = await startEcr();
  const manifest = await makeImage(world, 'one');
  for (const tag of ['c', 'a', 'b']) await putManifest(world, manifest, tag);
  const list = async (query: string) => {
    const { headers, body } = await world.ask('GET', `${BASE}/tags/list${query}`);
    return [JSON.parse(textOf(body)), headers['link']];
  };
  const name = `${ACCOUNT}/us-east-1/app`;
  assert.deepEqual(await list(''), [{ name, tags: ['a', 'b', 'c'] }, undefined]);
  assert.deepEqual(await list('?n=2'), [
    { name, tags: ['a', 'b'] },
    `<${BASE}/tags/list?n=2&last=b>; rel="next"`,
  ]);
  assert.deepEqual(await list('?n=2&last=b'), [{ name, tags: ['c'] }, undefined]);
  assert.equal((await world.ask('DELETE', `${BASE}/manifests/a`)).status, 202);
  assert.equal((await world.ask('DELETE', `${BASE}/manifests/a`)).status, 404);
  assert.deepEqual(await list(''), [{ name, tags: ['b', 'c'] }, undefined]);
});

test('a client is given no media type that it does not accept', async () => {
  const world = await startEcr();
  await putManifest(world, await makeImage(world, 'one'), 'v1');
  const get = async (accept: string) =>
    (await world.ask('GET', `${BASE}/manifests/v1`, { headers: { accept } })).status;
  const docker = 'application/vnd.docker.distribution.manifest.v2+json';
  const oci = 'application/vnd.oci.image.manifest.v1+json';
  assert.equal(await get(`${oci}, ${docker}`), 200);
  assert.equal(await get('*/*'), 200);
  assert.equal(await get('application/json'), 200);
  assert.equal(await get(oci), 404);
  assert.equal(await get(`${oci}, */*;q=0.1`), 200);
});

test('what is in no repository is told in ECR’s words; below its own host a name needs no account', async () => {
  const world = await startEcr();
  const digest = await world.push(utf8('bytes'));
  const unknown = await world.ask('POST', `/v2/${ACCOUNT}/us-east-1/no/blobs/uploads/`);
  assert.deepEqual(
    [unknown.status, unknown.error],
    [
      404,
      `NAME_UNKNOWN: The repository with name 'no' does not exist in the registry with id '${ACCOUNT}'`,
    ],
  );
  const bare = await world.ask('GET', `/v2/app/blobs/${digest}`);
  assert.deepEqual([bare.status, bare.error?.split(':')[0]], [400, 'NAME_INVALID']);
  const host = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`;
  const own = await world.ask('GET', `/v2/app/blobs/${digest}`, { headers: { host } });
  assert.deepEqual([own.status, textOf(own.body)], [200, 'bytes']);
  for (const path of ['/v2/_catalog', `${BASE}/referrers/${digest}`, '/v2/apis']) {
    const absent = await world.ask('GET', path);
    assert.deepEqual([absent.status, absent.error?.split(':')[0]], [404, 'UNSUPPORTED'], path);
  }
  const manifest = await world.ask('GET', `${BASE}/manifests/no`);
  assert.equal(manifest.error, 'MANIFEST_UNKNOWN: Requested image not found');
});

test('a token holds for twelve hours, and nobody makes one of their own', async () => {
  const world = await startEcr();
  const { authorizationData: [data] = [] } = await world.call('GetAuthorizationToken', {});
  assert.equal(data?.proxyEndpoint, 'http://localhost:4566');
  const good = data?.authorizationToken ?? '';
  const token = Buffer.from(good, 'base64').toString();
  const [text = '', seal = ''] = token.slice('AWS:'.length).split('.');
  const forged = JSON.parse(Buffer.from(text, 'base64url').toString()) as object;
  const other = Buffer.from(JSON.stringify({ ...forged, expiresAtMs: 1e15 })).toString('base64url');
  const ping = async (authorization?: string) => {
    const { status, headers, error } = await world.ask('GET', '/v2/', { authorization });
    return [status, headers['www-authenticate'] ?? error];
  };
  const basic = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`;
  const challenge = [401, 'Basic realm="http://localhost:4566/",service="ecr.amazonaws.com"'];
  assert.deepEqual(await ping(`Basic ${good}`), [200, undefined]);
  assert.deepEqual(await ping(), challenge);
  for (const user of [`AWS:${other}.${seal}`, `AWS:${text}`, 'AWS:', `me:${text}.${seal}`]) {
    assert.deepEqual(await ping(basic(user)), challenge, user);
  }
  await world.clock.advance(12 * 3_600_000 - 1);
  assert.deepEqual(await ping(`Basic ${good}`), [200, undefined]);
  await world.clock.advance(1);
  const ended = 'DENIED: Your authorization token has expired. Reauthenticate and try again.';
  assert.deepEqual(await ping(`Basic ${good}`), [403, ended]);
});

test('where nobody is asked who they are, nobody needs a token', async () => {
  const world = await startEcr({ isOpen: true });
  assert.equal((await world.ask('GET', '/v2/', { authorization: undefined })).status, 200);
  assert.equal((await world.ask('GET', '/v2/', { authorization: 'Basic bm86bm8=' })).status, 200);
});

test('where policies are evaluated, each request is the action that it is with ECR', async () => {
  const questions: Question[] = [];
  let forbidden = '';
  const access = {
    decide: async (question: Question) => {
      questions.push(question);
      return question.action === forbidden
        ? ({ kind: 'not-allowed', by: 'identity-based policy' } as const)
        : ({ kind: 'allowed' } as const);
    },
  };
  const world = await startEcr({ access });
  await putManifest(world, await makeImage(world, 'one'), 'v1');
  const digest = await world.push(utf8('bytes'));
  const { headers } = await world.ask('POST', `${BASE}/blobs/uploads/`);
  const location = headers['location'] ?? '';
  const requests: readonly (readonly [string, string, readonly string[]])[] = [
    ['HEAD', `${BASE}/blobs/${digest}`, ['BatchCheckLayerAvailability']],
    ['GET', `${BASE}/blobs/${digest}`, ['GetDownloadUrlForLayer']],
    ['POST', `${BASE}/blobs/uploads/`, ['InitiateLayerUpload']],
    ['PATCH', location, ['UploadLayerPart']],
    ['PUT', `${location}?digest=${digest}`, ['CompleteLayerUpload']],
    ['GET', `${BASE}/manifests/v1`, ['BatchGetImage']],
    ['PUT', `${BASE}/manifests/v1`, ['PutImage']],
    ['GET', `${BASE}/tags/list`, ['ListImages']],
    ['DELETE', `${BASE}/manifests/v1`, ['BatchDeleteImage']],
  ];
  const arn = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/app`;
  for (const [method, target, actions] of requests) {
    questions.length = 0;
    await world.ask(method, target);
    assert.deepEqual(
      questions.map(({ action, resource }) => [action, resource]),
      actions.map((action) => [`ecr:${action}`, arn]),
      `${method} ${target}`,
    );
  }
  forbidden = 'ecr:InitiateLayerUpload';
  const refused = await world.ask('POST', `${BASE}/blobs/uploads/`);
  const { arn: who } = requestContext(ACCOUNT).principal;
  assert.deepEqual(
    [refused.status, refused.error],
    [
      403,
      `DENIED: User: ${who} is not authorized to perform: ecr:InitiateLayerUpload on resource: ${arn} ` +
        'because no identity-based policy allows the ecr:InitiateLayerUpload action',
    ],
  );
});
