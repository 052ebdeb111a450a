/** What others than a bucket's owner may do: everybody without a signature, and another account. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  UploadPartCopyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { failureOf, startS3, type S3World } from './s3-harness.ts';

let world: S3World;
let s3: S3Client;
before(async () => {
  world = await startS3();
  s3 = world.client();
});
after(async () => {
  assert.deepEqual(world.logged, []);
  await world[Symbol.asyncDispose]();
});

/** A bucket that keeps nobody out by itself, with an object `key`. */
async function open(Bucket: string): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  const OwnershipControls = { Rules: [{ ObjectOwnership: 'ObjectWriter' as const }] };
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'body' }));
  return `${world.endpoint}/${Bucket}`;
}
const statusOf = async (url: string, init: RequestInit = {}): Promise<number> => {
  const response = await fetch(url, init);
  await response.arrayBuffer();
  return response.status;
};
const allow = (Bucket: string, ...statements: object[]) => {
  const Statement = statements.map((one) => ({ Effect: 'Allow', Principal: '*', ...one }));
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  return s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
};

// Recorded: s3.json TestS3::test_get_object_with_anon_credentials
test('everybody reads what an ACL makes public, and no more', async () => {
  const url = await open('public-object');
  assert.equal(await statusOf(`${url}/key`), 403);
  const object = { Bucket: 'public-object', Key: 'key' };
  await s3.send(new PutObjectAclCommand({ ...object, ACL: 'public-read' }));
  assert.equal(await (await fetch(`${url}/key`)).text(), 'body');
  assert.equal(await statusOf(`${url}/other`), 403);
  assert.equal(await statusOf(url), 403);
  assert.equal(await statusOf(`${url}/key`, { method: 'PUT', body: 'x' }), 403);
  await s3.send(new PutObjectAclCommand({ ...object, ACL: 'authenticated-read' }));
  assert.equal(await statusOf(`${url}/key`), 403);
  const { Body } = await world.stranger().send(new GetObjectCommand(object));
  assert.equal(await Body?.transformToString(), 'body');
});

test('a bucket may be open to lists and writes', async () => {
  const url = await open('public-bucket');
  const Bucket = 'public-bucket';
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read-write' }));
  assert.equal(await statusOf(`${url}?list-type=2`), 200);
  assert.equal(await statusOf(`${url}/new`, { method: 'PUT', body: 'x' }), 200);
  assert.equal(await statusOf(`${url}/new`), 403);
  assert.equal(await statusOf(`${url}/new`, { method: 'DELETE' }), 204);
  assert.equal(await statusOf(`${url}?policy`), 403);
});

test('a policy opens by action, resource and principal; a denial wins', async () => {
  const Bucket = 'by-policy';
  const url = await open(Bucket);
  const objects = `arn:aws:s3:::${Bucket}/*`;
  await allow(Bucket, { Action: 's3:GetObject', Resource: objects });
  assert.equal(await statusOf(`${url}/key`), 200);
  assert.equal(await statusOf(`${url}/missing`), 403);
  const list = { Action: 's3:ListBucket', Resource: `arn:aws:s3:::${Bucket}` };
  await allow(Bucket, { Action: 's3:Get*', Resource: objects }, list);
  assert.equal(await statusOf(`${url}/missing`), 404);
  await allow(
    Bucket,
    { Action: 's3:*', Resource: '*' },
    { Effect: 'Deny', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/k?y` },
  );
  assert.equal(await statusOf(`${url}/key`), 403);
  const conditional = { Bool: { 'aws:SecureTransport': 'true' } };
  await allow(Bucket, { Action: 's3:*', Resource: '*', Condition: conditional });
  const forwarded = { headers: { 'x-forwarded-proto': 'http' } };
  assert.equal(await statusOf(`${url}/key`, forwarded), 403);
  assert.equal(await statusOf(`${url}/key`), 200);
  const near = { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } };
  await allow(Bucket, { Action: 's3:GetObject', Resource: '*', Condition: near });
  assert.equal(await statusOf(`${url}/key`), 200);
  const linked = { StringLike: { 'aws:Referer': 'https://example.com/*' } };
  await allow(Bucket, { Action: 's3:GetObject', Resource: '*', Condition: linked });
  assert.equal(await statusOf(`${url}/key`), 403);
  const headers = { referer: 'https://example.com/page' };
  assert.equal(await statusOf(`${url}/key`, { headers }), 200);
  const prefix = { StringEquals: { 's3:prefix': 'k' } };
  await allow(Bucket, { Action: 's3:ListBucket', Resource: '*', Condition: prefix });
  assert.deepEqual(
    [await statusOf(`${url}?list-type=2&prefix=k`), await statusOf(`${url}?list-type=2`)],
    [200, 403],
  );
  await allow(Bucket, { Principal: { AWS: '222222222222' }, Action: 's3:List*', Resource: '*' });
  assert.equal(await statusOf(url), 403);
  const listed = await world.stranger().send(new ListObjectsV2Command({ Bucket }));
  assert.equal(listed.KeyCount, 1);
  const read = world.stranger().send(new GetObjectCommand({ Bucket, Key: 'key' }));
  assert.equal((await failureOf(read))['code'], 'AccessDenied');
});

test('the public access block closes what ACLs and policies opened', async () => {
  const Bucket = 'closed-again';
  const url = await open(Bucket);
  await s3.send(new PutObjectAclCommand({ Bucket, Key: 'key', ACL: 'public-read' }));
  const block = (PublicAccessBlockConfiguration: object) =>
    s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  await block({ IgnorePublicAcls: true });
  assert.equal(await statusOf(`${url}/key`), 403);
  await allow(Bucket, { Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` });
  assert.equal(await statusOf(`${url}/key`), 200);
  await block({ IgnorePublicAcls: true, RestrictPublicBuckets: true });
  assert.equal(await statusOf(`${url}/key`), 403);
});

test('what is nobody has 404, and an account is needed for buckets', async () => {
  assert.equal(await statusOf(`${world.endpoint}/no-such-bucket-here/key`), 404);
  assert.equal(await statusOf(`${world.endpoint}/`), 403);
  assert.equal(await statusOf(`${world.endpoint}/anonymous-bucket`, { method: 'PUT' }), 403);
});

test('who may write to a bucket copies there what he may read himself, and nothing else of its owner', async () => {
  const drop = await open('drop-box');
  await open('vault');
  const written = { Action: 's3:PutObject', Resource: 'arn:aws:s3:::drop-box/*' };
  await allow('drop-box', written);
  const stranger = world.stranger();
  const copy = { Bucket: 'drop-box', Key: 'copy', CopySource: 'vault/key' };
  const codeOf = async (attempt: Promise<unknown>) => (await failureOf(attempt))['code'];
  assert.equal(await codeOf(stranger.send(new CopyObjectCommand(copy))), 'AccessDenied');
  const headers = { 'x-amz-copy-source': 'vault/key' };
  assert.equal(await statusOf(`${drop}/copy`, { method: 'PUT', headers }), 403);
  const { UploadId } = await stranger.send(new CreateMultipartUploadCommand(copy));
  const part = { ...copy, UploadId, PartNumber: 1 };
  assert.equal(await codeOf(stranger.send(new UploadPartCopyCommand(part))), 'AccessDenied');
  const Principal = { AWS: '222222222222' };
  await allow('vault', { Principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::vault/*' });
  assert.equal(await statusOf(`${drop}/copy`, { method: 'PUT', headers }), 403);
  await stranger.send(new CopyObjectCommand(copy));
  await stranger.send(new UploadPartCopyCommand(part));
  await stranger.send(new CreateBucketCommand({ Bucket: 'strangers-own' }));
  await stranger.send(new CopyObjectCommand({ ...copy, Bucket: 'strangers-own' }));
});

test('another account needs each action that a write asks for, and that by which locks are passed', async () => {
  const Bucket = 'locked-and-shared';
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const Principal = { AWS: '222222222222' };
  const mayDelete = ['s3:DeleteObject', 's3:DeleteObjectVersion'];
  const share = (...more: readonly string[]) =>
    allow(Bucket, { Principal, Action: ['s3:PutObject', ...mayDelete, ...more], Resource: '*' });
  await share();
  const ObjectLockRetainUntilDate = new Date(world.clock.now() + 86_400_000);
  const retention = { ObjectLockMode: 'GOVERNANCE' as const, ObjectLockRetainUntilDate };
  const object = { Bucket, Key: 'kept' };
  const { VersionId } = await s3.send(new PutObjectCommand({ ...object, ...retention, Body: 'x' }));
  const stranger = world.stranger();
  const codeOf = async (attempt: Promise<unknown>) => (await failureOf(attempt))['code'];
  const BypassGovernanceRetention = true;
  const removal = { ...object, VersionId, BypassGovernanceRetention };
  assert.equal(await codeOf(stranger.send(new DeleteObjectCommand(removal))), 'AccessDenied');
  const Objects = [{ Key: 'kept', VersionId }];
  const removals = { Bucket, BypassGovernanceRetention, Delete: { Objects } };
  assert.equal(await codeOf(stranger.send(new DeleteObjectsCommand(removals))), 'AccessDenied');
  const put = { ...object, Key: 'tagged', Body: 'x' };
  await stranger.send(new PutObjectCommand(put));
  const tagged = { ...put, Tagging: 'a=b' };
  assert.equal(await codeOf(stranger.send(new PutObjectCommand(tagged))), 'AccessDenied');
  await share('s3:PutObjectTagging', 's3:BypassGovernanceRetention');
  await stranger.send(new PutObjectCommand(tagged));
  await stranger.send(new DeleteObjectCommand(removal));
});

test("a bucket's policy is shown to nobody but its own account, whatever it allows", async () => {
  const Bucket = 'all-to-all';
  const url = await open(Bucket);
  await allow(Bucket, { Action: 's3:*', Resource: [`arn:aws:s3:::${Bucket}`] });
  const told = await failureOf(world.stranger().send(new GetBucketPolicyCommand({ Bucket })));
  assert.deepEqual([told['status'], told['code']], [405, 'MethodNotAllowed']);
  assert.equal(await statusOf(`${url}?policy`, { method: 'PUT', body: '{}' }), 405);
  assert.equal(await statusOf(`${url}?policy`, { method: 'DELETE' }), 405);
});

test('a policy may ask for the tags that an object has, and for how a request is signed', async () => {
  const Bucket = 'by-tags';
  const url = await open(Bucket);
  const tagged = { Bucket, Key: 'tagged', Body: 'body', Tagging: 'open=yes' };
  await s3.send(new PutObjectCommand(tagged));
  const Resource = `arn:aws:s3:::${Bucket}/*`;
  const Condition = { StringEquals: { 's3:ExistingObjectTag/open': 'yes' } };
  await allow(Bucket, { Action: 's3:GetObject', Resource, Condition });
  assert.deepEqual([await statusOf(`${url}/tagged`), await statusOf(`${url}/key`)], [200, 403]);
  const find = (key: string) =>
    world.database.read((queries) =>
      world.s3.resourcePolicies.find(queries, 's3:GetObject', `arn:aws:s3:::${Bucket}/${key}`),
    );
  assert.deepEqual((await find('tagged'))?.keys, { 's3:ExistingObjectTag/open': 'yes' });
  assert.deepEqual((await find('key'))?.keys, {});

  const read = () => world.stranger().send(new GetObjectCommand({ Bucket, Key: 'key' }));
  const inQuery = { StringEquals: { 's3:authType': 'REST-QUERY-STRING' } };
  await allow(Bucket, { Action: 's3:GetObject', Resource, Condition: inQuery });
  assert.equal((await failureOf(read()))['code'], 'AccessDenied');
  const inHeader = { StringEquals: { 's3:authType': 'REST-HEADER' } };
  await allow(Bucket, { Action: 's3:GetObject', Resource, Condition: inHeader });
  await read();
  assert.equal(await statusOf(`${url}/key`), 403);
});
