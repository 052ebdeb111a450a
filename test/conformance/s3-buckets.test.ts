import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketMetricsConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketMetricsConfigurationsCommand,
  ListBucketsCommand,
  PutBucketAclCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketMetricsConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { bare, failureOf, startS3, type S3World } from './s3-harness.ts';

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

async function createBucket(name: string): Promise<{ readonly Bucket: string }> {
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  return { Bucket: name };
}

// Recorded: s3.json TestS3::test_create_bucket_head_bucket
test('a new bucket tells its ARN and Region', async () => {
  const created = await s3.send(new CreateBucketCommand({ Bucket: 'first-bucket' }));
  assert.deepEqual(bare(created), {
    Location: '/first-bucket',
    BucketArn: 'arn:aws:s3:::first-bucket',
  });
  const head = await s3.send(new HeadBucketCommand({ Bucket: 'first-bucket' }));
  assert.deepEqual(bare(head), {
    AccessPointAlias: false,
    BucketArn: 'arn:aws:s3:::first-bucket',
    BucketRegion: 'us-east-1',
  });
  const missing = await failureOf(s3.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' })));
  assert.equal(missing['status'], 404);
});

// Recorded: s3.json TestS3::test_create_bucket_with_existing_name
test('a bucket is made once, but in us-east-1 as often as one likes', async () => {
  await createBucket('twice');
  await createBucket('twice');
  const west = world.client({ region: 'us-west-1' });
  const make = (): Promise<unknown> =>
    west.send(
      new CreateBucketCommand({
        Bucket: 'west-bucket',
        CreateBucketConfiguration: { LocationConstraint: 'us-west-1' },
      }),
    );
  await make();
  assert.deepEqual(await failureOf(make()), {
    code: 'BucketAlreadyOwnedByYou',
    message: 'Your previous request to create the named bucket succeeded and you already own it.',
    status: 409,
    BucketName: 'west-bucket',
  });
  const theirs = new CreateBucketCommand({ Bucket: 'twice' });
  assert.equal((await failureOf(world.stranger().send(theirs)))['code'], 'BucketAlreadyExists');
});

// Recorded: s3.json TestS3::test_different_location_constraint
test('a bucket lives in one Region, which anybody of its account may ask', async () => {
  await createBucket('of-the-east');
  const west = world.client({ region: 'us-west-2' });
  const { LocationConstraint } = await west.send(
    new GetBucketLocationCommand({ Bucket: 'of-the-east' }),
  );
  assert.equal(LocationConstraint ?? '', '');
  const head = await failureOf(west.send(new GetBucketAclCommand({ Bucket: 'of-the-east' })));
  assert.equal(head['code'], 'PermanentRedirect');
  assert.equal(head['status'], 301);
});

test('a bucket is its owner’s alone', async () => {
  const bucket = await createBucket('mine-alone');
  const stranger = world.stranger();
  assert.deepEqual(await failureOf(stranger.send(new GetBucketAclCommand(bucket))), {
    code: 'AccessDenied',
    message: 'Access Denied',
    status: 403,
  });
  assert.deepEqual((await stranger.send(new ListBucketsCommand({}))).Buckets ?? [], []);
});

// Recorded: s3.json TestS3::test_get_bucket_policy_invalid_account_id, test_get_bucket_policy
test('the expected owner is compared', async () => {
  const bucket = await createBucket('expected-owner');
  const get = (ExpectedBucketOwner: string): Promise<unknown> =>
    s3.send(new GetBucketAclCommand({ ...bucket, ExpectedBucketOwner }));
  await get('111111111111');
  assert.equal((await failureOf(get('222222222222')))['code'], 'AccessDenied');
  assert.deepEqual(await failureOf(get('0000')), {
    code: 'InvalidBucketOwnerAWSAccountID',
    message: 'The value of the expected bucket owner parameter must be an AWS Account ID... [0000]',
    status: 400,
  });
});

// Recorded: s3_list_operations.json TestS3ListBuckets
test('buckets are listed by name, by prefix and in pages', async () => {
  for (const name of ['list-b', 'list-a', 'list-c']) await createBucket(name);
  const page = await s3.send(new ListBucketsCommand({ Prefix: 'list-', MaxBuckets: 2 }));
  assert.deepEqual(
    page.Buckets?.map(({ Name, BucketRegion }) => [Name, BucketRegion]),
    [
      ['list-a', 'us-east-1'],
      ['list-b', 'us-east-1'],
    ],
  );
  assert.equal(page.Prefix, 'list-');
  const { ContinuationToken } = page;
  const rest = await s3.send(new ListBucketsCommand({ Prefix: 'list-', ContinuationToken }));
  assert.deepEqual(
    rest.Buckets?.map(({ Name }) => Name),
    ['list-c'],
  );
  assert.equal(rest.ContinuationToken, undefined);
  const bad = new ListBucketsCommand({ BucketRegion: 'eu-east-1' });
  assert.equal(
    (await failureOf(s3.send(bad)))['message'],
    'Argument value eu-east-1 is not a valid AWS Region',
  );
});

// Recorded: s3_api.json TestS3BucketCRUD
test('a bucket is deleted once it is empty', async () => {
  const bucket = await createBucket('to-be-deleted');
  await s3.send(new PutObjectCommand({ ...bucket, Key: 'k', Body: 'x' }));
  assert.deepEqual(await failureOf(s3.send(new DeleteBucketCommand(bucket))), {
    code: 'BucketNotEmpty',
    message: 'The bucket you tried to delete is not empty',
    status: 409,
    BucketName: 'to-be-deleted',
  });
  const empty = await createBucket('empty-one');
  await s3.send(new DeleteBucketCommand(empty));
  assert.equal((await failureOf(s3.send(new GetBucketAclCommand(empty))))['code'], 'NoSuchBucket');
});

test('everything that Terraform reads of a plain bucket is answered', async () => {
  const bucket = await createBucket('plain-bucket');
  const code = async (promise: Promise<unknown>): Promise<unknown> =>
    (await failureOf(promise))['code'];
  assert.deepEqual(bare(await s3.send(new GetBucketAccelerateConfigurationCommand(bucket))), {});
  assert.deepEqual(bare(await s3.send(new GetBucketLoggingCommand(bucket))), {});
  assert.deepEqual(bare(await s3.send(new GetBucketVersioningCommand(bucket))), {});
  assert.deepEqual(bare(await s3.send(new GetBucketNotificationConfigurationCommand(bucket))), {});
  assert.equal((await s3.send(new GetBucketRequestPaymentCommand(bucket))).Payer, 'BucketOwner');
  const { ServerSideEncryptionConfiguration } = await s3.send(
    new GetBucketEncryptionCommand(bucket),
  );
  assert.deepEqual(ServerSideEncryptionConfiguration, {
    Rules: [
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false },
    ],
  });
  const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand(bucket));
  assert.deepEqual(OwnershipControls, { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] });
  assert.equal(await code(s3.send(new GetBucketPolicyCommand(bucket))), 'NoSuchBucketPolicy');
  assert.equal(await code(s3.send(new GetBucketCorsCommand(bucket))), 'NoSuchCORSConfiguration');
  assert.equal(await code(s3.send(new GetBucketTaggingCommand(bucket))), 'NoSuchTagSet');
  assert.equal(
    await code(s3.send(new GetBucketWebsiteCommand(bucket))),
    'NoSuchWebsiteConfiguration',
  );
  assert.equal(
    await code(s3.send(new GetBucketLifecycleConfigurationCommand(bucket))),
    'NoSuchLifecycleConfiguration',
  );
  assert.equal(
    await code(s3.send(new GetBucketReplicationCommand(bucket))),
    'ReplicationConfigurationNotFoundError',
  );
  assert.equal(
    await code(s3.send(new GetObjectLockConfigurationCommand(bucket))),
    'ObjectLockConfigurationNotFoundError',
  );
});

// Recorded: s3_api.json TestS3PublicAccessBlock, TestS3BucketOwnershipControls
test('public access is blocked and ACLs are off until their configurations go', async () => {
  const bucket = await createBucket('access-block');
  const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand(bucket));
  assert.deepEqual(PublicAccessBlockConfiguration, {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  });
  const publish = new PutBucketAclCommand({ ...bucket, ACL: 'public-read' });
  assert.equal((await failureOf(s3.send(publish)))['code'], 'AccessControlListNotSupported');
  await s3.send(new DeleteBucketOwnershipControlsCommand(bucket));
  assert.equal((await failureOf(s3.send(publish)))['code'], 'AccessDenied');
  await s3.send(new DeletePublicAccessBlockCommand(bucket));
  await s3.send(publish);
  const { Grants } = await s3.send(new GetBucketAclCommand(bucket));
  assert.deepEqual(
    Grants?.map(({ Permission, Grantee }) => [Permission, Grantee?.Type, Grantee?.URI]),
    [
      ['FULL_CONTROL', 'CanonicalUser', undefined],
      ['READ', 'Group', 'http://acs.amazonaws.com/groups/global/AllUsers'],
    ],
  );
});

// Recorded: s3_api.json TestS3BucketPolicy
test('a policy is stored as it is and refused in the words of S3', async () => {
  const bucket = await createBucket('with-policy');
  const put = (Policy: string): Promise<unknown> =>
    s3.send(new PutBucketPolicyCommand({ ...bucket, Policy }));
  assert.deepEqual(await failureOf(put('random text')), {
    code: 'MalformedPolicy',
    message: "Policies must be valid JSON and the first byte must be '{'",
    status: 400,
  });
  assert.equal((await failureOf(put('{}')))['message'], 'Missing required field Statement');
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::with-policy/*',
  };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  assert.match(String((await failureOf(put(policy)))['message']), /BlockPublicPolicy setting/);
  await s3.send(new DeletePublicAccessBlockCommand(bucket));
  await put(policy);
  assert.equal((await s3.send(new GetBucketPolicyCommand(bucket))).Policy, policy);
  await s3.send(new DeleteBucketPolicyCommand(bucket));
  await s3.send(new DeleteBucketPolicyCommand(bucket));
});

// Recorded: s3_api.json TestS3BucketObjectTagging::test_put_bucket_tagging_none_value
test('tags are put, read, and gone with an empty set', async () => {
  const bucket = await createBucket('with-tags');
  const put = (TagSet: { Key: string; Value: string }[]): Promise<unknown> =>
    s3.send(new PutBucketTaggingCommand({ ...bucket, Tagging: { TagSet } }));
  await put([{ Key: 'team', Value: 'a' }]);
  const { TagSet } = await s3.send(new GetBucketTaggingCommand(bucket));
  assert.deepEqual(TagSet, [{ Key: 'team', Value: 'a' }]);
  await put([]);
  assert.equal(
    (await failureOf(s3.send(new GetBucketTaggingCommand(bucket))))['code'],
    'NoSuchTagSet',
  );
});

test('versioning is enabled and suspended', async () => {
  const bucket = await createBucket('versioned');
  for (const Status of ['Enabled', 'Suspended'] as const) {
    await s3.send(
      new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status } }),
    );
    assert.equal((await s3.send(new GetBucketVersioningCommand(bucket))).Status, Status);
  }
});

// Recorded: s3.json TestS3BucketLifecycle::test_delete_bucket_lifecycle_configuration
test('a lifecycle comes back with ids and the default transition size', async () => {
  const bucket = await createBucket('with-lifecycle');
  const Rules = [
    { Expiration: { Days: 7 }, ID: 'whole', Filter: { Prefix: '' }, Status: 'Enabled' as const },
  ];
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({ ...bucket, LifecycleConfiguration: { Rules } }),
  );
  assert.deepEqual(bare(await s3.send(new GetBucketLifecycleConfigurationCommand(bucket))), {
    Rules,
    TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K',
  });
});

// Recorded: s3.json TestS3StaticWebsiteHosting::test_validate_website_configuration
test('a website is stored once it is well formed', async () => {
  const bucket = await createBucket('with-website');
  const put = (Suffix: string): Promise<unknown> =>
    s3.send(
      new PutBucketWebsiteCommand({
        ...bucket,
        WebsiteConfiguration: { IndexDocument: { Suffix } },
      }),
    );
  assert.deepEqual(await failureOf(put('/index.html')), {
    code: 'InvalidArgument',
    message: 'The IndexDocument Suffix is not well formed',
    status: 400,
    ArgumentName: 'IndexDocument',
    ArgumentValue: '/index.html',
  });
  await put('index.html');
  const { IndexDocument } = await s3.send(new GetBucketWebsiteCommand(bucket));
  assert.deepEqual(IndexDocument, { Suffix: 'index.html' });
});

// Recorded: s3_api.json TestS3MetricsConfiguration
test('metrics configurations are kept by id', async () => {
  const bucket = await createBucket('with-metrics');
  for (const Id of ['b', 'a']) {
    const MetricsConfiguration = { Id, Filter: { Prefix: 'logs/' } };
    await s3.send(
      new PutBucketMetricsConfigurationCommand({ ...bucket, Id, MetricsConfiguration }),
    );
  }
  const list = await s3.send(new ListBucketMetricsConfigurationsCommand(bucket));
  assert.deepEqual(
    list.MetricsConfigurationList?.map(({ Id }) => Id),
    ['a', 'b'],
  );
  const missing = new GetBucketMetricsConfigurationCommand({ ...bucket, Id: 'c' });
  assert.equal((await failureOf(s3.send(missing)))['code'], 'NoSuchConfiguration');
});
