import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { present } from '#kernel/assert.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kernel/units.ts';
import type { Record as StreamsRecord } from '#aws/models/dynamodbstreams.types.gen.ts';
import { refusal, REGION, simpleTable, startDynamodb } from '../../../test/support/dynamodb.ts';
import type { TestDynamodb } from '../../../test/support/dynamodb.ts';

let db: TestDynamodb;
let StreamArn: string;
const TableName = 'tab';
const key = (h: string): { h: { S: string } } => ({ h: { S: h } });
const put = (item: object) => db.call('PutItem', { TableName, Item: item as never });

async function start(StreamViewType = 'NEW_AND_OLD_IMAGES'): Promise<void> {
  db = await startDynamodb();
  const { TableDescription } = await db.call('CreateTable', {
    ...simpleTable(),
    StreamSpecification: { StreamEnabled: true, StreamViewType },
  });
  StreamArn = present(TableDescription?.LatestStreamArn, 'a stream was asked for');
}

async function iterator(ShardIteratorType: string, more: object = {}): Promise<string> {
  const { StreamDescription } = await db.streams('DescribeStream', { StreamArn });
  const ShardId = present(StreamDescription?.Shards?.[0]?.ShardId, 'one shard');
  const { ShardIterator } = await db.streams('GetShardIterator', {
    StreamArn,
    ShardId,
    ShardIteratorType,
    ...more,
  });
  return present(ShardIterator, 'given');
}

async function records(from?: string): Promise<readonly StreamsRecord[]> {
  const ShardIterator = from ?? (await iterator('TRIM_HORIZON'));
  return (await db.streams('GetRecords', { ShardIterator })).Records ?? [];
}

describe('a stream', () => {
  beforeEach(async () => {
    await start();
  });

  test('is described as AWS does', async () => {
    // recordings/dynamodb test_transact_write_items_streaming
    const { StreamDescription } = await db.streams('DescribeStream', { StreamArn });
    const shard = StreamDescription?.Shards?.[0];
    assert.match(shard?.ShardId ?? '', /^shardId-\d{20}-[0-9a-f]{8}$/);
    assert.match(shard?.SequenceNumberRange?.StartingSequenceNumber ?? '', /^\d{21}$/);
    assert.deepEqual(StreamDescription, {
      CreationRequestDateTime: db.clock.now(),
      KeySchema: [{ AttributeName: 'h', KeyType: 'HASH' }],
      Shards: [shard],
      StreamArn,
      StreamLabel: '2026-01-01T00:00:00.000',
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      TableName,
    });
    assert.deepEqual(await db.streams('ListStreams', {}), {
      Streams: [{ StreamArn, StreamLabel: '2026-01-01T00:00:00.000', TableName }],
    });
    assert.deepEqual(await db.streams('ListStreams', { TableName: 'other' }), { Streams: [] });
  });

  test('tells every change, in order, and nothing where nothing changed', async () => {
    await put({ ...key('a'), b: { B: Buffer.from('x') } });
    await put({ ...key('a'), b: { B: Buffer.from('x') } });
    await db.call('UpdateItem', { TableName, Key: key('a'), UpdateExpression: 'REMOVE b' });
    await db.call('DeleteItem', { TableName, Key: key('no') });
    await db.call('DeleteItem', { TableName, Key: key('a') });
    const found = await records();
    assert.deepEqual(
      found.map((record) => record.eventName),
      ['INSERT', 'MODIFY', 'REMOVE'],
    );
    const [insert, modify, remove] = found.map((record) => record.dynamodb);
    assert.deepEqual(found[0], {
      awsRegion: REGION,
      dynamodb: {
        ApproximateCreationDateTime: db.clock.now(),
        Keys: key('a'),
        NewImage: { ...key('a'), b: { B: Buffer.from('x') } },
        SequenceNumber: insert?.SequenceNumber,
        SizeBytes: 6,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventID: found[0]?.eventID,
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventVersion: '1.1',
    });
    assert.deepEqual([modify?.NewImage, modify?.OldImage?.['b']?.B], [key('a'), Buffer.from('x')]);
    assert.deepEqual([remove?.NewImage, remove?.OldImage], [undefined, key('a')]);
    assert.ok(BigInt(insert?.SequenceNumber ?? 0) < BigInt(modify?.SequenceNumber ?? 0));
    assert.equal(new Set(found.map((record) => record.eventID)).size, 3);
  });

  test('weighs records as recorded', async () => {
    // recordings/dynamodb test_transact_write_items_streaming: SizeBytes 12, 16, 46, 43, 38, 26
    const Update = (h: string, UpdateExpression: string, values: object): object => ({
      Update: {
        TableName,
        Key: { id: { S: h } },
        UpdateExpression,
        ExpressionAttributeValues: values,
      },
    });
    await db.call('CreateTable', {
      TableName: 'ids',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    StreamArn = StreamArn.replace('table/tab', 'table/ids');
    const transact = (...items: readonly object[]) =>
      db.call('TransactWriteItems', {
        TransactItems: items.map((item) =>
          JSON.parse(JSON.stringify(item).replaceAll('"tab"', '"ids"')),
        ),
      });
    await transact({ Put: { TableName, Item: { id: { S: 'Fred' } } } });
    await transact(
      { Put: { TableName, Item: { id: { S: 'NewKey' } } } },
      {
        Put: {
          TableName,
          Item: { id: { S: 'Other' } },
          ConditionExpression: 'attribute_not_exists(id)',
        },
      },
    );
    await transact(
      Update('NewKey', 'SET attr1 = :a, attr2 = :b', {
        ':a': { S: 'value1' },
        ':b': { S: 'value2' },
      }),
    );
    await transact(Update('NonExistentKey', 'SET attr1 = :a', { ':a': { S: 'value1' } }));
    await transact({ Delete: { TableName, Key: { id: { S: 'NewKey' } } } });
    const sizes = (await records()).map((record) => record.dynamodb?.SizeBytes);
    assert.deepEqual(sizes, [12, 16, 14, 46, 43, 38]);
  });

  test('is read from everywhere', async () => {
    const latest = await iterator('LATEST');
    for (const h of ['a', 'b', 'c']) await put(key(h));
    const names = async (from: string): Promise<unknown> =>
      (await records(from)).map((record) => record.dynamodb?.Keys?.['h']?.S);
    assert.deepEqual(await names(latest), ['a', 'b', 'c']);
    const SequenceNumber = present((await records())[1]?.dynamodb?.SequenceNumber, 'read');
    assert.deepEqual(await names(await iterator('AT_SEQUENCE_NUMBER', { SequenceNumber })), [
      'b',
      'c',
    ]);
    assert.deepEqual(await names(await iterator('AFTER_SEQUENCE_NUMBER', { SequenceNumber })), [
      'c',
    ]);
    const first = await db.streams('GetRecords', {
      ShardIterator: await iterator('TRIM_HORIZON'),
      Limit: 2,
    });
    assert.equal(first.Records?.length, 2);
    assert.deepEqual(await names(present(first.NextShardIterator, 'more')), ['c']);
    assert.equal(
      (await refusal(iterator('AT_SEQUENCE_NUMBER', { SequenceNumber: '1'.repeat(30) })))[0],
      'ValidationException',
    );
  });

  test('lets iterators expire after 15 minutes', async () => {
    const ShardIterator = await iterator('TRIM_HORIZON');
    await db.clock.advance(15 * MINUTE_MS);
    await db.streams('GetRecords', { ShardIterator });
    await db.clock.advance(1);
    assert.equal(
      (await refusal(db.streams('GetRecords', { ShardIterator })))[0],
      'ExpiredIteratorException',
    );
    for (const bad of ['', 'x', 'x|1|y', `${StreamArn}|1|W10`]) {
      assert.equal(
        (await refusal(db.streams('GetRecords', { ShardIterator: bad })))[0],
        'ValidationException',
      );
    }
  });

  test('keeps records for 24 hours', async () => {
    await put(key('old'));
    const SequenceNumber = present((await records())[0]?.dynamodb?.SequenceNumber, 'read');
    await db.clock.advance(HOUR_MS);
    await put(key('new'));
    await db.clock.advance(DAY_MS - HOUR_MS);
    assert.equal((await records()).length, 2);
    await db.clock.advance(1);
    assert.equal((await records()).length, 1);
    const trimmed = iterator('AT_SEQUENCE_NUMBER', { SequenceNumber });
    assert.equal((await refusal(trimmed))[0], 'TrimmedDataAccessException');
    await db.work();
    const rows = await db.database.read((queries) =>
      queries.all('SELECT sequence FROM dynamodb_stream_records'),
    );
    assert.equal(rows.length, 1);
  });

  test('ends when it is disabled, and goes a day later', async () => {
    await put(key('a'));
    await db.call('UpdateTable', { TableName, StreamSpecification: { StreamEnabled: false } });
    await put(key('b'));
    const { StreamDescription } = await db.streams('DescribeStream', { StreamArn });
    assert.equal(StreamDescription?.StreamStatus, 'DISABLED');
    assert.ok(StreamDescription.Shards?.[0]?.SequenceNumberRange?.EndingSequenceNumber);
    const read = await db.streams('GetRecords', { ShardIterator: await iterator('TRIM_HORIZON') });
    assert.deepEqual([read.Records?.length, read.NextShardIterator], [1, undefined]);
    await db.clock.advance(DAY_MS + 1);
    await db.work();
    assert.equal(
      (await refusal(db.streams('DescribeStream', { StreamArn })))[0],
      'ResourceNotFoundException',
    );
  });
});

test('a stream shows the images that its view type asks for', async () => {
  const shown: Record<string, readonly string[]> = {};
  for (const view of ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) {
    await start(view);
    await put({ ...key('a'), v: { N: '1' } });
    await put({ ...key('a'), v: { N: '2' } });
    const images = (await records())[1]?.dynamodb ?? {};
    shown[view] = Object.keys(images).filter((name) => name.endsWith('Image'));
  }
  assert.deepEqual(shown, {
    KEYS_ONLY: [],
    NEW_IMAGE: ['NewImage'],
    OLD_IMAGE: ['OldImage'],
    NEW_AND_OLD_IMAGES: ['NewImage', 'OldImage'],
  });
});

test('pollers read a stream by sequence numbers, in the shape of a function event, and are woken', async () => {
  await start();
  const { streamReader: reader } = db;
  let wakeups = 0;
  using _subscription = db.wakeups.subscribe(reader.wakeupTopic(StreamArn), () => (wakeups += 1));
  await put({ ...key('a'), b: { B: Buffer.from('foobar') } });
  await db.clock.settle();
  assert.equal(wakeups, 1);
  const [shard] = present(await reader.getShards(StreamArn), 'the stream is there');
  const { shardId, latestSequenceNumber } = present(shard, 'one shard');
  const read = present(await reader.read(StreamArn, shardId, undefined, 10), 'the shard is there');
  const [record] = read.records;
  assert.equal(record?.id, latestSequenceNumber);
  // recordings/lambda/lambda_integration_dynamodbstreams
  const event = record?.event as { readonly eventID: string }; // Looked at whole below.
  assert.deepEqual(event, {
    eventID: event.eventID,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: db.clock.now() / 1000,
      Keys: key('a'),
      NewImage: { ...key('a'), b: { B: 'Zm9vYmFy' } },
      SequenceNumber: latestSequenceNumber,
      SizeBytes: 2 + 2 + 7,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: StreamArn,
  });
  assert.deepEqual(await reader.read(StreamArn, shardId, latestSequenceNumber, 10), {
    records: [],
    isAtEnd: false,
  });
  assert.equal(await reader.getShards(`${StreamArn}x`), undefined);
});

describe('time to live', () => {
  beforeEach(async () => {
    await start();
  });
  const seconds = (offsetMs: number): { N: string } => ({
    N: String(Math.floor((db.clock.now() + offsetMs) / 1000)),
  });
  const enable = (Enabled = true) =>
    db.call('UpdateTimeToLive', {
      TableName,
      TimeToLiveSpecification: { Enabled, AttributeName: 'ttl' },
    });
  const names = async (): Promise<unknown> =>
    (await db.call('Scan', { TableName })).Items?.map((item) => item['h']?.S).toSorted();

  test('removes what has expired, as the service, and nothing else', async () => {
    await put({ ...key('before'), ttl: seconds(-60_000) });
    await enable();
    await put({ ...key('past'), ttl: seconds(-1000) });
    await put({ ...key('now'), ttl: seconds(0) });
    await put({ ...key('future'), ttl: seconds(1000) });
    await put({ ...key('text'), ttl: { S: '1' } });
    await put({ ...key('ancient'), ttl: seconds(-6 * 365 * DAY_MS) });
    await put(key('none'));
    const latest = await iterator('LATEST');
    await db.work();
    assert.deepEqual(await names(), ['ancient', 'future', 'none', 'now', 'text']);
    const removed = await records(latest);
    assert.deepEqual(
      removed.map((record) => record.eventName),
      ['REMOVE', 'REMOVE'],
    );
    assert.deepEqual(removed[0]?.userIdentity, {
      PrincipalId: 'dynamodb.amazonaws.com',
      Type: 'Service',
    });
    await db.clock.advance(2000);
    await db.work();
    assert.deepEqual(await names(), ['ancient', 'none', 'text']);
  });

  test('keeps what was given more time meanwhile', async () => {
    await enable();
    await put({ ...key('a'), ttl: seconds(-1000) });
    await put({ ...key('a'), ttl: seconds(60_000) });
    await db.work();
    assert.deepEqual(await names(), ['a']);
  });

  test('is described, and refused twice', async () => {
    assert.deepEqual(await db.call('DescribeTimeToLive', { TableName }), {
      TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
    });
    assert.deepEqual(await refusal(enable(false)), [
      'ValidationException',
      'TimeToLive is already disabled',
    ]);
    assert.deepEqual(await enable(), {
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
    });
    assert.deepEqual(await db.call('DescribeTimeToLive', { TableName }), {
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
    });
    assert.deepEqual(await refusal(enable()), [
      'ValidationException',
      'TimeToLive is already enabled',
    ]);
    await enable(false);
    await put({ ...key('a'), ttl: seconds(-1000) });
    await db.work();
    assert.deepEqual(await names(), ['a']);
  });
});
