import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type ListObjectsV2CommandInput,
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

async function bucketOf(
  Bucket: string,
  keys: readonly string[],
): Promise<{ readonly Bucket: string }> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  return { Bucket };
}

/** Keys and prefixes of a page. */
async function list(input: ListObjectsV2CommandInput): Promise<{
  readonly keys: (string | undefined)[];
  readonly next: string | undefined;
}> {
  const page = await s3.send(new ListObjectsV2Command(input));
  const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix);
  const keys = (page.Contents ?? []).map(({ Key }) => Key);
  assert.equal(page.KeyCount, keys.length + prefixes.length);
  assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
  return { keys: [...prefixes, ...keys], next: page.NextContinuationToken };
}

test('keys are in the order of their bytes', async () => {
  const keys = ['b', 'a', 'B', 'a/b', 'é', '\u{1f600}', '\u{fb01}', 'a-b', '10', '9'];
  const bucket = await bucketOf('byte-order', keys);
  const sorted = keys.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
  assert.deepEqual((await list(bucket)).keys, sorted);
});

// Recorded: s3_list_operations.json TestS3ListObjectsV2::test_list_objects_v2_with_prefix_and_delimiter
test('a delimiter gathers keys under common prefixes', async () => {
  const keys = ['test/foo/bar/123', 'test/foo/bar/456', 'test/bar/foo/123', 'test/a'];
  const bucket = await bucketOf('delimited', keys);
  const of = (Prefix: string) => list({ ...bucket, Prefix, Delimiter: '/' });
  assert.deepEqual((await of('test/')).keys, ['test/bar/', 'test/foo/', 'test/a']);
  assert.deepEqual((await of('test/foo')).keys, ['test/foo/']);
  assert.deepEqual((await of('test/foo/bar')).keys, ['test/foo/bar/']);
  assert.deepEqual((await of('test/foo/bar/')).keys, ['test/foo/bar/123', 'test/foo/bar/456']);
  assert.deepEqual((await of('')).keys, ['test/']);
});

// Recorded: s3_list_operations.json TestS3ListObjectsV2::test_list_objects_v2_continuation_common_prefixes
test('pages of any size show the same as one page', async () => {
  const keys = ['a', 'b/1', 'b/2', 'b/3', 'c', 'd/1/x', 'd/2/y', 'e/'];
  const bucket = await bucketOf('paged', keys);
  for (const Delimiter of [undefined, '/']) {
    const whole = new Set((await list({ ...bucket, Delimiter })).keys);
    for (const MaxKeys of [1, 2, 3, 7]) {
      const seen: (string | undefined)[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await list({ ...bucket, Delimiter, MaxKeys, ContinuationToken });
        seen.push(...page.keys);
        ContinuationToken = page.next;
      } while (ContinuationToken !== undefined);
      assert.equal(seen.length, whole.size);
      assert.deepEqual(new Set(seen), whole);
    }
  }
});

// Recorded: s3_list_operations.json test_list_objects_v2_continuation_start_after
test('a list starts after a key; a bad token is refused', async () => {
  const bucket = await bucketOf('start-after', ['test_1', 'test_2', 'test_3']);
  assert.deepEqual((await list({ ...bucket, StartAfter: 'test_1' })).keys, ['test_2', 'test_3']);
  assert.deepEqual((await list({ ...bucket, StartAfter: 'test_11', MaxKeys: 1 })).keys, ['test_2']);
  const bad = new ListObjectsV2Command({ ...bucket, ContinuationToken: 'made-up' });
  assert.deepEqual(await failureOf(s3.send(bad)), {
    code: 'InvalidArgument',
    message: 'The continuation token provided is incorrect',
    status: 400,
    ArgumentName: 'continuation-token',
  });
});

// Recorded: s3_list_operations.json test_list_objects_v2_continuation_token_safe_chars
test('url encoding covers keys and prefixes', async () => {
  const bucket = await bucketOf('encoded', ['date=2026-02-01/x y', 'date=2026-02-01/😀']);
  const page = await s3.send(
    new ListObjectsV2Command({ ...bucket, Prefix: 'date=', EncodingType: 'url' }),
  );
  assert.deepEqual(
    page.Contents?.map(({ Key }) => Key),
    ['date%3D2026-02-01/x+y', 'date%3D2026-02-01/%F0%9F%98%80'],
  );
  assert.equal(page.Prefix, 'date%3D');
  assert.equal(page.EncodingType, 'url');
});

// Recorded: s3_list_operations.json TestS3ListObjects::test_list_objects_marker_common_prefixes
test('the older list goes on behind a marker', async () => {
  const keys = [
    'folder/aSubfolder/subFile1',
    'folder/aSubfolder/subFile2',
    'folder/file1',
    'folder/file2',
  ];
  const bucket = await bucketOf('markers', keys);
  const page = async (Marker: string): Promise<unknown[]> => {
    const { Contents, CommonPrefixes, NextMarker, IsTruncated } = await s3.send(
      new ListObjectsCommand({ ...bucket, Prefix: 'folder/', Delimiter: '/', MaxKeys: 1, Marker }),
    );
    return [CommonPrefixes?.[0]?.Prefix ?? Contents?.[0]?.Key, NextMarker, IsTruncated];
  };
  assert.deepEqual(await page(''), ['folder/aSubfolder/', 'folder/aSubfolder/', true]);
  assert.deepEqual(await page('folder/aSubfolder/'), ['folder/file1', 'folder/file1', true]);
  assert.deepEqual(await page('folder/aSubfolder/subFile1'), [
    'folder/file1',
    'folder/file1',
    true,
  ]);
  assert.deepEqual(await page('folder/file1'), ['folder/file2', undefined, false]);
});

test('a list says how it was asked', async () => {
  const bucket = await bucketOf('echoed', []);
  assert.deepEqual(bare(await s3.send(new ListObjectsCommand(bucket))), {
    IsTruncated: false,
    Marker: '',
    Name: 'echoed',
    Prefix: '',
    MaxKeys: 1000,
  });
  assert.equal(
    (await s3.send(new ListObjectsV2Command({ ...bucket, MaxKeys: 5000 }))).MaxKeys,
    1000,
  );
});

test('a thousand prefixes of many keys each are listed by jumping over the keys', async () => {
  const bucket = { Bucket: 'deep' };
  await s3.send(new CreateBucketCommand(bucket));
  await world.database.transact(async (tx) => {
    for (let folder = 0; folder < 200; folder += 1) {
      for (let file = 0; file < 50; file += 1) {
        await tx.run(
          `INSERT INTO s3_objects (bucket, object_key, sequence, version_id, is_latest, is_delete_marker, size,
             etag, modified_at, storage_class, attributes)
           VALUES ('deep', $1, 1, 'null', 1, 0, 1, 'e', 0, 'STANDARD', '{"headers":{},"metadata":{},"encryption":{}}')`,
          `folder-${String(folder).padStart(3, '0')}/${file}`,
        );
      }
    }
  });
  const first = await list({ ...bucket, Delimiter: '/', MaxKeys: 150 });
  assert.equal(first.keys.length, 150);
  assert.equal(first.keys.at(-1), 'folder-149/');
  const rest = await list({ ...bucket, Delimiter: '/', ContinuationToken: first.next });
  assert.equal(rest.keys.length, 50);
  assert.equal(rest.next, undefined);
});

// Recorded: s3_list_operations.json TestS3ListObjectVersions::test_list_objects_versions_markers
test('versions are listed newest first, in pages that may end inside a key', async () => {
  const bucket = { Bucket: 'version-pages' };
  await s3.send(new CreateBucketCommand(bucket));
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await s3.send(new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration }));
  for (const Key of ['k1', 'k2', 'k1', 'k2', 'k1']) {
    await s3.send(new PutObjectCommand({ ...bucket, Key, Body: 'x' }));
  }
  await s3.send(new DeleteObjectCommand({ ...bucket, Key: 'k2' }));
  const all = await s3.send(new ListObjectVersionsCommand(bucket));
  assert.deepEqual(
    all.Versions?.map(({ Key, IsLatest }) => [Key, IsLatest]),
    [
      ['k1', true],
      ['k1', false],
      ['k1', false],
      ['k2', false],
      ['k2', false],
    ],
  );
  const ids = all.Versions?.map(({ VersionId }) => VersionId) ?? [];
  const seen: (string | undefined)[] = [];
  let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await s3.send(
      new ListObjectVersionsCommand({ ...bucket, ...markers, MaxKeys: 1 }),
    );
    seen.push(
      ...[...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(
        ({ VersionId }) => VersionId,
      ),
    );
    if (!page.IsTruncated) break;
    markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  const marker = all.DeleteMarkers?.[0]?.VersionId;
  assert.deepEqual(seen, [...ids.slice(0, 3), marker, ...ids.slice(3)]);
  const keyOnly = await s3.send(new ListObjectVersionsCommand({ ...bucket, KeyMarker: 'k1' }));
  assert.equal(keyOnly.Versions?.length, 2);
  await s3.send(new DeleteObjectCommand({ ...bucket, Key: 'k1', VersionId: ids[1] }));
  const behindGone = await s3.send(
    new ListObjectVersionsCommand({
      ...bucket,
      KeyMarker: 'k1',
      VersionIdMarker: ids[1],
      MaxKeys: 1,
    }),
  );
  assert.equal(behindGone.Versions?.[0]?.VersionId, ids[2]);
  const alone = new ListObjectVersionsCommand({ ...bucket, VersionIdMarker: ids[0] });
  assert.equal(
    (await failureOf(s3.send(alone)))['message'],
    'A version-id marker cannot be specified without a key marker.',
  );
});
