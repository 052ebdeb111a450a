/** What S3 does by itself: it sweeps up after a crash, and ends what lifecycles end. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DAY_MS } from '#kernel/units.ts';
import { startS3, type S3World } from './s3-harness.ts';

const Bucket = 'background';
let world: S3World;
let s3: S3Client;
beforeEach(async () => {
  world = await startS3('none');
  s3 = world.client();
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const keys = async (): Promise<unknown> =>
  (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key);

const setRules = (Rules: LifecycleRule[]) =>
  s3.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
  );

/** Lets the background work run once, at a later time. */
async function runAfter(days: number): Promise<void> {
  await world.clock.advance(days * DAY_MS);
  const stopping = new AbortController();
  const running = world.s3.run(stopping.signal);
  await world.clock.advance(0);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await running;
}

test('blobs that no row names are swept, those of objects and parts are kept', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: Buffer.alloc(100_000) }));
  const upload = { Bucket, Key: 'parts' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
  await s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'x' }));
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('left by a crash');
  }
  await world.blobs.put(bytes());
  assert.equal((await Array.fromAsync(world.blobs.list())).length, 3);
  await runAfter(0);
  assert.equal((await Array.fromAsync(world.blobs.list())).length, 2);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'kept' }));
  assert.equal((await Body?.transformToByteArray())?.length, 100_000);
});

// Recorded: s3.json TestS3BucketLifecycle::test_object_expiry_after_bucket_lifecycle_configuration
test('objects expire at the midnight after their days', async () => {
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [
          {
            LambdaFunctionArn: 'arn:aws:lambda:us-east-1:111111111111:function:f',
            Events: ['s3:LifecycleExpiration:*'],
          },
        ],
      },
    }),
  );
  await setRules([
    { ID: 'tmp', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 2 } },
  ]);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'tmp/a', Body: 'x' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'x' }));
  const { Expiration } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'tmp/a' }));
  assert.match(
    Expiration ?? '',
    /^expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT", rule-id="tmp"$/,
  );
  await runAfter(1);
  assert.deepEqual(await keys(), ['b', 'tmp/a']);
  await runAfter(3);
  assert.deepEqual(await keys(), ['b']);
  const [event] = world.deliveries.map(
    ({ event: one }) => one as { Records: { eventName: string }[] },
  );
  assert.equal(event?.Records[0]?.eventName, 'LifecycleExpiration:Delete');
});

test('older versions expire after their days, and uploads are aborted', async () => {
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  await setRules([
    {
      ID: 'old',
      Status: 'Enabled',
      Filter: {},
      NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 1 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
  ]);
  for (const Body of ['1', '2', '3', '4'])
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
  await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'never' }));
  await runAfter(3);
  const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  assert.equal(Versions?.length, 2);
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  assert.equal(Uploads, undefined);
});
