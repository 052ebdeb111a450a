/** What happens at once: writers, readers and completions of one key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBlobStore, SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type { Operations } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { collectBytes, textOf, utf8 } from '#kernel/bytes.ts';
import { createS3 } from './index.ts';

const PRINCIPAL = {
  accountId: '111111111111',
  arn: 'arn:aws:iam::111111111111:root',
  userId: '111111111111',
};

const CONTEXT: RequestContext = {
  requestId: 'REQUEST',
  accountId: PRINCIPAL.accountId,
  region: 'us-east-1',
  principal: PRINCIPAL,
  signal: new AbortController().signal,
  http: { method: 'PUT', path: '/', query: new URLSearchParams(), headers: {}, sourceIp: '::1' },
};

const Bucket = 'races';

async function start() {
  const random = new SeededRandom(7);
  const database = await openDatabase({ path: ':memory:' });
  const blobs = new MemoryBlobStore(random);
  const quiet = () => undefined;
  const s3 = createS3({
    database,
    blobs,
    clock: new SimulatedClock(),
    random,
    deliverer: { deliver: async () => 'deliverable', check: async () => 'deliverable' },
    wakeups: new MemoryWakeups(),
    credentials: { find: async () => undefined },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  await database.migrate(s3.schema);
  const operations = s3.service.operations as unknown as Operations; // The table is made from these types.
  await operations.CreateBucket(CONTEXT, { Bucket });
  return {
    operations,
    blobs,
    s3,
    countBlobs: async () => (await Array.fromAsync(blobs.list())).length,
  };
}

async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
  yield utf8(text);
}

/** Large enough for a blob. */
const large = (character: string): string => character.repeat(100_000);

test('of many conditional writes at once one succeeds, and the others leave no blob', async () => {
  const { operations, countBlobs } = await start();
  const writes = Array.from({ length: 20 }, (_, index) =>
    operations.PutObject(CONTEXT, {
      Bucket,
      Key: 'k',
      Body: bodyOf(large(String(index % 10))),
      IfNoneMatch: '*',
    }),
  );
  const results = await Promise.allSettled(writes);
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(await countBlobs(), 1);
});

test('a read that begins while the object is replaced gives one of the two, whole', async () => {
  const { operations } = await start();
  await operations.PutObject(CONTEXT, { Bucket, Key: 'k', Body: bodyOf(large('a')) });
  const reads = Array.from({ length: 20 }, async (_, index) => {
    if (index % 3 === 0) {
      await operations.PutObject(CONTEXT, {
        Bucket,
        Key: 'k',
        Body: bodyOf(large('abc'[index % 3] ?? 'a')),
      });
    }
    const { Body } = await operations.GetObject(CONTEXT, { Bucket, Key: 'k' });
    const text = textOf(await collectBytes(Body ?? bodyOf(''), 1_000_000));
    assert.equal(text, large(text[0] ?? ''));
  });
  await Promise.all(reads);
});

test('an upload that is completed twice at once becomes one object', async () => {
  const { operations, countBlobs } = await start();
  const { UploadId = '' } = await operations.CreateMultipartUpload(CONTEXT, { Bucket, Key: 'k' });
  const part = { Bucket, Key: 'k', UploadId, PartNumber: 1 };
  const { ETag = '' } = await operations.UploadPart(CONTEXT, { ...part, Body: bodyOf('x') });
  const completion = {
    Bucket,
    Key: 'k',
    UploadId,
    MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
  };
  const answers = await Promise.all([
    operations.CompleteMultipartUpload(CONTEXT, completion),
    operations.CompleteMultipartUpload(CONTEXT, completion),
  ]);
  assert.deepEqual(answers[0], answers[1]);
  assert.equal(await countBlobs(), 1);
});

test('a sweep takes no blob of a write that is under way', async () => {
  const { operations, s3, countBlobs } = await start();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield utf8(large('a'));
    open();
    await released;
    yield utf8('end');
  }
  const write = operations.PutObject(CONTEXT, { Bucket, Key: 'k', Body: slow() });
  await opened;
  const stopping = new AbortController();
  const running = s3.run(stopping.signal);
  release();
  await write;
  stopping.abort();
  await running;
  assert.equal(await countBlobs(), 1);
  const { ContentLength } = await operations.GetObject(CONTEXT, { Bucket, Key: 'k' });
  assert.equal(ContentLength, 100_003);
});

test('a body that fails in its middle stores nothing', async () => {
  const { operations, countBlobs } = await start();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield utf8(large('a'));
    throw new Error('cut');
  }
  await assert.rejects(operations.PutObject(CONTEXT, { Bucket, Key: 'k', Body: broken() }), /cut/);
  assert.equal(await countBlobs(), 0);
  await assert.rejects(operations.HeadObject(CONTEXT, { Bucket, Key: 'k' }), { code: 'NoSuchKey' });
});
