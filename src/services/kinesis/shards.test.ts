import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GetRecordsOutput } from '#aws/models/kinesis.types.gen.ts';
import { HOUR_MS } from '#kernel/units.ts';
import { ACCOUNT, fails, SHARD, start } from './harness.test.ts';
import { HASH_KEY_MAX } from './hash-key.ts';
import { sweep } from './sweep.ts';

const HALF = String(2n ** 127n);

describe('a shard that is split', () => {
  it('ends with its children, which take its keys', async () => {
    const { call, create } = await start();
    const { put, iterator, shards } = await create('orders');
    await put('before');
    const input = { StreamName: 'orders', ShardToSplit: SHARD, NewStartingHashKey: HALF };
    await call('SplitShard', input);
    await assert.rejects(
      call('SplitShard', { ...input, ShardToSplit: 'shardId-000000000001' }),
      fails(
        'ResourceInUseException',
        `Stream orders under account ${ACCOUNT} not ACTIVE, instead in state UPDATING`,
      ),
    );
    const [parent, first, second] = await shards();
    assert.ok(parent?.SequenceNumberRange.EndingSequenceNumber);
    assert.equal(first?.ParentShardId, SHARD);
    assert.equal(second?.HashKeyRange.StartingHashKey, HALF);
    const { ShardId } = await put('after', { ExplicitHashKey: HALF });
    assert.equal(ShardId, 'shardId-000000000002');
    const last = await call<GetRecordsOutput>('GetRecords', {
      ShardIterator: await iterator('TRIM_HORIZON'),
    });
    assert.equal(last.Records.length, 1);
    assert.equal(last.NextShardIterator, undefined);
    assert.deepEqual(
      last.ChildShards?.map((child) => child.ShardId),
      ['shardId-000000000001', 'shardId-000000000002'],
    );
  });

  it('takes a new key that is greater than its first plus one and less than its last', async () => {
    const { call, create } = await start();
    await create('orders');
    const split = (NewStartingHashKey: bigint) =>
      call('SplitShard', {
        StreamName: 'orders',
        ShardToSplit: SHARD,
        NewStartingHashKey: String(NewStartingHashKey),
      });
    await assert.rejects(split(1n), fails('InvalidArgumentException', /not both greater than one/));
    await assert.rejects(split(HASH_KEY_MAX), fails('InvalidArgumentException'));
    await split(2n);
  });

  it('is forgotten once all in it is past retention', async () => {
    const { call, clock, create, database } = await start();
    const { shards } = await create('orders');
    const input = { StreamName: 'orders', ShardToSplit: SHARD, NewStartingHashKey: HALF };
    await call('SplitShard', input);
    await clock.advance(24 * HOUR_MS);
    await sweep({ database, clock });
    assert.equal((await shards()).length, 3);
    await clock.advance(1);
    await sweep({ database, clock });
    assert.equal((await shards()).length, 2);
  });
});

describe('shards', () => {
  it('merge where they are neighbours', async () => {
    const { call, create } = await start();
    const { shards } = await create('orders', 3);
    const merge = (ShardToMerge: string, AdjacentShardToMerge: string) =>
      call('MergeShards', { StreamName: 'orders', ShardToMerge, AdjacentShardToMerge });
    await assert.rejects(
      merge(SHARD, 'shardId-000000000002'),
      fails('InvalidArgumentException', /not an adjacent pair/),
    );
    await merge(SHARD, 'shardId-000000000001');
    const merged = (await shards()).at(-1);
    assert.equal(merged?.AdjacentParentShardId, 'shardId-000000000001');
    assert.equal(merged?.HashKeyRange.StartingHashKey, '0');
  });

  it('are brought to equal ranges, at most doubled and at least halved', async () => {
    const { call, clock, create } = await start();
    const { shards } = await create('orders', 3);
    const scale = async (TargetShardCount: number) => {
      const input = { StreamName: 'orders', TargetShardCount, ScalingType: 'UNIFORM_SCALING' };
      await call('UpdateShardCount', input);
      await clock.advance(1000);
      const open = await shards({ ShardFilter: { Type: 'AT_LATEST' } });
      return open
        .map(({ HashKeyRange }) => BigInt(HashKeyRange.StartingHashKey))
        .sort((a, b) => (a < b ? -1 : 1));
    };
    await assert.rejects(scale(7), fails('LimitExceededException', /over double/));
    await assert.rejects(scale(1), fails('LimitExceededException', /below half/));
    const size = (HASH_KEY_MAX + 1n) / 4n;
    assert.deepEqual(await scale(4), [0n, size, 2n * size, 3n * size]);
    assert.deepEqual(await scale(2), [0n, 2n * size]);
  });

  it('are listed page by page with one filter', async () => {
    const { call, create } = await start();
    const { shards } = await create('orders', 5);
    type Page = { readonly Shards: { ShardId: string }[]; readonly NextToken?: string };
    const ShardFilter = { Type: 'AFTER_SHARD_ID', ShardId: SHARD };
    const first = await call<Page>('ListShards', {
      StreamName: 'orders',
      MaxResults: 2,
      ShardFilter,
    });
    const { NextToken } = first;
    const second = await call<Page>('ListShards', { NextToken, MaxResults: 2 });
    assert.deepEqual(
      [...first.Shards, ...second.Shards].map(({ ShardId }) => ShardId.at(-1)),
      ['1', '2', '3', '4'],
    );
    assert.equal(second.NextToken, undefined);
    assert.equal((await shards()).length, 5);
    await assert.rejects(
      call('ListShards', { NextToken: 'bad' }),
      fails('InvalidArgumentException'),
    );
  });
});
