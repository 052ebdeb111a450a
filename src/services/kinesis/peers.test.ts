import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { SHARD, start } from './harness.test.ts';

describe('a poller of functions', () => {
  it('reads records as elements of an event, from a sequence number on', async () => {
    const { clock, create, kinesis } = await start();
    const { arn, put } = await create('orders');
    const { SequenceNumber: first } = await put('one');
    const { SequenceNumber: second } = await put('two', { PartitionKey: 'k2' });
    const { streamReader } = kinesis;
    assert.deepEqual(await streamReader.getShards(arn), [
      { shardId: SHARD, latestSequenceNumber: second, isClosed: false },
    ]);
    const all = await streamReader.read(arn, SHARD, undefined, 10);
    assert.deepEqual(
      all?.records.map(({ id }) => id),
      [first, second],
    );
    const rest = await streamReader.read(arn, SHARD, first, 10);
    assert.equal(rest?.isAtEnd, false);
    assert.deepEqual(rest?.records[0]?.event, {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: 'k2',
        sequenceNumber: second,
        data: 'dHdv',
        approximateArrivalTimestamp: clock.now() / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${SHARD}:${second}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::000000000000:role/hearth-event-source',
      awsRegion: 'us-east-1',
      eventSourceARN: arn,
    });
  });

  it('is told which shards were split or merged into a shard', async () => {
    const { call, clock, create, kinesis } = await start();
    const { arn } = await create('orders');
    const StreamName = 'orders';
    const [low, high] = ['shardId-000000000001', 'shardId-000000000002'];
    await call('SplitShard', { StreamName, ShardToSplit: SHARD, NewStartingHashKey: '1000' });
    await clock.advance(1000);
    await call('MergeShards', { StreamName, ShardToMerge: low, AdjacentShardToMerge: high });
    const shards = (await kinesis.streamReader.getShards(arn)) ?? [];
    const parents = shards.map(({ parentShardIds = [] }) => parentShardIds);
    assert.deepEqual(parents, [[], [SHARD], [SHARD], [low, high]]);
  });

  it('is told that a closed shard ends, and that a stream is gone', async () => {
    const { call, create, kinesis } = await start();
    const { arn, put } = await create('orders');
    await put('one');
    await put('two');
    await call('SplitShard', {
      StreamName: 'orders',
      ShardToSplit: SHARD,
      NewStartingHashKey: '1000',
    });
    const { streamReader } = kinesis;
    const first = await streamReader.read(arn, SHARD, undefined, 1);
    assert.equal(first?.isAtEnd, false);
    const rest = await streamReader.read(arn, SHARD, first?.records[0]?.id, 1);
    assert.equal(rest?.isAtEnd, true);
    await call('DeleteStream', { StreamName: 'orders' });
    assert.equal(await streamReader.getShards(arn), undefined);
    assert.equal(await streamReader.read(arn, SHARD, undefined, 1), undefined);
  });
});

describe('a delivery of another service', () => {
  it('becomes a record under its partition key, with the transaction or not at all', async () => {
    const { create, database, kinesis } = await start();
    const { arn, texts } = await create('orders');
    const delivery = {
      targetArn: arn,
      sourceArn: 'arn:aws:events:us-east-1:000000000000:rule/r',
      sourceService: 'events.amazonaws.com',
      sourceAccountId: '000000000000',
      payload: utf8('hello'),
      options: { partitionKey: 'mine' },
    };
    const { deliverer } = kinesis;
    const failing = database.transact(async (tx) => {
      await deliverer.deliver(delivery, tx);
      throw new Error('the source failed');
    });
    await assert.rejects(failing, /the source failed/);
    assert.deepEqual(await texts('TRIM_HORIZON'), []);
    const answer = await database.transact((tx) => deliverer.deliver(delivery, tx));
    assert.equal(answer, 'deliverable');
    assert.deepEqual(await texts('TRIM_HORIZON'), ['hello']);
    const missing = { ...delivery, targetArn: `${arn}-gone` };
    assert.equal(await database.transact((tx) => deliverer.check(missing, tx)), 'missing');
  });
});
