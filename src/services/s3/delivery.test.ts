import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { MemoryBlobStore, SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import type { Operations } from '#aws/models/s3.types.gen.ts';
import { present } from '#kernel/assert.ts';
import { collectBytes, textOf, utf8 } from '#kernel/bytes.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import { createS3 } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

const ACCOUNT = '000000000000';
const Bucket = 'failures';
const LARGE = 6_000_000;

const CONTEXT = requestContext(ACCOUNT, { method: 'PUT' });

const DELIVERY: Delivery = {
  targetArn: `arn:aws:s3:::${Bucket}`,
  sourceArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  sourceService: 'lambda.amazonaws.com',
  sourceAccountId: ACCOUNT,
  payload: utf8('{"failed":true}'),
  options: { subject: 'aws/lambda/1' },
};

async function start() {
  const random = new SeededRandom(7);
  const database = await openDatabase({ path: ':memory:' });
  const quiet = () => undefined;
  const s3 = createS3({
    database,
    blobs: new MemoryBlobStore(random),
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
  const deliver = (more: Partial<Delivery> = {}) =>
    database.transact((tx) => s3.deliverer.deliver({ ...DELIVERY, ...more }, tx));
  const read = async (Key: string): Promise<Uint8Array> => {
    const { Body } = await operations.GetObject(CONTEXT, { Bucket, Key });
    return collectBytes(present(Body, 'the object has a body'), 2 * LARGE);
  };
  return { database, s3, deliver, read };
}

test('an event becomes an object under its subject, with the transaction or not at all', async () => {
  const { database, s3, deliver, read } = await start();
  const failing = database.transact(async (tx) => {
    await s3.deliverer.deliver(DELIVERY, tx);
    throw new Error('the source failed');
  });
  await assert.rejects(failing, /the source failed/);
  await assert.rejects(read('aws/lambda/1'), { code: 'NoSuchKey' });
  assert.equal(await deliver(), 'deliverable');
  assert.equal(textOf(await read('aws/lambda/1')), '{"failed":true}');
});

test('an event of six megabytes is read again as it was', async () => {
  const { deliver, read } = await start();
  const payload = new Uint8Array(LARGE).fill(97);
  assert.equal(await deliver({ payload }), 'deliverable');
  assert.deepEqual(await read('aws/lambda/1'), payload);
});

test('another account’s tables are not exported to a bucket', async () => {
  const { deliver } = await start();
  const table = { sourceService: 'dynamodb.amazonaws.com' };
  assert.equal(await deliver({ ...table, sourceAccountId: '222222222222' }), 'missing');
  assert.equal(await deliver(table), 'deliverable');
});

test('a bucket that is not there takes nothing, nor does one without a key', async () => {
  const { database, s3, deliver } = await start();
  const targetArn = 'arn:aws:s3:::nowhere';
  assert.equal(await deliver({ targetArn }), 'missing');
  assert.equal(await deliver({ options: {} }), 'unsupported');
  const check = (arn: string) =>
    database.transact((tx) => s3.deliverer.check({ ...DELIVERY, targetArn: arn }, tx));
  assert.equal(await check(targetArn), 'missing');
  assert.equal(await check(DELIVERY.targetArn), 'deliverable');
});
