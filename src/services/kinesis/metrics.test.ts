import assert from 'node:assert/strict';
import { it } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { MIB } from '#kernel/units.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import { ACCOUNT, SHARD, start } from './harness.test.ts';

async function startMetered() {
  const data: MetricDatum[] = [];
  const harness = await start({ metrics: { put: (some) => data.push(...some) } });
  const stream = await harness.create('orders');
  /** What was told since it was asked last. */
  const take = (): Record<string, number> =>
    Object.fromEntries(
      data.splice(0).map(({ namespace, dimensions, name, value }) => {
        assert.deepEqual([namespace, dimensions], ['AWS/Kinesis', { StreamName: 'orders' }]);
        return [name, value];
      }),
    );
  return { ...harness, ...stream, take };
}

it('tells of a record that was put, and of a read how much it gave and how old the last is', async () => {
  const { clock, put, texts, take } = await startMetered();
  await put('hello');
  assert.deepEqual(take(), {
    IncomingRecords: 1,
    IncomingBytes: 8,
    'PutRecord.Success': 1,
    'PutRecord.Latency': 0,
    'PutRecord.Bytes': 8,
    WriteProvisionedThroughputExceeded: 0,
  });
  await clock.advance(3000);
  await texts('TRIM_HORIZON');
  assert.deepEqual(take(), {
    'GetRecords.Success': 1,
    'GetRecords.Records': 1,
    'GetRecords.Bytes': 5,
    'GetRecords.IteratorAgeMilliseconds': 3000,
    'GetRecords.Latency': 0,
    ReadProvisionedThroughputExceeded: 0,
  });
});

it('tells of records for which their shard had no room, put singly and together', async () => {
  const { call, put, take } = await startMetered();
  const record = { Data: new Uint8Array(MIB / 2 - 1), PartitionKey: 'k' };
  await call('PutRecords', { StreamName: 'orders', Records: [record, record, record] });
  assert.deepEqual(take(), {
    IncomingRecords: 2,
    IncomingBytes: MIB,
    'PutRecords.Success': 1,
    'PutRecords.Latency': 0,
    'PutRecords.Bytes': 1.5 * MIB,
    'PutRecords.Records': 2,
    'PutRecords.TotalRecords': 3,
    'PutRecords.SuccessfulRecords': 2,
    'PutRecords.FailedRecords': 0,
    'PutRecords.ThrottledRecords': 1,
    WriteProvisionedThroughputExceeded: 1,
  });
  await assert.rejects(put('more'));
  assert.deepEqual(take(), { 'PutRecord.Success': 0, WriteProvisionedThroughputExceeded: 1 });
  await call('PutRecords', { StreamName: 'orders', Records: [record] });
  const { 'PutRecords.Success': success, IncomingRecords: came } = take();
  assert.deepEqual([success, came], [0, undefined]);
});

it('tells of reads that a shard refused', async () => {
  const { iterator, call, take } = await startMetered();
  const ShardIterator = await iterator('LATEST');
  for (let count = 0; count < 5; count += 1) await call('GetRecords', { ShardIterator });
  take();
  await assert.rejects(call('GetRecords', { ShardIterator }));
  assert.deepEqual(take(), { 'GetRecords.Success': 0, ReadProvisionedThroughputExceeded: 1 });
});

it('tells of what services deliver and of what mappings read', async () => {
  const { arn, kinesis, database, take } = await startMetered();
  const delivery = {
    sourceService: 'events',
    sourceArn: 'arn:aws:events:us-east-1:1:rule/r',
    sourceAccountId: ACCOUNT,
    targetArn: arn,
    payload: utf8('hello'),
    options: { partitionKey: 'k' },
  };
  await database.transact((tx) => kinesis.deliverer.deliver(delivery, tx));
  assert.deepEqual(take(), { IncomingRecords: 1, IncomingBytes: 6 });
  await kinesis.streamReader.read(arn, SHARD, undefined, 10);
  assert.equal(take()['GetRecords.Records'], 1);
  const fanOut = await kinesis.streamReader.read(`${arn}/consumer/c:1`, SHARD, undefined, 10);
  assert.equal(fanOut?.records.length, 1);
  assert.deepEqual(take(), {});
});

it('tells nothing of a stream that is not there, and all of one that is named by its id', async () => {
  const { call, take } = await startMetered();
  const record = { Data: utf8('a'), PartitionKey: 'k' };
  await assert.rejects(call('PutRecord', { StreamName: 'nobody', ...record }));
  const { StreamDescriptionSummary: summary } = await call<{
    StreamDescriptionSummary: { StreamId?: string };
  }>('DescribeStreamSummary', { StreamName: 'orders' });
  assert.deepEqual(take(), {});
  assert.ok(summary.StreamId);
  await call('PutRecord', { StreamId: summary.StreamId, ...record });
  const { IncomingRecords: came, 'PutRecord.Success': success } = take();
  assert.deepEqual([came, success], [1, 1]);
});
