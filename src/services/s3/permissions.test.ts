import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestContext } from '../../../test/support/request-context.ts';
import { UNSIGNED } from './operations.ts';
import { S3_PERMISSIONS } from './permissions.ts';

const OBJECT = { Bucket: 'b', Key: 'k/l' };
const context = requestContext('111111111111');

async function needsOf(operation: string, input: Readonly<Record<string, unknown>>) {
  const needs = await S3_PERMISSIONS.needsOf({ operation, input, context });
  return needs.map(({ action, resource }) => `${action} ${resource}`);
}

test('operations need the actions that AWS names otherwise', async () => {
  const bucket = { Bucket: 'b' };
  const on = (action: string): string[] => [`s3:${action} arn:aws:s3:::b`];
  assert.deepEqual(await needsOf('ListObjectsV2', bucket), on('ListBucket'));
  assert.deepEqual(await needsOf('HeadBucket', bucket), on('ListBucket'));
  assert.deepEqual(await needsOf('ListObjectVersions', bucket), on('ListBucketVersions'));
  assert.deepEqual(await needsOf('DeleteBucketCors', bucket), on('PutBucketCORS'));
  assert.deepEqual(await needsOf('GetBucketPolicy', bucket), on('GetBucketPolicy'));
  const lists = on('GetInventoryConfiguration');
  assert.deepEqual(await needsOf('ListBucketInventoryConfigurations', bucket), lists);
  const deletes = on('PutMetricsConfiguration');
  assert.deepEqual(await needsOf('DeleteBucketMetricsConfiguration', bucket), deletes);
  assert.deepEqual(await needsOf('ListBuckets', {}), ['s3:ListAllMyBuckets *']);
});

test('a bucket needs the action of all that it is given as it is made, and of the role of its copies', async () => {
  const on = (...actions: readonly string[]): string[] =>
    actions.map((action) => `s3:${action} arn:aws:s3:::b`);
  assert.deepEqual(await needsOf('CreateBucket', { Bucket: 'b' }), on('CreateBucket'));
  const given = {
    Bucket: 'b',
    ACL: 'public-read',
    ObjectOwnership: 'ObjectWriter',
    ObjectLockEnabledForBucket: true,
  };
  assert.deepEqual(
    await needsOf('CreateBucket', given),
    on(
      'CreateBucket',
      'PutBucketAcl',
      'PutBucketObjectLockConfiguration',
      'PutBucketVersioning',
      'PutBucketOwnershipControls',
    ),
  );
  const plain = { Bucket: 'b', ObjectLockEnabledForBucket: false };
  assert.deepEqual(await needsOf('CreateBucket', plain), on('CreateBucket'));
  const Role = 'arn:aws:iam::111111111111:role/copier';
  const replicating = { Bucket: 'b', ReplicationConfiguration: { Role, Rules: [] } };
  assert.deepEqual(await needsOf('PutBucketReplication', replicating), [
    ...on('PutReplicationConfiguration'),
    `iam:PassRole ${Role}`,
  ]);
});

test('the tags that are put are asked about, in a header as in a body', async () => {
  for (const [operation, Tagging] of [
    ['PutObject', 'team=a'],
    ['PutObjectTagging', { TagSet: [{ Key: 'team', Value: 'a' }] }],
  ] as const) {
    const input = { ...OBJECT, Tagging };
    const [need] = await S3_PERMISSIONS.needsOf({ operation, input, context });
    assert.equal(need?.keys?.['s3:RequestObjectTag/team'], 'a', operation);
    assert.deepEqual(need.keys['s3:RequestObjectTagKeys'], ['team'], operation);
  }
});

test('objects need their own actions, versions other ones', async () => {
  const on = (...actions: readonly string[]): string[] =>
    actions.map((action) => `s3:${action} arn:aws:s3:::b/k/l`);
  const version = { ...OBJECT, VersionId: 'v' };
  assert.deepEqual(await needsOf('HeadObject', OBJECT), on('GetObject'));
  assert.deepEqual(await needsOf('HeadObject', version), on('GetObjectVersion'));
  assert.deepEqual(await needsOf('DeleteObject', version), on('DeleteObjectVersion'));
  assert.deepEqual(await needsOf('PutObjectAcl', version), on('PutObjectVersionAcl'));
  assert.deepEqual(await needsOf('GetObjectRetention', version), on('GetObjectRetention'));
  const attributes = on('GetObjectVersion', 'GetObjectVersionAttributes');
  assert.deepEqual(await needsOf('GetObjectAttributes', version), attributes);
  assert.deepEqual(await needsOf('UploadPart', OBJECT), on('PutObject'));
  assert.deepEqual(await needsOf('ListParts', OBJECT), on('ListMultipartUploadParts'));
});

test('a write needs what it sets, a copy what it reads', async () => {
  const write = { ...OBJECT, Tagging: 'a=b', ACL: 'private', ObjectLockMode: 'GOVERNANCE' };
  const on = (action: string): string => `s3:${action} arn:aws:s3:::b/k/l`;
  const set = ['PutObject', 'PutObjectTagging', 'PutObjectAcl', 'PutObjectRetention'].map(on);
  assert.deepEqual(await needsOf('PutObject', write), set);
  const CopySource = '/from/a%20key?versionId=null';
  assert.deepEqual(await needsOf('CopyObject', { ...OBJECT, CopySource }), [
    on('PutObject'),
    's3:GetObjectVersion arn:aws:s3:::from/a key',
  ]);
  const bypass = { ...OBJECT, BypassGovernanceRetention: true };
  assert.deepEqual(await needsOf('DeleteObject', bypass), [
    on('DeleteObject'),
    on('BypassGovernanceRetention'),
  ]);
});

test('a list without a prefix has an empty one', async () => {
  const prefixOf = async (input: object): Promise<unknown> => {
    const call = { operation: 'ListObjectsV2', input: { Bucket: 'b', ...input }, context };
    const [need] = await S3_PERMISSIONS.needsOf(call);
    return need?.keys?.['s3:prefix'];
  };
  assert.equal(await prefixOf({}), '');
  assert.equal(await prefixOf({ Prefix: 'home/' }), 'home/');
});

test('no operation needs nothing, but for that which asks about its keys itself', async () => {
  for (const operation of [...UNSIGNED, 'CreateBucket', 'ListBuckets']) {
    const { length } = await needsOf(operation, { ...OBJECT, CopySource: 'b/k' });
    assert.equal(length === 0, operation === 'DeleteObjects', operation);
  }
});
