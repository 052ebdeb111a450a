import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { bare, failureOf, startS3, type S3World } from './s3-harness.ts';

const Bucket = 'objects';
let world: S3World;
let s3: S3Client;
before(async () => {
  world = await startS3();
  s3 = world.client();
  await s3.send(new CreateBucketCommand({ Bucket }));
});
after(async () => {
  assert.deepEqual(world.logged, []);
  await world[Symbol.asyncDispose]();
});

const put = (Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string, more = {}): Promise<string> =>
  (await (await get(Key, more)).Body?.transformToString()) ?? '';

test('an object comes back with all that was said of it', async () => {
  const headers = {
    ContentType: 'text/plain',
    CacheControl: 'max-age=5',
    ContentDisposition: 'attachment; filename="a.txt"',
    ContentEncoding: 'identity',
    ContentLanguage: 'de',
    WebsiteRedirectLocation: '/elsewhere',
  };
  await put('all of it/ü', 'hello', { ...headers, Metadata: { Name: 'value' }, Tagging: 'a=1&b=' });
  const { Body, ...found } = await get('all of it/ü');
  assert.equal(await Body?.transformToString(), 'hello');
  const { LastModified, ...members } = bare(found);
  assert.ok(LastModified instanceof Date);
  assert.deepEqual(members, {
    AcceptRanges: 'bytes',
    ContentLength: 5,
    ETag: '"5d41402abc4b2a76b9719d911017c592"',
    ...headers,
    Metadata: { name: 'value' },
    ServerSideEncryption: 'AES256',
    TagCount: 2,
    ChecksumCRC32: 'NhCmhg==',
    ChecksumType: 'FULL_OBJECT',
  });
});

// Recorded: s3.json TestS3PresignedUrl::test_put_object (the default checksum)
test('a body without a checksum gets CRC64NVME', async () => {
  const plain = world.client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  await plain.send(new PutObjectCommand({ Bucket, Key: 'plain', Body: 'something' }));
  const head = await s3.send(
    new HeadObjectCommand({ Bucket, Key: 'plain', ChecksumMode: 'ENABLED' }),
  );
  assert.equal(head.ChecksumCRC64NVME, '1BGd19PD4OU=');
  assert.equal(head.ChecksumType, 'FULL_OBJECT');
});

test('bodies small and large, empty and streamed come back as they were', async () => {
  for (const bytes of [0, 1, 32 * 1024, 32 * 1024 + 1, 3_000_000]) {
    const body = Buffer.alloc(bytes, 'abcdefg');
    await put('sized', body);
    const { Body, ContentLength } = await get('sized');
    assert.equal(ContentLength, bytes);
    assert.ok(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(body));
  }
});

// Recorded: s3.json TestS3::test_invalid_range_error
test('ranges are served with 206', async () => {
  await put('ranged', '0123456789');
  const found = await get('ranged', { Range: 'bytes=2-4' });
  assert.equal(found.$metadata.httpStatusCode, 206);
  assert.equal(found.ContentRange, 'bytes 2-4/10');
  assert.equal(found.ContentLength, 3);
  assert.equal(await found.Body?.transformToString(), '234');
  assert.equal(await text('ranged', { Range: 'bytes=-3' }), '789');
  assert.deepEqual(await failureOf(get('ranged', { Range: 'bytes=1024-4096' })), {
    code: 'InvalidRange',
    message: 'The requested range is not satisfiable',
    status: 416,
    RangeRequested: 'bytes=1024-4096',
    ActualObjectSize: '10',
  });
});

test('a range of a large object is read from its middle', async () => {
  const body = Buffer.from(Array.from({ length: 400_000 }, (_, index) => index % 251));
  await put('large', body);
  const { Body } = await get('large', { Range: 'bytes=300000-300999' });
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  assert.ok(bytes.equals(body.subarray(300_000, 301_000)));
});

// Recorded: s3.json TestS3::test_s3_get_object_headers, test_precondition_failed_error
test('conditional reads answer 304 and 412', async () => {
  const { ETag } = await put('conditional', 'data');
  const same = await failureOf(get('conditional', { IfNoneMatch: ETag }));
  assert.equal(same['status'], 304);
  assert.deepEqual(await failureOf(get('conditional', { IfMatch: '"other"' })), {
    code: 'PreconditionFailed',
    message: 'At least one of the pre-conditions you specified did not hold',
    status: 412,
    Condition: 'If-Match',
  });
  assert.equal(await text('conditional', { IfMatch: ETag }), 'data');
});

// Recorded: s3_api.json TestS3ObjectWritePrecondition
test('conditional writes compare what they replace', async () => {
  await put('written', 'one', { IfNoneMatch: '*' });
  assert.deepEqual(await failureOf(put('written', 'two', { IfNoneMatch: '*' })), {
    code: 'PreconditionFailed',
    message: 'At least one of the pre-conditions you specified did not hold',
    status: 412,
    Condition: 'If-None-Match',
  });
  const { ETag } = await put('written', 'two');
  await put('written', 'three', { IfMatch: ETag });
  assert.equal((await failureOf(put('written', 'four', { IfMatch: ETag })))['status'], 412);
  assert.equal((await failureOf(put('unwritten', 'x', { IfMatch: ETag })))['code'], 'NoSuchKey');
  assert.equal(await text('written'), 'three');
});

// Recorded: s3.json TestS3PutObjectChecksum::test_put_object_checksum
test('a wrong checksum stores nothing', async () => {
  const wrong = await failureOf(put('wrong', 'test data..', { ChecksumSHA256: 'd3Jvbmc=' }));
  assert.deepEqual(wrong, {
    code: 'InvalidRequest',
    message: 'Value for x-amz-checksum-sha256 header is invalid.',
    status: 400,
  });
  const other = Buffer.alloc(32).toString('base64');
  assert.deepEqual(await failureOf(put('wrong', 'test data..', { ChecksumSHA256: other })), {
    code: 'BadDigest',
    message: 'The SHA256 you specified did not match the calculated checksum.',
    status: 400,
  });
  assert.equal((await failureOf(get('wrong')))['code'], 'NoSuchKey');
  const { ChecksumSHA256 } = await put('right', 'test data..', { ChecksumAlgorithm: 'SHA256' });
  assert.equal(ChecksumSHA256, '2l26x0trnT0r2AvakoFk2MB7eKVKzYESLMxSAKAzoik=');
});

// Recorded: s3_api.json TestS3BucketObjectTagging::test_object_tagging_crud
test('tags are put, counted and deleted', async () => {
  const object = { Bucket, Key: 'tagged' };
  await put('tagged', 'x');
  const TagSet = [
    { Key: 'tag1', Value: 'tag1' },
    { Key: 'tag2', Value: '' },
  ];
  await s3.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet } }));
  assert.deepEqual((await s3.send(new GetObjectTaggingCommand(object))).TagSet, TagSet);
  assert.equal((await s3.send(new HeadObjectCommand(object))).TagCount, 2);
  await s3.send(new DeleteObjectTaggingCommand(object));
  assert.deepEqual((await s3.send(new GetObjectTaggingCommand(object))).TagSet, []);
});

// Recorded: s3.json TestS3::test_s3_copy_tagging_directive, test_s3_copy_content_type_and_metadata
test('a copy takes metadata and tags along, or what replaces them', async () => {
  await put('source', 'copy me', {
    ContentType: 'text/plain',
    Metadata: { a: '1' },
    Tagging: 'k=v',
  });
  const copy = (Key: string, more = {}) =>
    s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...more }));
  const { CopyObjectResult } = await copy('copied');
  assert.equal(CopyObjectResult?.ETag, '"56fe0b1409a5662d70cfedc4555d4771"');
  assert.equal(CopyObjectResult?.ChecksumType, 'FULL_OBJECT');
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'copied' }));
  assert.deepEqual([head.ContentType, head.Metadata, head.TagCount], ['text/plain', { a: '1' }, 1]);
  await copy('replaced', {
    MetadataDirective: 'REPLACE',
    Metadata: { b: '2' },
    TaggingDirective: 'REPLACE',
    Tagging: 'x=1&y=2',
  });
  const replaced = await s3.send(new HeadObjectCommand({ Bucket, Key: 'replaced' }));
  assert.deepEqual([replaced.Metadata, replaced.TagCount], [{ b: '2' }, 2]);
  assert.equal(await text('replaced'), 'copy me');
});

// Recorded: s3.json TestS3::test_s3_copy_object_in_place
test('a copy onto itself must change something', async () => {
  await put('in place', 'x');
  const copy = (more = {}) =>
    s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'in place',
        CopySource: `${Bucket}/in%20place`,
        ...more,
      }),
    );
  assert.deepEqual(await failureOf(copy()), {
    code: 'InvalidRequest',
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
      'metadata, storage class, website redirect location or encryption attributes.',
    status: 400,
  });
  await copy({ StorageClass: 'STANDARD' });
  await copy({ MetadataDirective: 'REPLACE', Metadata: { now: 'here' } });
  assert.equal(await text('in place'), 'x');
});

// Recorded: s3_preconditions.json TestS3CopySourcePreconditions
test('a copy holds its source to conditions', async () => {
  const { ETag } = await put('condition', 'data');
  const copy = (more: object) =>
    s3.send(
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/condition`, ...more }),
    );
  await copy({ CopySourceIfMatch: ETag });
  assert.deepEqual(await failureOf(copy({ CopySourceIfNoneMatch: ETag })), {
    code: 'PreconditionFailed',
    message: 'At least one of the pre-conditions you specified did not hold',
    status: 412,
    Condition: 'x-amz-copy-source-If-None-Match',
  });
});

// Recorded: s3.json TestS3::test_delete_non_existing_keys, test_delete_objects_encoding
test('many objects are deleted at once', async () => {
  for (const Key of ['del/1', 'del/2', 'a%2Fb', 'a/😀']) await put(Key, 'x');
  const Objects = ['del/1', 'del/2', 'a%2Fb', 'a/😀', 'del/never'].map((Key) => ({ Key }));
  const { Deleted, Errors } = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
  );
  assert.deepEqual(Deleted, Objects);
  assert.equal(Errors, undefined);
  const quiet = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
  );
  assert.equal(quiet.Deleted, undefined);
  const many = Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` }));
  const tooMany = new DeleteObjectsCommand({ Bucket, Delete: { Objects: many } });
  assert.equal((await failureOf(s3.send(tooMany)))['code'], 'MalformedXML');
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: many.slice(1) } }));
});

test('an old blob is gone once its object is replaced or deleted', async () => {
  const count = async (): Promise<number> => (await Array.fromAsync(world.blobs.list())).length;
  const before = await count();
  const body = Buffer.alloc(100_000);
  await put('blob', body);
  await put('blob', body);
  assert.equal(await count(), before + 1);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'blob' }));
  assert.equal(await count(), before);
  const failed = await failureOf(put('blob', body, { IfMatch: '"x"' }));
  assert.equal(failed['code'], 'NoSuchKey');
  assert.equal(await count(), before);
});

// Recorded: s3.json TestS3::test_put_object_storage_class
test('storage classes are kept, and archives restored', async () => {
  await put('ia', 'x', { StorageClass: 'STANDARD_IA' });
  assert.equal((await get('ia')).StorageClass, 'STANDARD_IA');
  await put('cold', 'frozen', { StorageClass: 'GLACIER' });
  assert.deepEqual(await failureOf(get('cold')), {
    code: 'InvalidObjectState',
    message: "The operation is not valid for the object's storage class",
    status: 403,
    StorageClass: 'GLACIER',
  });
  const restored = await s3.send(
    new RestoreObjectCommand({ Bucket, Key: 'cold', RestoreRequest: { Days: 1 } }),
  );
  assert.equal(restored.$metadata.httpStatusCode, 202);
  assert.equal(await text('cold'), 'frozen');
  const wrong = await failureOf(put('x', 'x', { StorageClass: 'OUTPOSTS' }));
  assert.equal(wrong['code'], 'InvalidStorageClass');
});

// Recorded: s3.json TestS3::test_s3_sse_bucket_key_default
test('the bucket says how its objects are encrypted', async () => {
  const own = { Bucket: 'with-kms' };
  await s3.send(new CreateBucketCommand(own));
  await s3.send(
    new PutBucketEncryptionCommand({
      ...own,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: 'key-1',
            },
            BucketKeyEnabled: true,
          },
        ],
      },
    }),
  );
  const stored = await s3.send(new PutObjectCommand({ ...own, Key: 'k', Body: 'x' }));
  assert.equal(stored.ServerSideEncryption, 'aws:kms');
  assert.equal(stored.SSEKMSKeyId, 'arn:aws:kms:us-east-1:111111111111:key/key-1');
  assert.equal(stored.BucketKeyEnabled, true);
});

// Recorded: s3.json TestS3SSECEncryption::test_object_retrieval_sse_c
test('an object under a customer’s key is given to who has it', async () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  const SSECustomerKey = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: key };
  const https = world.client();
  await https.send(new PutObjectCommand({ Bucket, Key: 'secret', Body: 'x', ...SSECustomerKey }));
  assert.match(
    String((await failureOf(get('secret')))['message']),
    /^The object was stored using a form of/,
  );
  assert.equal(await text('secret', SSECustomerKey), 'x');
  const other = { ...SSECustomerKey, SSECustomerKey: Buffer.alloc(32, 8).toString('base64') };
  assert.equal((await failureOf(get('secret', other)))['code'], 'AccessDenied');
});

test('attributes are answered as asked', async () => {
  await put('attributes', 'test data..', { ChecksumAlgorithm: 'CRC32' });
  const { LastModified: _, ...found } = bare(
    await s3.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: 'attributes',
        ObjectAttributes: ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'],
      }),
    ),
  );
  assert.deepEqual(found, {
    ETag: 'e6d9226c2a86b7232933663c13467527',
    Checksum: { ChecksumCRC32: 'cZWHwQ==', ChecksumType: 'FULL_OBJECT' },
    StorageClass: 'STANDARD',
    ObjectSize: 11,
  });
});

// Recorded: s3_api.json TestS3ObjectCRUD::test_delete_object_versioned
test('versions come and go under delete markers', async () => {
  const own = { Bucket: 'versions' };
  const object = { ...own, Key: 'k' };
  await s3.send(new CreateBucketCommand(own));
  await s3.send(
    new PutBucketVersioningCommand({ ...own, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  const first = await s3.send(new PutObjectCommand({ ...object, Body: 'one' }));
  const second = await s3.send(new PutObjectCommand({ ...object, Body: 'two' }));
  const marker = await s3.send(new DeleteObjectCommand(object));
  assert.equal(marker.DeleteMarker, true);
  assert.equal((await failureOf(s3.send(new GetObjectCommand(object))))['code'], 'NoSuchKey');
  const old = await s3.send(new GetObjectCommand({ ...object, VersionId: first.VersionId }));
  assert.equal(await old.Body?.transformToString(), 'one');
  assert.deepEqual(
    await failureOf(s3.send(new GetObjectCommand({ ...object, VersionId: marker.VersionId }))),
    {
      code: 'MethodNotAllowed',
      message: 'The specified method is not allowed against this resource.',
      status: 405,
      Method: 'GET',
      ResourceType: 'DeleteMarker',
    },
  );
  const list = await s3.send(new ListObjectVersionsCommand(own));
  assert.deepEqual(
    list.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
    [
      [second.VersionId, false],
      [first.VersionId, false],
    ],
  );
  assert.deepEqual(
    list.DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
    [[marker.VersionId, true]],
  );
  const remove = (VersionId?: string) => s3.send(new DeleteObjectCommand({ ...object, VersionId }));
  assert.deepEqual(bare(await remove(marker.VersionId)), {
    DeleteMarker: true,
    VersionId: marker.VersionId,
  });
  const latest = await s3.send(new GetObjectCommand(object));
  assert.equal(await latest.Body?.transformToString(), 'two');
  await remove(second.VersionId);
  assert.equal((await s3.send(new GetObjectCommand(object))).VersionId, first.VersionId);
  const gone = new GetObjectCommand({ ...object, VersionId: second.VersionId });
  assert.equal((await failureOf(s3.send(gone)))['code'], 'NoSuchVersion');
  assert.equal((await failureOf(remove('bad-version')))['message'], 'Invalid version id specified');
});

test('a suspended bucket keeps its versions beside one null version', async () => {
  const own = { Bucket: 'suspended' };
  const object = { ...own, Key: 'k' };
  const set = (Status: 'Enabled' | 'Suspended') =>
    s3.send(new PutBucketVersioningCommand({ ...own, VersioningConfiguration: { Status } }));
  const write = (Body: string) => s3.send(new PutObjectCommand({ ...object, Body }));
  const ids = async (): Promise<unknown> =>
    (await s3.send(new ListObjectVersionsCommand(own))).Versions?.map(({ VersionId }) => VersionId);
  await s3.send(new CreateBucketCommand(own));
  await write('null 1');
  await set('Enabled');
  const { VersionId } = await write('kept');
  assert.deepEqual(await ids(), [VersionId, 'null']);
  await set('Suspended');
  await write('null 2');
  assert.deepEqual(await ids(), ['null', VersionId]);
  const old = await s3.send(new GetObjectCommand({ ...object, VersionId: 'null' }));
  assert.equal(await old.Body?.transformToString(), 'null 2');
  const marker = await s3.send(new DeleteObjectCommand(object));
  assert.deepEqual([marker.DeleteMarker, marker.VersionId], [true, 'null']);
  assert.deepEqual(await ids(), [VersionId]);
});

// Recorded: s3.json TestS3::test_s3_object_acl_exceptions
test('an ACL must be one that S3 knows', async () => {
  const fake = await failureOf(put('acl', 'x', { ACL: 'fake-acl' as 'private' }));
  assert.deepEqual(fake['code'], 'InvalidArgument');
  assert.equal(fake['ArgumentName'], 'x-amz-acl');
  await put('acl', 'x', { ACL: 'bucket-owner-full-control' });
  const { Grants } = await s3.send(new GetObjectAclCommand({ Bucket, Key: 'acl' }));
  assert.equal(Grants?.[0]?.Permission, 'FULL_CONTROL');
  const none = new PutObjectAclCommand({ Bucket, Key: 'acl' });
  assert.equal((await failureOf(s3.send(none)))['code'], 'MissingSecurityHeader');
});

test('a presigned address puts and gets without any other signature', async () => {
  const address = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'signed' }));
  const stored = await fetch(address, { method: 'PUT', body: 'by address' });
  assert.equal(stored.status, 200);
  const read = await getSignedUrl(
    s3,
    new GetObjectCommand({ Bucket, Key: 'signed', ResponseContentType: 'text/csv' }),
  );
  const found = await fetch(read);
  assert.equal(await found.text(), 'by address');
  assert.equal(found.headers.get('content-type'), 'text/csv');
});

// Recorded: s3.json TestS3::test_user_metadata_rfc2047_encoded
test('metadata that is no ASCII is answered as an encoded word', async () => {
  await put('words', 'x', { Metadata: { word: '=?UTF-8?B?w6TDpMOk?=', plain: 'abc' } });
  const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'words' }));
  assert.deepEqual(Metadata, { word: '=?UTF-8?B?w6TDpMOk?=', plain: 'abc' });
});

test('a key has at most 1024 bytes', async () => {
  await put('k'.repeat(1024), 'x');
  assert.equal((await failureOf(put('k'.repeat(1025), 'x')))['code'], 'KeyTooLongError');
  assert.equal((await failureOf(put('ü'.repeat(513), 'x')))['code'], 'KeyTooLongError');
});

test('another service reads objects of its own account', async () => {
  await put('code.zip', 'zip bytes');
  const address = {
    accountId: '111111111111',
    region: 'us-east-1',
    bucket: Bucket,
    key: 'code.zip',
  };
  const found = await world.s3.objects.read(address);
  assert.equal(found.kind, 'found');
  assert.equal(found.kind === 'found' && found.bytes, 9);
  assert.equal((await world.s3.objects.read({ ...address, key: 'x' })).kind, 'no-such-key');
  const old = { ...address, versionId: 'an-old-one' };
  assert.equal((await world.s3.objects.read(old)).kind, 'no-such-version');
  const stranger = { ...address, accountId: '222222222222' };
  assert.equal((await world.s3.objects.read(stranger)).kind, 'no-such-bucket');
});
