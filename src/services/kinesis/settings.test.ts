import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { fails, start } from './harness.test.ts';

const StreamName = 'orders';

describe('settings of a stream', () => {
  it('keep records from 24 to 8760 hours', async () => {
    const { call, clock, create } = await start();
    await create(StreamName);
    const set = async (direction: string, RetentionPeriodHours: number) => {
      await call(`${direction}StreamRetentionPeriod`, { StreamName, RetentionPeriodHours });
      await clock.advance(1000);
    };
    await assert.rejects(set('Decrease', 23), fails('InvalidArgumentException', /too short/));
    await assert.rejects(set('Increase', 8761), fails('InvalidArgumentException', /too long/));
    await set('Increase', 8760);
    await assert.rejects(set('Increase', 24), fails('InvalidArgumentException', /Decrease/));
    await set('Decrease', 24);
  });

  it('answer encryption and monitoring as they were set', async () => {
    const { call, clock, create } = await start();
    const { put } = await create(StreamName);
    const key = { StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' };
    await call('StartStreamEncryption', key);
    assert.equal((await put('x')).EncryptionType, 'KMS');
    await clock.advance(1000);
    await call('StopStreamEncryption', key);
    assert.equal((await put('x')).EncryptionType, undefined);
    await clock.advance(1000);
    const ShardLevelMetrics = ['IncomingBytes'];
    const answer = await call('EnableEnhancedMonitoring', { StreamName, ShardLevelMetrics });
    assert.deepEqual(answer['CurrentShardLevelMetrics'], []);
    assert.deepEqual(answer['DesiredShardLevelMetrics'], ShardLevelMetrics);
  });

  it('take larger records once the bound was raised', async () => {
    const { call, create } = await start();
    const { arn } = await create(StreamName);
    const record = { StreamName, PartitionKey: 'k', Data: new Uint8Array(1_048_577) };
    await assert.rejects(call('PutRecord', record), fails('ValidationException'));
    await call('UpdateMaxRecordSize', { StreamARN: arn, MaxRecordSizeInKiB: 2048 });
    await call('PutRecord', record);
  });
});

describe('a stream that spreads its records itself', () => {
  it('takes records without a partition key, which others refuse', async () => {
    const { call, clock, create } = await start();
    const { arn: StreamARN, texts } = await create(StreamName);
    const record = { StreamName, Data: utf8('x') };
    await assert.rejects(call('PutRecord', record), fails('ValidationException', /partitionKey/));
    const strategy = { StreamARN, RecordDistributionStrategy: 'AUTO' };
    await call('UpdateStreamRecordDistributionStrategy', strategy);
    await call('PutRecord', record);
    await clock.advance(1000);
    const warm = await call('UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps: 5 });
    assert.deepEqual(warm['WarmThroughput'], { TargetMiBps: 5 });
    assert.deepEqual(await texts('TRIM_HORIZON'), ['x']);
  });
});

describe('tags and policies', () => {
  it('are of a stream, 50 at most', async () => {
    const { call, create } = await start();
    const { arn: ResourceARN } = await create(StreamName);
    const tags = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
    await call('AddTagsToStream', { StreamName, Tags: tags(50) });
    await assert.rejects(
      call('AddTagsToStream', { StreamName, Tags: { more: 'v' } }),
      fails('LimitExceededException'),
    );
    await call('RemoveTagsFromStream', { StreamName, TagKeys: Object.keys(tags(49)) });
    const listed = await call('ListTagsForStream', { StreamName });
    assert.deepEqual(listed, { Tags: [{ Key: 'k49', Value: 'v' }], HasMoreTags: false });
    await call('UntagResource', { ResourceARN, TagKeys: ['k49'] });
    assert.deepEqual(await call('ListTagsForResource', { ResourceARN }), { Tags: [] });
  });

  it('answer an empty policy where none was put', async () => {
    const { call, create } = await start();
    const { arn: ResourceARN } = await create(StreamName);
    const Policy = '{"Version":"2012-10-17","Statement":[]}';
    assert.deepEqual(await call('GetResourcePolicy', { ResourceARN }), { Policy: '{}' });
    await call('PutResourcePolicy', { ResourceARN, Policy });
    assert.deepEqual(await call('GetResourcePolicy', { ResourceARN }), { Policy });
    await call('DeleteResourcePolicy', { ResourceARN });
    assert.deepEqual(await call('GetResourcePolicy', { ResourceARN }), { Policy: '{}' });
  });
});

describe('consumers', () => {
  it('are registered once by name, 20 at most, and hold their stream', async () => {
    const { call, create } = await start();
    const { arn: StreamARN } = await create(StreamName);
    const register = (index: number) =>
      call('RegisterStreamConsumer', { StreamARN, ConsumerName: `c${index}` });
    for (let index = 0; index < 20; index++) await register(index);
    await assert.rejects(register(0), fails('ResourceInUseException'));
    await assert.rejects(register(20), fails('LimitExceededException'));
    const one = { StreamARN, ConsumerName: 'c0' };
    const { ConsumerDescription } = await call<{ ConsumerDescription: { ConsumerARN: string } }>(
      'DescribeStreamConsumer',
      one,
    );
    assert.match(ConsumerDescription.ConsumerARN, /:stream\/orders\/consumer\/c0:\d{10}$/);
    await call('DeregisterStreamConsumer', { ConsumerARN: ConsumerDescription.ConsumerARN });
    await assert.rejects(call('DescribeStreamConsumer', one), fails('ResourceNotFoundException'));
    await assert.rejects(call('DeleteStream', { StreamName }), fails('ResourceInUseException'));
    await call('DeleteStream', { StreamName, EnforceConsumerDeletion: true });
  });
});
