/** What browsers ask of S3: preflights and forms. */
import assert from 'node:assert/strict';
import { request, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { startS3, type S3World } from './s3-harness.ts';

const Bucket = 'browser';
const ORIGIN = 'https://localhost:4200';
let world: S3World;
let s3: S3Client;
before(async () => {
  world = await startS3();
  s3 = world.client();
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(
    new PutBucketCorsCommand({
      Bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: [ORIGIN],
            AllowedMethods: ['GET', 'PUT', 'POST'],
            AllowedHeaders: ['*'],
            MaxAgeSeconds: 3000,
          },
        ],
      },
    }),
  );
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'test-cors' }));
});
after(async () => {
  assert.deepEqual(world.logged, []);
  await world[Symbol.asyncDispose]();
});

/** `fetch` sends neither Origin nor Access-Control-Request-Method. */
async function ask(
  method: string,
  url: string,
  headers: Record<string, string>,
): Promise<{
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, { method, headers }, resolve).on('error', reject).end();
  const response = await promise;
  const chunks = await Array.fromAsync(response as AsyncIterable<Buffer>);
  return {
    status: response.statusCode,
    headers: response.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

// Recorded: s3_cors.json TestS3Cors::test_cors_match_origins
test('a preflight is answered for an origin that is allowed', async () => {
  const url = `${world.endpoint}/${Bucket}/k`;
  const method = { 'access-control-request-method': 'PUT' };
  const allowed = await ask('OPTIONS', url, { origin: ORIGIN, ...method });
  assert.equal(allowed.status, 200);
  assert.equal(allowed.headers['access-control-allow-origin'], ORIGIN);
  assert.equal(allowed.headers['access-control-allow-methods'], 'GET, PUT, POST');
  assert.equal(allowed.headers['access-control-max-age'], '3000');
  const refused = await ask('OPTIONS', url, { origin: 'https://localhost:4201', ...method });
  assert.equal(refused.status, 403);
  assert.match(
    refused.body,
    /<Code>AccessForbidden<\/Code>.*<ResourceType>OBJECT<\/ResourceType>/s,
  );
  const without = await ask('OPTIONS', url, method);
  assert.equal(without.status, 400);
  assert.match(without.body, /Insufficient information. Origin request header needed\./);
});

test('other answers carry the headers of CORS, an error’s too', async () => {
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'k' }));
  const found = await ask('GET', url, { origin: ORIGIN });
  assert.equal(found.body, 'test-cors');
  assert.equal(found.headers['access-control-allow-origin'], ORIGIN);
  const plain = await ask('GET', url, {});
  assert.equal(plain.headers['access-control-allow-origin'], undefined);
  const missing = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'missing' }));
  const failed = await ask('GET', missing, { origin: ORIGIN });
  assert.equal(failed.status, 404);
  assert.equal(failed.headers['access-control-allow-origin'], ORIGIN);
});

async function post(
  options: Partial<PresignedPostOptions> & { readonly Key: string },
  file: string | File,
  more: Record<string, string> = {},
): Promise<Response> {
  const { url, fields } = await createPresignedPost(s3, { Bucket, ...options });
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...more })) form.append(name, value);
  form.append('file', file);
  return fetch(url, { method: 'POST', body: form, redirect: 'manual' });
}

// Recorded: s3.json TestS3PresignedPost::test_post_object_default_checksum
test('a form stores its file under a signed policy', async () => {
  const answer = await post({ Key: 'up/${filename}' }, new File(['the file'], 'pic.txt'));
  assert.equal(answer.status, 204);
  assert.ok(answer.headers.get('location')?.endsWith('/browser/up%2Fpic.txt'));
  const found = await s3.send(new GetObjectCommand({ Bucket, Key: 'up/pic.txt' }));
  assert.equal(await found.Body?.transformToString(), 'the file');
  assert.ok(found.ChecksumCRC64NVME);
});

// Recorded: s3.json TestS3PresignedPost::test_post_object_with_metadata, test_post_object_with_tags
test('fields of a form describe the object', async () => {
  const Fields = {
    'Content-Type': 'text/plain',
    'x-amz-meta-test-1': 'one',
    tagging:
      '<Tagging><TagSet><Tag><Key>TagName</Key><Value>TagValue</Value></Tag></TagSet></Tagging>',
    success_action_status: '201',
  };
  const answer = await post({ Key: 'described', Fields }, 'content');
  assert.equal(answer.status, 201);
  assert.match(
    await answer.text(),
    /<PostResponse><Location>.*<Bucket>browser<\/Bucket><Key>described<\/Key>/,
  );
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'described' }));
  assert.deepEqual([head.ContentType, head.Metadata], ['text/plain', { 'test-1': 'one' }]);
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'described' }));
  assert.deepEqual(TagSet, [{ Key: 'TagName', Value: 'TagValue' }]);
});

test('a form sends the browser on where it says so', async () => {
  const Fields = { success_action_redirect: 'http://localhost:1234/done?x=1' };
  const answer = await post({ Key: 'redirected', Fields }, 'content');
  assert.equal(answer.status, 303);
  const location = new URL(answer.headers.get('location') ?? '');
  assert.equal(location.searchParams.get('bucket'), Bucket);
  assert.equal(location.searchParams.get('key'), 'redirected');
  assert.equal(location.searchParams.get('x'), '1');
});

// Recorded: s3.json TestS3PresignedPost::test_post_object_policy_validation_size
test('the policy bounds the length of the file', async () => {
  const of = async (file: string): Promise<string> => {
    const Conditions: PresignedPostOptions['Conditions'] = [['content-length-range', 5, 10]];
    return (await post({ Key: 'bounded', Conditions }, file)).text();
  };
  assert.match(
    await of('a'.repeat(12)),
    /<Code>EntityTooLarge<\/Code>.*<ProposedSize>12<\/ProposedSize><MaxSizeAllowed>10</s,
  );
  assert.match(
    await of('a'),
    /<Code>EntityTooSmall<\/Code>.*<ProposedSize>1<\/ProposedSize><MinSizeAllowed>5</s,
  );
  assert.equal(await of('a'.repeat(10)), '');
});

// Recorded: s3.json TestS3PresignedPost::test_post_object_with_wrong_content_type
test('what is no form, or has no policy, is refused', async () => {
  const wrong = await fetch(`${world.endpoint}/${Bucket}`, {
    method: 'POST',
    body: new URLSearchParams('a=1'),
  });
  assert.equal(wrong.status, 412);
  assert.match(
    await wrong.text(),
    /Bucket POST must be of the enclosure-type multipart\/form-data/,
  );
  const form = new FormData();
  form.append('key', 'k');
  form.append('file', 'x');
  const anonymous = await fetch(`${world.endpoint}/${Bucket}`, { method: 'POST', body: form });
  assert.equal(anonymous.status, 403);
});
