import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  UploadPartCommand,
  type Event,
  type NotificationConfiguration,
  type S3Client,
} from '@aws-sdk/client-s3';
import { failureOf, startS3, type S3World } from './s3-harness.ts';

const Bucket = 'notifying';
const FUNCTION = 'arn:aws:lambda:us-east-1:111111111111:function:f';
const QUEUE = 'arn:aws:sqs:us-east-1:111111111111:q';
const TOPIC = 'arn:aws:sns:us-east-1:111111111111:t';

let world: S3World;
let s3: S3Client;
beforeEach(async () => {
  world = await startS3();
  s3 = world.client();
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterEach(async () => {
  assert.deepEqual(world.logged, []);
  await world[Symbol.asyncDispose]();
});

const configure = (NotificationConfiguration: NotificationConfiguration, more = {}) =>
  s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration, ...more }),
  );

const toFunction = (...Events: Event[]): NotificationConfiguration => ({
  LambdaFunctionConfigurations: [{ Id: 'id', LambdaFunctionArn: FUNCTION, Events }],
});

interface EventRecord {
  readonly eventName: string;
  readonly s3: {
    readonly object: Readonly<Record<string, unknown>>;
    readonly configurationId: string;
  };
}

/** The records that were delivered, without test events. */
function records(): EventRecord[] {
  return world.deliveries.flatMap(
    ({ event }) => (event as { Records?: EventRecord[] }).Records ?? [],
  );
}

const names = (): string[] => records().map(({ eventName }) => eventName);

// Recorded: s3_notifications_sqs.json TestS3NotificationsToSQS
test('each way in which an object comes and goes raises its event', async () => {
  await configure(toFunction('s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:ObjectTagging:*'));
  const object = { Bucket, Key: 'a b@c.jpg' };
  await s3.send(new PutObjectCommand({ ...object, Body: 'something' }));
  await s3.send(
    new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/a%20b%40c.jpg` }),
  );
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }));
  const part = { Bucket, Key: 'parts', UploadId, PartNumber: 1 };
  const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: 'x' }));
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  await s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key: 'parts', UploadId, MultipartUpload }),
  );
  await s3.send(
    new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }),
  );
  await s3.send(new DeleteObjectTaggingCommand(object));
  await s3.send(new DeleteObjectCommand(object));
  await s3.send(new DeleteObjectCommand(object));
  await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'copy' }, { Key: 'parts' }] } }),
  );
  assert.deepEqual(names(), [
    'ObjectCreated:Put',
    'ObjectCreated:Copy',
    'ObjectCreated:CompleteMultipartUpload',
    'ObjectTagging:Put',
    'ObjectTagging:Delete',
    'ObjectRemoved:Delete',
    'ObjectRemoved:Delete',
    'ObjectRemoved:Delete',
  ]);
  const [put, , , tagged, , removed] = records().map((record) => record.s3.object);
  assert.deepEqual(
    { ...put, sequencer: '' },
    { key: 'a+b%40c.jpg', size: 9, eTag: '437b930db84b8079c2dd804a71936b5f', sequencer: '' },
  );
  assert.deepEqual(tagged, { key: 'a+b%40c.jpg', eTag: '437b930db84b8079c2dd804a71936b5f' });
  assert.deepEqual(Object.keys(removed ?? {}), ['key', 'sequencer']);
  assert.ok(String(put?.['sequencer']) < String(removed?.['sequencer']));
});

// Recorded: s3_notifications_sqs.json TestS3NotificationsToSQS::test_object_created_put_versioned
// Recorded: s3_notifications_eventbridge.json test_object_put_acl
test('an ACL raises its event when it changes, and not when it is put again', async () => {
  await configure(toFunction('s3:ObjectAcl:Put'));
  const object = { Bucket, Key: 'acl' };
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  const rule = { ObjectOwnership: 'ObjectWriter' } as const;
  const OwnershipControls = { Rules: [rule] };
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  await s3.send(new PutObjectCommand({ ...object, Body: 'x' }));
  for (const ACL of ['private', 'public-read', 'public-read', 'private'] as const) {
    await s3.send(new PutObjectAclCommand({ ...object, ACL }));
  }
  assert.deepEqual(names(), ['ObjectAcl:Put', 'ObjectAcl:Put']);
});

test('a restored archive raises both of its events, and none where it is restored already', async () => {
  await configure(toFunction('s3:ObjectRestore:*'));
  const object = { Bucket, Key: 'cold' };
  await s3.send(new PutObjectCommand({ ...object, Body: 'x', StorageClass: 'GLACIER' }));
  for (const Days of [1, 2]) {
    await s3.send(new RestoreObjectCommand({ ...object, RestoreRequest: { Days } }));
  }
  assert.deepEqual(names(), ['ObjectRestore:Post', 'ObjectRestore:Completed']);
});

test('events of a versioned bucket tell the version', async () => {
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  await configure(toFunction('s3:ObjectCreated:*', 's3:ObjectRemoved:*'));
  const object = { Bucket, Key: 'k' };
  const { VersionId } = await s3.send(new PutObjectCommand({ ...object, Body: 'x' }));
  const marker = await s3.send(new DeleteObjectCommand(object));
  await s3.send(new DeleteObjectCommand({ ...object, VersionId }));
  assert.deepEqual(names(), [
    'ObjectCreated:Put',
    'ObjectRemoved:DeleteMarkerCreated',
    'ObjectRemoved:Delete',
  ]);
  const [created, marked, removed] = records().map((record) => record.s3.object);
  assert.equal(created?.['versionId'], VersionId);
  assert.equal(marked?.['versionId'], marker.VersionId);
  assert.equal(marked?.['eTag'], 'd41d8cd98f00b204e9800998ecf8427e');
  assert.deepEqual(Object.keys(removed ?? {}), ['key', 'versionId', 'sequencer']);
});

test('only matching keys reach a target, each rule its own', async () => {
  const filter = (Name: 'prefix' | 'suffix', Value: string) => ({
    Key: { FilterRules: [{ Name, Value }] },
  });
  await configure({
    LambdaFunctionConfigurations: [
      {
        Id: 'jpg',
        LambdaFunctionArn: FUNCTION,
        Events: ['s3:ObjectCreated:*'],
        Filter: filter('suffix', '.jpg'),
      },
    ],
    QueueConfigurations: [
      {
        Id: 'txt',
        QueueArn: QUEUE,
        Events: ['s3:ObjectCreated:Put'],
        Filter: filter('suffix', '.txt'),
      },
    ],
  });
  for (const Key of ['a.jpg', 'a.txt', 'a.png']) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  }
  assert.deepEqual(
    records().map((record) => [record.s3.configurationId, record.s3.object['key']]),
    [
      ['jpg', 'a.jpg'],
      ['txt', 'a.txt'],
    ],
  );
});

test('queues and topics are told by a test event, functions are not', async () => {
  await configure({
    ...toFunction('s3:ObjectCreated:Post'),
    QueueConfigurations: [{ QueueArn: QUEUE, Events: ['s3:ObjectCreated:Put'] }],
    TopicConfigurations: [{ TopicArn: TOPIC, Events: ['s3:ObjectRemoved:*'] }],
  });
  assert.deepEqual(
    world.deliveries.map(({ targetArn, options }) => [targetArn, options?.subject]),
    [
      [TOPIC, 'Amazon S3 Notification'],
      [QUEUE, undefined],
    ],
  );
  const { event, sourceArn, sourceService, sourceAccountId } = world.deliveries[0] ?? assert.fail();
  assert.deepEqual(Object.keys(event as object), [
    'Service',
    'Event',
    'Time',
    'Bucket',
    'RequestId',
    'HostId',
  ]);
  assert.deepEqual(
    [sourceArn, sourceService, sourceAccountId],
    ['arn:aws:s3:::notifying', 's3.amazonaws.com', '111111111111'],
  );
});

// Recorded: s3_notifications_lambda.json test_invalid_lambda_arn; s3_notifications_sqs.json test_multiple_invalid_sqs_arns
test('targets that cannot be delivered to are refused, all of them at once', async () => {
  world.checks.set(FUNCTION, 'missing').set(QUEUE, 'missing').set(TOPIC, 'forbidden');
  const configuration: NotificationConfiguration = {
    ...toFunction('s3:ObjectCreated:Post'),
    QueueConfigurations: [{ QueueArn: QUEUE, Events: ['s3:ObjectCreated:Put'] }],
    TopicConfigurations: [{ TopicArn: TOPIC, Events: ['s3:ObjectRemoved:*'] }],
  };
  assert.deepEqual(await failureOf(configure(configuration)), {
    code: 'InvalidArgument',
    message: 'Unable to validate the following destination configurations',
    status: 400,
    ArgumentName1: TOPIC,
    ArgumentValue1:
      'Permissions on the destination topic do not allow S3 to publish notifications from this bucket',
    ArgumentName2: QUEUE,
    ArgumentValue2: 'The destination queue does not exist',
    ArgumentName3: `${FUNCTION}, null`,
    ArgumentValue3: `Not authorized to invoke function [${FUNCTION}]`,
  });
  const { LambdaFunctionConfigurations } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket }),
  );
  assert.equal(LambdaFunctionConfigurations, undefined);
  await configure(configuration, { SkipDestinationValidation: true });
  assert.equal(world.deliveries.length, 0);
});

// Recorded: s3_notifications_eventbridge.json
test('EventBridge receives every event of a bucket that asks for it', async () => {
  await configure({ EventBridgeConfiguration: {} });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a b', Body: 'data' }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a b' }));
  assert.deepEqual(
    world.deliveries.map(({ targetArn }) => targetArn),
    Array.from({ length: 2 }, () => 'arn:aws:events:us-east-1:111111111111:event-bus/default'),
  );
  const [created, deleted] = world.deliveries.map(({ event }) => event as Record<string, unknown>);
  assert.equal(created?.['detail-type'], 'Object Created');
  assert.equal(deleted?.['detail-type'], 'Object Deleted');
  const detail = created['detail'] as Record<string, Record<string, unknown>>;
  assert.equal(detail['object']?.['key'], 'a b');
  assert.equal(detail['reason'], 'PutObject');
});

// Recorded: s3_notifications_sqs.json TestS3NotificationsToSQS::test_xray_header
test('a trace goes on with the event', async () => {
  await configure(toFunction('s3:ObjectCreated:*'));
  const traced = world.client();
  const header = 'Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1';
  traced.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['X-Amzn-Trace-Id'] = header;
      return next(args);
    },
    { step: 'build' },
  );
  await traced.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  assert.equal(world.deliveries.at(-1)?.options?.traceHeader, header);
});

test('a FIFO queue or topic, which would need a group, is refused', async () => {
  const Events: Event[] = ['s3:ObjectCreated:*'];
  const refused = await failureOf(
    configure({ QueueConfigurations: [{ QueueArn: `${QUEUE}.fifo`, Events }] }),
  );
  assert.equal(refused.message, 'Unable to validate the following destination configurations');
  assert.equal(refused['ArgumentValue1'], 'FIFO SQS queues are not supported');
});

test('a write that is refused delivers nothing', async () => {
  await configure(toFunction('s3:ObjectCreated:*'));
  await failureOf(s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', IfMatch: '"e"' })));
  assert.deepEqual(world.deliveries, []);
});
