/** restXml, through AWS's client for S3. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  NoSuchKey,
  PutBucketNotificationConfigurationCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { collectBytes, textOf, utf8 } from '#kernel/bytes.ts';
import { modelledError } from '#aws/error-model.ts';
import { HTTP_STATUS } from '#aws/extras.ts';
import { s3 } from '#aws/models/s3.gen.ts';
import { clientSettings, disposable, listen, type Answer, type Received } from './loopback.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

async function s3With(answer: Answer) {
  const loopback = await listen('s3', answer);
  const client = new S3Client({
    ...clientSettings(loopback),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return Object.assign(disposable(client), {
    async [Symbol.asyncDispose]() {
      client.destroy();
      await loopback[Symbol.asyncDispose]();
    },
  });
}

test('an object streams in with its metadata and out with its headers', async () => {
  let stored = '';
  const received: Received[] = [];
  await using client = await s3With(async (call) => {
    received.push(call);
    if (call.operation === 'PutObject') {
      stored = textOf(await collectBytes(call.input['Body'] as AsyncIterable<Uint8Array>, 100));
      return { ETag: '"e"', VersionId: 'v' };
    }
    return {
      [HTTP_STATUS]: 206,
      ETag: '"e"',
      LastModified: at,
      ContentLength: stored.length,
      ContentType: 'text/plain',
      Metadata: { colour: 'blue' },
      Body: (async function* () {
        for (const character of stored) yield utf8(character);
      })(),
    };
  });
  const key = 'a b/ü+c&d/';
  const put = await client.send(
    new PutObjectCommand({ Bucket: 'b', Key: key, Body: 'hello', Metadata: { colour: 'blue' } }),
  );
  const got = await client.send(
    new GetObjectCommand({ Bucket: 'b', Key: key, Range: 'bytes=0-4' }),
  );
  assert.equal(received[0]?.input['Key'], key);
  assert.deepEqual(received[0]?.input['Metadata'], { colour: 'blue' });
  assert.equal(put.VersionId, 'v');
  assert.equal(got.$metadata.httpStatusCode, 206);
  assert.equal(got.LastModified?.getTime(), at);
  assert.deepEqual(got.Metadata, { colour: 'blue' });
  assert.equal(await got.Body?.transformToString(), 'hello');
});

test('an object is not gathered before it is sent', async () => {
  let sent = 0;
  await using client = await s3With(() => ({
    Body: (async function* () {
      for (;;) {
        sent += 1;
        yield new Uint8Array(65_536);
      }
    })(),
  }));
  const output = await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'endless' }));
  const reader = output.Body?.transformToWebStream().getReader();
  assert.equal((await reader?.read())?.done, false);
  assert.ok(sent >= 1 && sent < 10_000, `${sent} chunks were sent before one was read`);
  await reader?.cancel();
});

test('a query tells operations of one path apart', async () => {
  const operations: string[] = [];
  await using client = await s3With(({ operation }) => {
    operations.push(operation);
    if (operation === 'CopyObject') return { CopyObjectResult: { ETag: '"e"', LastModified: at } };
    return {};
  });
  const target = { Bucket: 'b', Key: 'k' };
  await client.send(new ListPartsCommand({ ...target, UploadId: 'u' }));
  await client.send(new UploadPartCommand({ ...target, UploadId: 'u', PartNumber: 1, Body: 'x' }));
  const copy = await client.send(new CopyObjectCommand({ ...target, CopySource: 'b/other' }));
  await client.send(new PutObjectAclCommand({ ...target, ACL: 'private' }));
  await client.send(new HeadObjectCommand(target));
  assert.equal(copy.CopyObjectResult?.LastModified?.getTime(), at);
  assert.deepEqual(operations, [
    'ListParts',
    'UploadPart',
    'CopyObject',
    'PutObjectAcl',
    'HeadObject',
  ]);
});

test('a listing keeps its order, names and odd characters', async () => {
  await using client = await s3With(() => ({
    Name: 'b',
    KeyCount: 2,
    IsTruncated: false,
    Contents: [
      {
        Key: 'a&<>"',
        Size: 1,
        LastModified: at,
        ETag: '"e"',
        ChecksumAlgorithm: ['CRC32', 'SHA1'],
      },
      { Key: 'ü\r', Size: 2, LastModified: at },
    ],
    CommonPrefixes: [{ Prefix: 'p/' }],
  }));
  const output = await client.send(new ListObjectsV2Command({ Bucket: 'b', Delimiter: '/' }));
  assert.deepEqual(
    output.Contents?.map(({ Key }) => Key),
    ['a&<>"', 'ü\r'],
  );
  assert.deepEqual(output.Contents?.[0]?.ChecksumAlgorithm, ['CRC32', 'SHA1']);
  assert.deepEqual(output.CommonPrefixes, [{ Prefix: 'p/' }]);
  assert.equal(output.IsTruncated, false);
});

test('XML bodies are read, flattened lists and all', async () => {
  const received: Received[] = [];
  await using client = await s3With((call) => {
    received.push(call);
    return call.operation === 'DeleteObjects' ? { Deleted: [{ Key: 'a' }] } : {};
  });
  const deleted = await client.send(
    new DeleteObjectsCommand({
      Bucket: 'b',
      Delete: { Objects: [{ Key: 'a' }, { Key: 'b&' }], Quiet: true },
    }),
  );
  await client.send(
    new CompleteMultipartUploadCommand({
      Bucket: 'b',
      Key: 'k',
      UploadId: 'u',
      MultipartUpload: { Parts: [{ ETag: '"e"', PartNumber: 1 }] },
    }),
  );
  const configuration = {
    LambdaFunctionConfigurations: [
      {
        Id: 'i',
        LambdaFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
        Events: ['s3:ObjectCreated:*' as const, 's3:ObjectRemoved:*' as const],
        Filter: { Key: { FilterRules: [{ Name: 'suffix' as const, Value: '.jpg' }] } },
      },
    ],
  };
  await client.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: 'b',
      NotificationConfiguration: configuration,
    }),
  );
  await client.send(
    new CreateBucketCommand({
      Bucket: 'b',
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    }),
  );
  assert.deepEqual(deleted.Deleted, [{ Key: 'a' }]);
  const [remove, complete, notify, create] = received.map(({ input }) => input);
  assert.deepEqual(remove?.['Delete'], { Objects: [{ Key: 'a' }, { Key: 'b&' }], Quiet: true });
  assert.deepEqual(complete?.['MultipartUpload'], { Parts: [{ ETag: '"e"', PartNumber: 1 }] });
  assert.deepEqual(notify?.['NotificationConfiguration'], configuration);
  assert.deepEqual(create?.['CreateBucketConfiguration'], { LocationConstraint: 'eu-west-1' });
});

test("the location is the root element's own text", async () => {
  await using client = await s3With(() => ({ LocationConstraint: 'eu-west-1' }));
  const output = await client.send(new GetBucketLocationCommand({ Bucket: 'b' }));
  assert.equal(output.LocationConstraint, 'eu-west-1');
});

test("errors are of the client's classes, with their fields, and without a body for HEAD", async () => {
  await using client = await s3With(() => {
    throw modelledError(s3, 'NoSuchKey', 'The specified key does not exist.', { Key: 'k' });
  });
  await assert.rejects(client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })), (error) => {
    assert.ok(error instanceof NoSuchKey);
    assert.equal(error.message, 'The specified key does not exist.');
    assert.equal(Reflect.get(error, 'Key'), 'k');
    assert.equal(error.$metadata.httpStatusCode, 404);
    return true;
  });
  await assert.rejects(client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' })), {
    name: 'NotFound',
  });
});
