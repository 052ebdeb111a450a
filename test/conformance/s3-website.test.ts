/** Buckets as websites, as a browser sees them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { text } from 'node:stream/consumers';
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  type WebsiteConfiguration,
} from '@aws-sdk/client-s3';
import { startS3, type S3World } from './s3-harness.ts';

const Bucket = 'site';
let world: S3World;
let s3: S3Client;
before(async () => {
  world = await startS3();
  s3 = world.client();
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  const Statement = [
    { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::site/*' },
    { Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::site' },
  ];
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Statement }) }));
  await put('index.html', 'the index', { ContentType: 'text/html' });
  await put('folder/index.html', 'the folder');
});
after(async () => {
  assert.deepEqual(world.logged, []);
  await world[Symbol.asyncDispose]();
});

const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const configure = (more: Partial<WebsiteConfiguration> = {}) => {
  const website = { IndexDocument: { Suffix: 'index.html' }, ...more };
  return s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: website }));
};

/** What a browser gets of a path. */
async function visit(
  path: string,
  { method = 'GET', host = `${Bucket}.s3-website.localhost`, headers = {} } = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const asked = request(new URL(path, world.endpoint), { method, headers: { host, ...headers } });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await text(response),
  };
}

test('shows index documents, and sends folders to their slash', async () => {
  await configure();
  const root = await visit('/');
  assert.deepEqual(
    [root.status, root.body, root.headers['content-type']],
    [200, 'the index', 'text/html'],
  );
  assert.equal((await visit('/folder/')).body, 'the folder');
  const bare = await visit('/folder');
  assert.deepEqual([bare.status, bare.headers['location']], [302, '/folder/']);
  const head = await visit('/', { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '9', '']);
  const { etag = '' } = root.headers;
  assert.equal((await visit('/', { headers: { 'if-none-match': etag } })).status, 304);
  const part = await visit('/', { headers: { range: 'bytes=0-2' } });
  assert.deepEqual([part.status, part.body], [206, 'the']);
  const regional = await visit('/', { host: `${Bucket}.s3-website-us-east-1.amazonaws.com` });
  assert.equal(regional.body, 'the index');
});

// Recorded: s3.json TestS3StaticWebsiteHosting::test_website_hosting_404, test_website_hosting_index_lookup
test('tells what is missing in HTML', async () => {
  await configure();
  const missing = await visit('/wrong/');
  assert.equal(missing.status, 404);
  assert.equal(missing.headers['x-amz-error-code'], 'NoSuchKey');
  assert.match(
    missing.body,
    /^<html>\n<head><title>404 Not Found<\/title><\/head>\n<body>\n<h1>404 Not Found<\/h1>\n<ul>\n<li>Code: NoSuchKey<\/li>\n<li>Message: The specified key does not exist\.<\/li>\n<li>Key: wrong\/index\.html<\/li>\n<li>RequestId: \S+<\/li>\n<li>HostId: \S+<\/li>\n<\/ul>\n<hr\/>\n<\/body>\n<\/html>\n$/,
  );
  await configure({ ErrorDocument: { Key: 'error.html' } });
  assert.match(
    (await visit('/wrong')).body,
    /Custom Error Document<\/h3>\n<ul>\n<li>Code: NoSuchKey/,
  );
  await put('error.html', 'sorry');
  const sorry = await visit('/wrong');
  assert.deepEqual([sorry.status, sorry.body], [404, 'sorry']);
  const injected = await visit('/%3Cscript%3E', { host: 'nobody.s3-website.localhost' });
  assert.match(injected.body, /<li>Code: NoSuchBucket<\/li>/);
  await configure();
  assert.match((await visit('/%3Cscript%3E')).body, /<li>Key: &lt;script&gt;<\/li>/);
});

// Recorded: s3.json TestS3StaticWebsiteHosting::test_website_hosting_http_methods
test('only shows', async () => {
  await configure();
  for (const method of ['POST', 'DELETE', 'PUT']) {
    const { status, body } = await visit('/', { method });
    assert.equal(status, 405);
    assert.match(body, new RegExp(`<li>Method: ${method}</li>\\n<li>ResourceType: OBJECT</li>`));
  }
});

test('sends elsewhere by object, by rule, and as a whole', async () => {
  await put('moved', '', { WebsiteRedirectLocation: '/index.html' });
  await configure({
    RoutingRules: [
      {
        Condition: { KeyPrefixEquals: 'docs/' },
        Redirect: { ReplaceKeyPrefixWith: 'documents/', HttpRedirectCode: '302' },
      },
      {
        Condition: { HttpErrorCodeReturnedEquals: '404', KeyPrefixEquals: 'img/' },
        Redirect: { HostName: 'example.com', Protocol: 'https', ReplaceKeyWith: 'no image' },
      },
    ],
  });
  const target = async (path: string) => {
    const { status, headers } = await visit(path);
    return [status, headers['location']];
  };
  assert.deepEqual(await target('/moved'), [301, '/index.html']);
  const host = `${Bucket}.s3-website.localhost`;
  assert.deepEqual(await target('/docs/a'), [302, `http://${host}/documents/a`]);
  assert.deepEqual(await target('/img/a'), [301, 'https://example.com/no%20image']);
  assert.equal((await visit('/other')).status, 404);
  const RedirectAllRequestsTo = { HostName: 'example.com' };
  const WebsiteConfiguration = { RedirectAllRequestsTo };
  await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
  assert.deepEqual(await target('/a/b'), [301, 'http://example.com/a/b']);
});

test('shows only what is public', async () => {
  const Other = 'private-site';
  await s3.send(new CreateBucketCommand({ Bucket: Other }));
  const host = `${Other}.s3-website.localhost`;
  assert.match((await visit('/', { host })).body, /NoSuchWebsiteConfiguration/);
  const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' } };
  await s3.send(new PutBucketWebsiteCommand({ Bucket: Other, WebsiteConfiguration }));
  await s3.send(new PutObjectCommand({ Bucket: Other, Key: 'index.html', Body: 'secret' }));
  const hidden = await visit('/', { host });
  assert.deepEqual([hidden.status, hidden.headers['x-amz-error-code']], [403, 'AccessDenied']);
});
