import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetUserCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type ChecksumAlgorithm,
} from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { ROOT, SESSION, startGateway, type World } from '../../../test/support/gateway.ts';

let world: World;
before(async () => {
  world = await startGateway();
});
after(async () => {
  await world[Symbol.asyncDispose]();
});

const options = (credentials = ROOT.credentials) => ({
  endpoint: world.endpoint,
  region: 'eu-west-1',
  credentials: { ...credentials },
  maxAttempts: 1,
});
const storage = (more = {}): S3Client => new S3Client({ ...options(), ...more });

/** What an SDK throws: its name, message and status. */
async function failure(promise: Promise<unknown>): Promise<[string, string, number | undefined]> {
  const error: unknown = await promise.then(
    () => assert.fail('succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return [error.name, error.message, $metadata?.httpStatusCode];
}

describe('the AWS SDK reaches', () => {
  test('a restJson1 service', async () => {
    const client = new LambdaClient(options());
    const Payload = utf8('{"a":1}');
    const { Payload: answer } = await client.send(
      new InvokeCommand({ FunctionName: 'f', Payload }),
    );
    assert.equal(textOf(answer ?? new Uint8Array()), '{"a":1}');
  });

  test('an awsJson1.0 service, in the region of its signature', async () => {
    const { TableNames } = await new DynamoDBClient(options()).send(new ListTablesCommand({}));
    assert.deepEqual(TableNames, ['t']);
    assert.equal(world.contexts.at(-1)?.region, 'eu-west-1');
  });

  test('a service that speaks JSON and the query protocol', async () => {
    const command = new ListQueuesCommand({ QueueNamePrefix: 'q' });
    const { QueueUrls } = await new SQSClient(options()).send(command);
    assert.deepEqual(QueueUrls, ['http://localhost/q']);
  });

  test('an rpcv2Cbor service', async () => {
    const command = new ListMetricsCommand({ Namespace: 'AWS/Lambda' });
    const { Metrics } = await new CloudWatchClient(options()).send(command);
    assert.deepEqual(Metrics, [{ Namespace: 'AWS/Lambda' }]);
  });

  test('an awsQuery service', async () => {
    const { User } = await new IAMClient(options()).send(new GetUserCommand({}));
    assert.equal(User?.UserName, 'u');
  });

  test('a service with temporary credentials', async () => {
    const client = new STSClient(options(SESSION.credentials));
    const { Arn, Account } = await client.send(new GetCallerIdentityCommand({}));
    assert.deepEqual([Arn, Account], [SESSION.principal.arn, '000000000000']);
  });

  test('an operation that needs no signature', async () => {
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: 'arn:aws:iam::000000000000:role/r',
      RoleSessionName: 'session',
      WebIdentityToken: 'token',
    });
    const { Audience } = await new STSClient(options()).send(command);
    assert.equal(Audience, 'anybody');
  });
});

describe('the AWS SDK stores an object', () => {
  for (const algorithm of [
    'CRC32',
    'CRC32C',
    'CRC64NVME',
    'SHA1',
    'SHA256',
  ] satisfies ChecksumAlgorithm[]) {
    test(`with a checksum ${algorithm} behind a stream`, async () => {
      async function* body(): AsyncGenerator<Uint8Array> {
        for (let piece = 0; piece < 20; piece += 1) yield Buffer.alloc(10_000, piece);
      }
      const { Readable } = await import('node:stream');
      const command = new PutObjectCommand({
        Bucket: 'b',
        Key: `stream/${algorithm}`,
        Body: Readable.from(body(), { objectMode: false }),
        ContentLength: 200_000,
        ChecksumAlgorithm: algorithm,
      });
      await storage().send(command);
      assert.equal(world.objects.get(`b/stream/${algorithm}`)?.byteLength, 200_000);
      const context = world.contexts.at(-1);
      assert.equal(context?.checksum?.algorithm, algorithm);
      assert.ok(context?.checksum?.value);
    });
  }

  test('with any key, and reads it back', async () => {
    const Key = "a b/c+d/é!'()*/%41/../x";
    await storage().send(new PutObjectCommand({ Bucket: 'b', Key, Body: 'text' }));
    const { Body } = await storage().send(new GetObjectCommand({ Bucket: 'b', Key }));
    assert.equal(await Body?.transformToString(), 'text');
    assert.ok(world.objects.has(`b/${Key}`));
  });

  test('without aws-chunked in its content coding', async () => {
    const command = new PutObjectCommand({
      Bucket: 'b',
      Key: 'gz',
      Body: 'x',
      ContentEncoding: 'gzip',
    });
    await storage().send(command);
    assert.equal(world.contexts.at(-1)?.http.headers['content-encoding']?.includes('gzip'), true);
  });

  test('of no bytes', async () => {
    await storage().send(new PutObjectCommand({ Bucket: 'b', Key: 'empty', Body: '' }));
    assert.equal(world.objects.get('b/empty')?.byteLength, 0);
  });

  test('and is refused with a checksum of other bytes', async () => {
    const command = new PutObjectCommand({
      Bucket: 'b',
      Key: 'bad',
      Body: 'x',
      ChecksumCRC32: 'AAAAAA==',
    });
    assert.deepEqual(await failure(storage().send(command)), [
      'BadDigest',
      'The CRC32 you specified did not match the calculated checksum.',
      400,
    ]);
    assert.equal(world.objects.has('b/bad'), false);
  });

  test('as a part', async () => {
    const command = new UploadPartCommand({
      Bucket: 'b',
      Key: 'k',
      UploadId: 'u',
      PartNumber: 1,
      Body: 'x',
    });
    assert.equal((await storage().send(command)).ETag, '"etag"');
  });

  test('whose head has a length and no body', async () => {
    await storage().send(new PutObjectCommand({ Bucket: 'b', Key: 'head', Body: 'four' }));
    const { ContentLength } = await storage().send(
      new HeadObjectCommand({ Bucket: 'b', Key: 'head' }),
    );
    assert.equal(ContentLength, 4);
  });

  test('by a presigned URL, and reads it by another', async () => {
    const put = await getSignedUrl(storage(), new PutObjectCommand({ Bucket: 'b', Key: 'signed' }));
    const stored = await fetch(put, { method: 'PUT', body: 'by url' });
    assert.equal(stored.status, 200);
    const get = await getSignedUrl(storage(), new GetObjectCommand({ Bucket: 'b', Key: 'signed' }));
    assert.equal(await (await fetch(get)).text(), 'by url');
    const forged = await fetch(get.replace('signed?', 'other?'));
    assert.equal(forged.status, 403);
    assert.match(await forged.text(), /<Code>SignatureDoesNotMatch<\/Code>/);
    const twice = await fetch(get, { headers: { authorization: 'Bearer x' } });
    assert.equal(twice.status, 400);
    assert.match(await twice.text(), /<Code>InvalidArgument<.*Only one auth mechanism allowed/s);
  });

  test('in a bucket that the host names', async () => {
    const client = storage({ endpoint: `http://localhost:${world.port}` });
    const { Name } = await client.send(new ListObjectsV2Command({ Bucket: 'my.bucket' }));
    assert.equal(Name, 'my.bucket');
    assert.match(
      world.contexts.at(-1)?.http.headers['host'] ?? '',
      /^localhost|^my\.bucket\.localhost/,
    );
  });
});

describe('an error is answered in the words of its service', () => {
  const wrong = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' };
  const forged = { ...ROOT.credentials, secretAccessKey: 'x' };
  const token = 'The security token included in the request is invalid.';
  const mismatch =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

  test('to a key that nobody knows', async () => {
    const lambda = new LambdaClient(options(wrong)).send(new ListFunctionsCommand({}));
    assert.deepEqual(await failure(lambda), ['UnrecognizedClientException', token, 403]);
    const dynamodb = new DynamoDBClient(options(wrong)).send(new ListTablesCommand({}));
    assert.deepEqual(await failure(dynamodb), ['UnrecognizedClientException', token, 400]);
    const iam = new IAMClient(options(wrong)).send(new GetUserCommand({}));
    assert.deepEqual(await failure(iam), ['InvalidClientTokenId', token, 403]);
    const s3 = storage({ credentials: wrong }).send(new ListObjectsV2Command({ Bucket: 'b' }));
    assert.deepEqual(await failure(s3), [
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      403,
    ]);
  });

  test('to a forged signature', async () => {
    const lambda = new LambdaClient(options(forged)).send(new ListFunctionsCommand({}));
    assert.deepEqual(await failure(lambda), ['InvalidSignatureException', mismatch, 403]);
    const dynamodb = new DynamoDBClient(options(forged)).send(new ListTablesCommand({}));
    assert.deepEqual(await failure(dynamodb), ['InvalidSignatureException', mismatch, 400]);
    const iam = new IAMClient(options(forged)).send(new GetUserCommand({}));
    assert.deepEqual(await failure(iam), ['SignatureDoesNotMatch', mismatch, 403]);
  });

  test('to what is not built', async () => {
    const dynamodb = new DynamoDBClient(options()).send(new ScanCommand({ TableName: 'abc' }));
    assert.deepEqual(await failure(dynamodb), [
      'NotImplementedException',
      'The operation Scan of DynamoDB is not implemented by Hearth.',
      501,
    ]);
    const iam = new IAMClient(options()).send(new ListRolesCommand({}));
    assert.deepEqual((await failure(iam))[0], 'NotImplementedException');
  });

  test('to a bug, which the log has with the request id', async () => {
    const [name, , status] = await failure(
      new LambdaClient(options()).send(new ListFunctionsCommand({})),
    );
    assert.deepEqual([name, status], ['InternalFailure', 500]);
    assert.match(world.logged.at(-1) ?? '', /"requestId":"[0-9a-f-]{36}".*TypeError: a bug/);
  });

  test('to input that breaks the model', async () => {
    const command = new ListTablesCommand({ Limit: 0 });
    const [name, message] = await failure(new DynamoDBClient(options()).send(command));
    assert.equal(name, 'ValidationException');
    assert.match(message, /^1 validation error detected: Value '0' at 'limit'/);
  });
});
