import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { failureOf, startS3, type S3World } from './s3-harness.ts';

const Bucket = 'uploads';
const MIB = 1024 * 1024;
let world: S3World;
/** Sends checksums only where a test asks for them, as older clients do. */
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

type Target = {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
};

async function begin(
  Key: string,
  more: Partial<CreateMultipartUploadCommandInput> = {},
): Promise<Target> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return { Bucket, Key, UploadId };
}

async function uploadPart(
  target: Target,
  PartNumber: number,
  Body: string | Buffer,
): Promise<CompletedPart> {
  const { ETag } = await s3.send(new UploadPartCommand({ ...target, PartNumber, Body }));
  return { ETag, PartNumber };
}

const complete = (target: Target, Parts: CompletedPart[], more = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, ...more }));

const countBlobs = async (): Promise<number> => (await Array.fromAsync(world.blobs.list())).length;

// Recorded: s3.json TestS3::test_multipart_and_list_parts
test('parts become one object', async () => {
  const target = await begin('joined', { ContentType: 'text/plain', Metadata: { a: '1' } });
  const one = Buffer.alloc(5 * MIB, 'a');
  const first = await uploadPart(target, 1, one);
  const last = await uploadPart(target, 2, 'the end');
  const parts = await s3.send(new ListPartsCommand(target));
  assert.deepEqual(
    parts.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
    [
      [1, 5 * MIB],
      [2, 7],
    ],
  );
  const done = await complete(target, [first, last]);
  const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest();
  const etag = md5(Buffer.concat([md5(one), md5(Buffer.from('the end'))])).toString('hex');
  assert.equal(done.ETag, `"${etag}-2"`);
  assert.equal(done.ChecksumType, 'FULL_OBJECT');
  assert.match(done.Location ?? '', /^http:\/\/127\.0\.0\.1:\d+\/uploads\/joined$/);
  const found = await s3.send(new GetObjectCommand({ Bucket, Key: 'joined' }));
  const bytes = Buffer.from((await found.Body?.transformToByteArray()) ?? []);
  assert.ok(bytes.equals(Buffer.concat([one, Buffer.from('the end')])));
  assert.deepEqual([found.ContentType, found.Metadata], ['text/plain', { a: '1' }]);
  assert.equal((await failureOf(s3.send(new ListPartsCommand(target))))['code'], 'NoSuchUpload');
});

test('a completion can be asked for again', async () => {
  const target = await begin('again');
  const part = await uploadPart(target, 1, 'x');
  const done = await complete(target, [part]);
  const again = await complete(target, [part]);
  assert.equal(again.ETag, done.ETag);
});

// Recorded: s3.json TestS3::test_complete_multipart_parts_order, test_multipart_complete_multipart_wrong_part
test('parts must be there, in order, and large enough', async () => {
  const target = await begin('refused');
  const first = await uploadPart(target, 1, 'small');
  const second = await uploadPart(target, 2, 'last');
  assert.deepEqual(await failureOf(complete(target, [second, first])), {
    code: 'InvalidPartOrder',
    message: 'The list of parts was not in ascending order. Parts must be ordered by part number.',
    status: 400,
    UploadId: target.UploadId,
  });
  assert.deepEqual(await failureOf(complete(target, [{ ...first, PartNumber: 3 }])), {
    code: 'InvalidPart',
    message:
      'One or more of the specified parts could not be found.  The part may not have been uploaded, or the ' +
      "specified entity tag may not match the part's entity tag.",
    status: 400,
    ETag: first.ETag?.replaceAll('"', ''),
    PartNumber: '3',
    UploadId: target.UploadId,
  });
  assert.deepEqual(await failureOf(complete(target, [first, second])), {
    code: 'EntityTooSmall',
    message: 'Your proposed upload is smaller than the minimum allowed size',
    status: 400,
    ETag: first.ETag?.replaceAll('"', ''),
    PartNumber: '1',
    MinSizeAllowed: '5242880',
    ProposedSize: '5',
  });
  const wrong = new UploadPartCommand({ ...target, PartNumber: 0, Body: 'x' });
  assert.equal((await failureOf(s3.send(wrong)))['ArgumentName'], 'partNumber');
  const beyond = new UploadPartCommand({ ...target, PartNumber: 10_001, Body: 'x' });
  assert.equal((await failureOf(s3.send(beyond)))['code'], 'InvalidArgument');
  await s3.send(new UploadPartCommand({ ...target, PartNumber: 10_000, Body: 'x' }));
});

test('an upload that is aborted leaves nothing', async () => {
  const before = await countBlobs();
  const target = await begin('aborted');
  await uploadPart(target, 1, 'x');
  await uploadPart(target, 1, 'once more');
  assert.equal(await countBlobs(), before + 1);
  await s3.send(new AbortMultipartUploadCommand(target));
  assert.equal(await countBlobs(), before);
  const gone = await failureOf(s3.send(new AbortMultipartUploadCommand(target)));
  assert.deepEqual([gone['code'], gone['status']], ['NoSuchUpload', 404]);
});

test('a completed upload leaves one blob, whatever was uploaded beside', async () => {
  const before = await countBlobs();
  const target = await begin('one-blob');
  await uploadPart(target, 7, 'not used');
  const part = await uploadPart(target, 3, 'used');
  await complete(target, [part]);
  assert.equal(await countBlobs(), before + 1);
});

// Recorded: s3_api.json TestS3ObjectWritePrecondition::test_multipart_if_none_match_with_delete, …if_match_with_put
test('a conditional completion minds what happened since the upload began', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'raced', Body: 'x' }));
  const target = await begin('raced');
  const part = await uploadPart(target, 1, 'y');
  const failed = await failureOf(complete(target, [part], { IfNoneMatch: '*' }));
  assert.equal(failed['code'], 'PreconditionFailed');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'raced' }));
  assert.deepEqual(await failureOf(complete(target, [part], { IfNoneMatch: '*' })), {
    code: 'ConditionalRequestConflict',
    message:
      'The conditional request cannot succeed due to a conflicting operation against this resource.',
    status: 409,
    Condition: 'If-None-Match',
    Key: 'raced',
  });
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'raced', Body: 'z' }));
  const late = await failureOf(complete(target, [part], { IfMatch: ETag }));
  assert.equal(late['code'], 'ConditionalRequestConflict');
  const fresh = await begin('raced');
  const again = await uploadPart(fresh, 1, 'y');
  await complete(fresh, [again], { IfMatch: ETag });
});

// Recorded: s3_list_operations.json TestS3ListMultipartUploads::test_list_multiparts_next_marker
test('uploads are listed by key and age, in pages', async () => {
  const own = { Bucket: 'upload-list' };
  await s3.send(new CreateBucketCommand(own));
  const start = async (Key: string) =>
    (await s3.send(new CreateMultipartUploadCommand({ ...own, Key }))).UploadId;
  const ids = [await start('b'), await start('a'), await start('a')];
  const all = await s3.send(new ListMultipartUploadsCommand(own));
  assert.deepEqual(
    all.Uploads?.map(({ Key, UploadId }) => [Key, UploadId]),
    [
      ['a', ids[1]],
      ['a', ids[2]],
      ['b', ids[0]],
    ],
  );
  const page = await s3.send(
    new ListMultipartUploadsCommand({
      ...own,
      KeyMarker: 'a',
      UploadIdMarker: ids[1],
      MaxUploads: 1,
    }),
  );
  assert.deepEqual([page.Uploads?.[0]?.UploadId, page.IsTruncated], [ids[2], true]);
  assert.deepEqual([page.NextKeyMarker, page.NextUploadIdMarker], ['a', ids[2]]);
  const wrong = new ListMultipartUploadsCommand({ ...own, KeyMarker: 'b', UploadIdMarker: ids[1] });
  assert.equal((await failureOf(s3.send(wrong)))['message'], 'Invalid uploadId marker');
});

// Recorded: s3_api.json TestS3Multipart::test_upload_part_copy_range
test('a part is copied from a range of another object', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'range-source', Body: '0123456789' }));
  const target = await begin('range-copy');
  const copy = (CopySourceRange?: string) =>
    s3.send(
      new UploadPartCopyCommand({
        ...target,
        PartNumber: 1,
        CopySource: `${Bucket}/range-source`,
        CopySourceRange,
      }),
    );
  const { CopyPartResult } = await copy('bytes=0-8');
  assert.equal(CopyPartResult?.ETag, '"22975d8a5ed1b91445f6c55ac121505b"');
  assert.equal((await failureOf(copy('bytes=0-100')))['code'], 'InvalidArgument');
  assert.equal((await failureOf(copy('bytes=100-200')))['code'], 'InvalidRequest');
  await complete(target, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'range-copy' }));
  assert.equal(await Body?.transformToString(), '012345678');
});

// Recorded: s3.json TestS3MultipartUploadChecksum::test_complete_multipart_parts_checksum_composite[SHA256]
test('a composite checksum is asked of every part, and told of each', async () => {
  const target = await begin('composite', { ChecksumAlgorithm: 'SHA256' });
  const body = Buffer.alloc(5 * MIB + 1, 'a');
  const upload = (PartNumber: number, Body: string | Buffer) =>
    s3.send(new UploadPartCommand({ ...target, PartNumber, Body, ChecksumAlgorithm: 'SHA256' }));
  const first = await upload(1, body);
  const second = await upload(2, 'aaaaaaaaaa');
  const parts = [first, second].map(({ ETag, ChecksumSHA256 }, index) => ({
    PartNumber: index + 1,
    ETag,
    ChecksumSHA256,
  }));
  const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  assert.equal(
    (await failureOf(complete(target, bare)))['message'],
    'The upload was created using a sha256 checksum. The complete request must include the checksum for each ' +
      'part. It was missing for part 1 in the request.',
  );
  const done = await complete(target, parts);
  assert.match(done.ChecksumSHA256 ?? '', /=-2$/);
  assert.equal(done.ChecksumType, 'COMPOSITE');
  const object = { Bucket, Key: 'composite' };
  const part = await s3.send(
    new GetObjectCommand({ ...object, PartNumber: 2, ChecksumMode: 'ENABLED' }),
  );
  assert.equal(await part.Body?.transformToString(), 'aaaaaaaaaa');
  assert.deepEqual(
    [part.ContentRange, part.PartsCount, part.ChecksumSHA256, part.ChecksumType],
    [`bytes ${5 * MIB + 1}-${5 * MIB + 10}/${5 * MIB + 11}`, 2, second.ChecksumSHA256, 'COMPOSITE'],
  );
  const attributes = await s3.send(
    new GetObjectAttributesCommand({ ...object, ObjectAttributes: ['ObjectParts', 'Checksum'] }),
  );
  assert.equal(attributes.ObjectParts?.TotalPartsCount, 2);
  assert.equal(attributes.ObjectParts.Parts?.[1]?.Size, 10);
  assert.equal(attributes.Checksum?.ChecksumSHA256, done.ChecksumSHA256?.replace('-2', ''));
  const beyond = new HeadObjectCommand({ ...object, PartNumber: 3 });
  assert.equal((await failureOf(s3.send(beyond)))['status'], 416);
});

// Recorded: s3.json TestS3MultipartUploadChecksum::test_multipart_parts_checksum_exceptions_full_object
test('a full checksum is combined from the parts and compared', async () => {
  const target = await begin('full', { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' });
  const part = await uploadPart(target, 1, 'abc');
  assert.equal(
    (await failureOf(complete(target, [part], { ChecksumCRC32C: 'AAAAAA==' })))['message'],
    'The crc32c you specified did not match the calculated checksum.',
  );
  assert.equal(
    (await failureOf(complete(target, [part], { ChecksumType: 'COMPOSITE' })))['message'],
    'The upload was created using the FULL_OBJECT checksum mode. The complete request must use the same ' +
      'checksum mode.',
  );
  const done = await complete(target, [part]);
  assert.equal(done.ChecksumCRC32C, 'Nks/tw==');
});

// Recorded: s3.json TestS3::test_multipart_copy_object_etag
test('a copy of a joined object has the MD5 of its bytes', async () => {
  const target = await begin('test.file');
  await complete(target, [await uploadPart(target, 1, 'test content 123')]);
  const { CopyObjectResult } = await s3.send(
    new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/test.file` }),
  );
  assert.equal(CopyObjectResult?.ETag, '"eee506dd7ada7ded524c77e359a0e7c6"');
  assert.equal(CopyObjectResult?.ChecksumCRC64NVME, 'BsLNlKumA5I=');
});

test('the SDK’s own uploader streams a large body in parts', async () => {
  async function* body(): AsyncGenerator<Buffer> {
    for (let index = 0; index < 13; index += 1)
      yield Buffer.alloc(MIB, String.fromCharCode(97 + index));
  }
  const { Readable } = await import('node:stream');
  const client = world.client();
  const upload = new Upload({
    client,
    params: { Bucket, Key: 'streamed', Body: Readable.from(body()) },
    partSize: 5 * MIB,
  });
  const done = await upload.done();
  assert.match(done.ETag ?? '', /-3"$/);
  const { Body, ContentLength } = await client.send(
    new GetObjectCommand({ Bucket, Key: 'streamed' }),
  );
  assert.equal(ContentLength, 13 * MIB);
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  assert.equal(String.fromCharCode(bytes[12 * MIB] ?? 0), 'm');
});
