import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MIB } from '#kernel/units.ts';
import type { GetRecordsOutput, PutRecordsOutput } from '#aws/models/kinesis.types.gen.ts';
import { ACCOUNT, fails, SHARD, start } from './harness.test.ts';

const WRITES = fails(
  'ProvisionedThroughputExceededException',
  `Rate exceeded for shard ${SHARD} in stream orders under account ${ACCOUNT}.`,
);
const READS = fails(
  'ProvisionedThroughputExceededException',
  `Rate exceeded for Shard - ${ACCOUNT}/orders/${SHARD}`,
);

async function startWithStream(shards = 1) {
  const harness = await start();
  const stream = await harness.create('orders', shards);
  /** Puts as many records of a size, keys of one byte included. */
  const putMany = (count: number, bytes: number) =>
    harness.call<PutRecordsOutput>('PutRecords', {
      StreamName: 'orders',
      Records: Array.from({ length: count }, () => ({
        Data: new Uint8Array(bytes - 1),
        PartitionKey: 'k',
      })),
    });
  const read = async (type = 'TRIM_HORIZON') => {
    const ShardIterator = await stream.iterator(type);
    return (await harness.call<GetRecordsOutput>('GetRecords', { ShardIterator })).Records.length;
  };
  return { ...harness, ...stream, putMany, read };
}

describe('what a shard takes', () => {
  it('is 1,000 records a second', async () => {
    const { clock, put, putMany } = await startWithStream();
    await putMany(500, 2);
    await putMany(499, 2);
    await put('the thousandth');
    await assert.rejects(put('one more'), WRITES);
    await clock.advance(1);
    await put('one more');
    await assert.rejects(put('and another'), WRITES);
  });

  it('is 1 MiB a second, and what is beyond is refused singly', async () => {
    const { clock, putMany, texts } = await startWithStream();
    const { FailedRecordCount, Records } = await putMany(5, MIB / 4);
    assert.equal(FailedRecordCount, 1);
    assert.deepEqual(
      Records.map(({ ErrorCode }) => ErrorCode),
      [undefined, undefined, undefined, undefined, 'ProvisionedThroughputExceededException'],
    );
    assert.match(Records[4]?.ErrorMessage ?? '', /^Rate exceeded for shard shardId-000000000000 /);
    assert.equal(Records[4]?.SequenceNumber, undefined);
    assert.equal((await texts('TRIM_HORIZON')).length, 4);
    await clock.advance(50);
    assert.equal((await putMany(1, MIB / 4)).FailedRecordCount, 0);
    assert.equal((await putMany(1, MIB / 4)).FailedRecordCount, 1);
  });

  it('is its own: another shard has room', async () => {
    const { put } = await startWithStream(2);
    const fill = (PartitionKey: string) => put('x'.repeat(MIB - 1), { PartitionKey });
    await fill('a');
    await assert.rejects(fill('a'), WRITES);
    await fill('b');
  });

  it('has no bound in a stream on demand', async () => {
    const { call, clock } = await start();
    const StreamModeDetails = { StreamMode: 'ON_DEMAND' };
    await call('CreateStream', { StreamName: 'orders', StreamModeDetails });
    await clock.advance(1000);
    const record = { StreamName: 'orders', Data: new Uint8Array(MIB - 1), PartitionKey: 'k' };
    for (let count = 0; count < 5; count += 1) await call('PutRecord', record);
  });
});

describe('what a shard gives', () => {
  it('is five reads a second', async () => {
    const { clock, read } = await startWithStream();
    for (let count = 0; count < 5; count += 1) await read();
    await assert.rejects(read(), READS);
    await clock.advance(200);
    await read();
    await assert.rejects(read(), READS);
  });

  it('is 2 MiB a second: after 10 MiB at once, nothing for five seconds', async () => {
    const { clock, putMany, read } = await startWithStream();
    for (let count = 0; count < 10; count += 1) {
      await putMany(1, MIB);
      await clock.advance(1000);
    }
    assert.equal(await read(), 10);
    await clock.advance(4999);
    await assert.rejects(read(), READS);
    await clock.advance(2);
    assert.equal(await read(), 10);
  });
});
