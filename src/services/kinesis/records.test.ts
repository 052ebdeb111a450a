import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR_MS } from '#kernel/units.ts';
import type { GetRecordsOutput, PutRecordsOutput } from '#aws/models/kinesis.types.gen.ts';
import { utf8 } from '#kernel/bytes.ts';
import { ACCOUNT, fails, SHARD, start } from './harness.test.ts';
import { sweep } from './sweep.ts';

describe('a stream', () => {
  it('is CREATING, then ACTIVE', async () => {
    const { call, clock } = await start();
    const status = async () =>
      (
        await call<{ StreamDescription: { StreamStatus: string } }>('DescribeStream', {
          StreamName: 'orders',
        })
      ).StreamDescription.StreamStatus;
    await call('CreateStream', { StreamName: 'orders', ShardCount: 1 });
    assert.equal(await status(), 'CREATING');
    await clock.advance(100);
    assert.equal(await status(), 'ACTIVE');
    await assert.rejects(
      call('CreateStream', { StreamName: 'orders', ShardCount: 1 }),
      fails('ResourceInUseException', `Stream orders under account ${ACCOUNT} already exists.`),
    );
  });

  it('puts a record into the shard of the MD5 of its key, or of an explicit hash key', async () => {
    const { create } = await start();
    const { put } = await create('orders', 2);
    // MD5 of `a` begins with 0x0c, of `b` with 0x92.
    assert.equal((await put('x', { PartitionKey: 'a' })).ShardId, SHARD);
    assert.equal((await put('x', { PartitionKey: 'b' })).ShardId, 'shardId-000000000001');
    const half = 2n ** 127n;
    const below = await put('x', { PartitionKey: 'b', ExplicitHashKey: String(half - 1n) });
    assert.equal(below.ShardId, SHARD);
    const at = await put('x', { PartitionKey: 'a', ExplicitHashKey: String(half) });
    assert.equal(at.ShardId, 'shardId-000000000001');
    await assert.rejects(
      put('x', { ExplicitHashKey: String(2n ** 128n) }),
      fails('InvalidArgumentException', /^Invalid ExplicitHashKey\./),
    );
  });

  it('takes data of exactly its bound, and no byte more', async () => {
    const { call, create } = await start();
    await create('orders');
    const put = (bytes: number) =>
      call('PutRecord', { StreamName: 'orders', Data: new Uint8Array(bytes), PartitionKey: 'k' });
    await put(1_048_576);
    await assert.rejects(put(1_048_577), fails('ValidationException', /at 'data' failed/));
  });

  it('takes a request of exactly 10 MiB of records with their keys, and no byte more', async () => {
    const { call, create } = await start();
    await create('orders');
    const record = { Data: new Uint8Array(1_048_575), PartitionKey: 'k' };
    const putAll = (last: object) => {
      const Records = [...Array.from({ length: 9 }, () => record), last];
      return call<PutRecordsOutput>('PutRecords', { StreamName: 'orders', Records });
    };
    // One of them is what the shard takes in a second.
    assert.equal((await putAll(record)).FailedRecordCount, 9);
    await assert.rejects(
      putAll({ ...record, PartitionKey: 'kk' }),
      fails('InvalidArgumentException', 'Records size exceeds 10 MB limit'),
    );
  });

  it('hides records past 24 hours, and sweeps them', async () => {
    const { clock, create, database } = await start();
    const { put, texts } = await create('orders');
    await put('old');
    await clock.advance(24 * HOUR_MS);
    assert.deepEqual(await texts('TRIM_HORIZON'), ['old']);
    await clock.advance(1);
    await put('new');
    assert.deepEqual(await texts('TRIM_HORIZON'), ['new']);
    await sweep({ database, clock });
    const rows = await database.read((queries) => queries.all('SELECT 1 FROM kinesis_records'));
    assert.equal(rows.length, 1);
  });

  it('leaves nothing behind once deleted and swept', async () => {
    const { call, clock, create, database } = await start();
    const { put } = await create('orders');
    await put('one');
    await call('DeleteStream', { StreamName: 'orders' });
    await sweep({ database, clock });
    const count = (table: string) =>
      database.read((queries) => queries.all(`SELECT 1 FROM ${table}`));
    for (const table of ['streams', 'shards', 'records', 'deleted_streams']) {
      assert.deepEqual(await count(`kinesis_${table}`), [], table);
    }
  });
});

describe('a shard iterator', () => {
  it('begins where its type says', async () => {
    const { clock, create } = await start();
    const { put, iterator, texts } = await create('orders');
    await put('one');
    await clock.advance(1000);
    const { SequenceNumber: StartingSequenceNumber } = await put('two');
    const Timestamp = clock.now();
    await clock.advance(1000);
    await put('three');
    assert.deepEqual(await texts('TRIM_HORIZON'), ['one', 'two', 'three']);
    assert.deepEqual(await texts('LATEST'), []);
    assert.deepEqual(await texts('AT_SEQUENCE_NUMBER', { StartingSequenceNumber }), [
      'two',
      'three',
    ]);
    assert.deepEqual(await texts('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber }), ['three']);
    assert.deepEqual(await texts('AT_TIMESTAMP', { Timestamp }), ['two', 'three']);
    assert.deepEqual(await texts('AT_TIMESTAMP', { Timestamp: Timestamp + 1 }), ['three']);
    await assert.rejects(
      iterator('LATEST', { StartingSequenceNumber }),
      fails('InvalidArgumentException', /also a StartingSequenceNumber\.$/),
    );
    await assert.rejects(
      iterator('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: '12' }),
      fails('InvalidArgumentException', /is invalid\.$/),
    );
  });

  it('is good for five minutes, and not a millisecond longer', async () => {
    const { call, clock, create } = await start();
    const { iterator } = await create('orders');
    const ShardIterator = await iterator('LATEST');
    await clock.advance(300_000);
    await call('GetRecords', { ShardIterator });
    await clock.advance(1);
    await assert.rejects(
      call('GetRecords', { ShardIterator }),
      fails(
        'ExpiredIteratorException',
        /^Iterator expired\. .* at time \w{3} \w{3} \d\d [\d:]{8} UTC \d{4} while/,
      ),
    );
    await assert.rejects(
      call('GetRecords', { ShardIterator: 'nonsense' }),
      fails('InvalidArgumentException', 'Invalid ShardIterator.'),
    );
  });

  it('goes on from its limit, and tells how far behind it is', async () => {
    const { call, clock, create } = await start();
    const { put, iterator } = await create('orders');
    await put('one');
    await put('two');
    await clock.advance(5000);
    const first = await call<GetRecordsOutput>('GetRecords', {
      ShardIterator: await iterator('TRIM_HORIZON'),
      Limit: 1,
    });
    assert.equal(first.MillisBehindLatest, 5000);
    const ShardIterator = first.NextShardIterator;
    const second = await call<GetRecordsOutput>('GetRecords', { ShardIterator, Limit: 1 });
    assert.deepEqual(second.Records[0]?.Data, utf8('two'));
    assert.equal(second.MillisBehindLatest, 0);
  });
});
