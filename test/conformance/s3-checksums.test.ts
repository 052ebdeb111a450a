/** The checksums that Amazon S3 knows since 2026, which clients compute themselves. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type ChecksumAlgorithm,
  type S3Client,
} from '@aws-sdk/client-s3';
import { failureOf, startS3, type S3World } from './s3-harness.ts';

const Bucket = 'checksums';
let world: S3World;
let s3: S3Client;
before(async () => {
  world = await startS3();
  s3 = world.client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
after(async () => {
  assert.deepEqual(world.logged, []);
  await world[Symbol.asyncDispose]();
});

/** Of `123456789`, in Base64: see the check values in src/aws/checksums. */
const DIGESTS = {
  MD5: 'JfnnlDI7RTiF9RgfG2JNCw==',
  SHA512:
    '2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ==',
  XXHASH128: 'MxGUd+3l3NXpcWQnaB1YYA==',
  XXHASH3: 'ctyxi2ehff8=',
  XXHASH64: 'jLhB20DmroM=',
} as const;

for (const [algorithm, digest] of Object.entries(DIGESTS)) {
  const member = `Checksum${algorithm}` as 'ChecksumMD5';
  const put = (Key: string, Body: string) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, [member]: digest }));

  test(`${algorithm} is verified, stored and told`, async () => {
    const stored = await put(algorithm, '123456789');
    assert.deepEqual([stored[member], stored.ChecksumType], [digest, 'FULL_OBJECT']);
    const head = await s3.send(
      new HeadObjectCommand({ Bucket, Key: algorithm, ChecksumMode: 'ENABLED' }),
    );
    assert.deepEqual([head[member], head.ChecksumCRC64NVME], [digest, undefined]);
    assert.deepEqual(await failureOf(put(`other ${algorithm}`, '12345678')), {
      code: 'BadDigest',
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
      status: 400,
    });
  });

  test(`${algorithm} of an upload in parts is that of the parts' checksums`, async () => {
    const Key = `parts ${algorithm}`;
    const begun = await s3.send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key,
        ChecksumAlgorithm: algorithm as ChecksumAlgorithm,
      }),
    );
    assert.deepEqual([begun.ChecksumAlgorithm, begun.ChecksumType], [algorithm, 'COMPOSITE']);
    const target = { Bucket, Key, UploadId: begun.UploadId };
    const { ETag } = await s3.send(
      new UploadPartCommand({ ...target, PartNumber: 1, Body: '123456789', [member]: digest }),
    );
    const part = { PartNumber: 1, ETag, [member]: digest };
    const done = await s3.send(
      new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: [part] } }),
    );
    assert.deepEqual([done[member]?.slice(-2), done.ChecksumType], ['-1', 'COMPOSITE']);
    const whole = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    assert.equal(whole[member], done[member]);
  });

  test(`${algorithm} of a whole object is not to be had from parts`, async () => {
    const begin = new CreateMultipartUploadCommand({
      Bucket,
      Key: 'full',
      ChecksumAlgorithm: algorithm as ChecksumAlgorithm,
      ChecksumType: 'FULL_OBJECT',
    });
    assert.equal(
      (await failureOf(s3.send(begin)))['message'],
      `The FULL_OBJECT checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  });
}
