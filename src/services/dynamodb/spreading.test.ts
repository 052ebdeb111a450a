/** Where changes go beside their table: other Regions' replicas, and streams of Kinesis. */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { refusal, REGION, simpleTable, startDynamodb } from '../../../test/support/dynamodb.ts';
import type { TestDynamodb } from '../../../test/support/dynamodb.ts';

let db: TestDynamodb;
beforeEach(async () => {
  db = await startDynamodb();
  await db.call('CreateTable', simpleTable());
});

const TableName = 'tab';
const OTHER = 'us-west-2';
const put = (h: string, region?: string, more: object = {}) =>
  db.call('PutItem', { TableName, Item: { h: { S: h }, ...more } }, region);
const names = async (region?: string) => {
  const { Items } = await db.call('Scan', { TableName }, region);
  return Items?.map(({ h }) => h?.S).toSorted();
};
const replicate = (region = OTHER) =>
  db.call('UpdateTable', { TableName, ReplicaUpdates: [{ Create: { RegionName: region } }] });

describe('a global table', () => {
  test('is written in every Region, from every Region', async () => {
    await put('before');
    await replicate();
    await put('here');
    await put('there', OTHER);
    assert.deepEqual(await names(OTHER), ['here', 'there']);
    await db.work();
    assert.deepEqual(await names(), ['before', 'here', 'there']);
    assert.deepEqual(await names(OTHER), ['before', 'here', 'there']);
    await db.call('DeleteItem', { TableName, Key: { h: { S: 'here' } } }, OTHER);
    assert.deepEqual(await names(), ['before', 'there']);
    const key = { h: { S: 'there' } };
    await db.call('TransactWriteItems', { TransactItems: [{ Delete: { TableName, Key: key } }] });
    assert.deepEqual(await names(OTHER), ['before']);
  });

  // Recorded: dynamodb.json TestDynamoDB::test_streams_on_global_tables
  test('tells of its replicas, and has a stream in each Region', async () => {
    await replicate();
    await replicate('eu-west-1');
    for (const [region, others] of [
      [REGION, [OTHER, 'eu-west-1']],
      [OTHER, [REGION, 'eu-west-1']],
      ['eu-west-1', [REGION, OTHER]],
    ] as const) {
      const { Table } = await db.call('DescribeTable', { TableName }, region);
      const found = Table?.Replicas?.map(({ RegionName }) => RegionName);
      assert.deepEqual(new Set(found), new Set<string | undefined>(others));
      assert.equal(Table?.GlobalTableVersion, '2019.11.21');
      assert.match(Table?.LatestStreamArn ?? '', new RegExp(`:${region}:`));
    }
  });

  test('loses a replica, whose items and name are free then', async () => {
    await replicate();
    await put('one');
    const ReplicaUpdates = [{ Delete: { RegionName: OTHER } }];
    await db.call('UpdateTable', { TableName, ReplicaUpdates });
    await db.work();
    assert.deepEqual(await names(), ['one']);
    assert.equal((await refusal(names(OTHER)))[0], 'ResourceNotFoundException');
    await db.call('CreateTable', simpleTable(), OTHER);
    await put('two');
    assert.deepEqual(await names(OTHER), []);
    const { Table } = await db.call('DescribeTable', { TableName });
    assert.equal(Table?.Replicas, undefined);
  });

  test('forgets a replica that was deleted in its own Region', async () => {
    await replicate();
    await db.call('DeleteTable', { TableName }, OTHER);
    await put('one');
    const { Table } = await db.call('DescribeTable', { TableName });
    assert.equal(Table?.Replicas, undefined);
  });

  test('is refused where there is a table already, and in no Region', async () => {
    await db.call('CreateTable', simpleTable(), OTHER);
    assert.equal((await refusal(replicate()))[0], 'ResourceInUseException');
    assert.equal((await refusal(replicate(REGION)))[0], 'ValidationException');
    assert.equal((await refusal(replicate('nowhere')))[0], 'ValidationException');
  });
});

describe('a Kinesis streaming destination', () => {
  const StreamArn = `arn:aws:kinesis:${REGION}:111111111111:stream/changes`;
  const enable = (more: object = {}) =>
    db.call('EnableKinesisStreamingDestination', { TableName, StreamArn, ...more });

  // Recorded: dynamodb_streams.json TestDynamoDBStreams::test_enable_kinesis_streaming_destination
  test('is given each change with its images', async () => {
    await enable();
    await put('test');
    await put('test', undefined, { v: { N: '1' } });
    await put('test', undefined, { v: { N: '1' } });
    await db.call('DeleteItem', { TableName, Key: { h: { S: 'test' } } });
    const records = db.deliveries.map(({ payload }) => JSON.parse(Buffer.from(payload).toString()));
    assert.deepEqual(
      records.map(({ eventName }) => eventName),
      ['INSERT', 'MODIFY', 'REMOVE'],
    );
    const [{ eventID, ...first }] = records;
    assert.match(eventID, /^[0-9a-f-]{36}$/);
    assert.deepEqual(first, {
      awsRegion: REGION,
      eventName: 'INSERT',
      userIdentity: null,
      recordFormat: 'application/json',
      tableName: TableName,
      dynamodb: {
        ApproximateCreationDateTime: db.clock.now(),
        Keys: { h: { S: 'test' } },
        NewImage: { h: { S: 'test' } },
        SizeBytes: 10,
      },
      eventSource: 'aws:dynamodb',
    });
    const keys = new Set(db.deliveries.map(({ options }) => options?.partitionKey));
    assert.equal(keys.size, 1);
  });

  test('is in the account and Region of its table', async () => {
    for (const [part, other] of [
      ['111111111111', '222222222222'],
      [REGION, OTHER],
    ] as const) {
      const far = enable({ StreamArn: StreamArn.replace(part, other) });
      assert.equal((await refusal(far))[0], 'ValidationException', other);
    }
  });

  test('is told until it is disabled, and shown after', async () => {
    const EnableKinesisStreamingConfiguration = {
      ApproximateCreationDateTimePrecision: 'MICROSECOND',
    };
    await enable({ EnableKinesisStreamingConfiguration });
    assert.equal((await refusal(enable()))[0], 'ValidationException');
    await db.call('DisableKinesisStreamingDestination', { TableName, StreamArn });
    await put('unheard');
    assert.equal(db.deliveries.length, 0);
    const shown = await db.call('DescribeKinesisStreamingDestination', { TableName });
    assert.deepEqual(shown.KinesisDataStreamDestinations, [
      {
        StreamArn,
        DestinationStatus: 'DISABLED',
        ApproximateCreationDateTimePrecision: 'MICROSECOND',
      },
    ]);
    await enable();
    await put('heard');
    assert.equal(db.deliveries.length, 1);
  });

  test('must be there', async () => {
    const missing = enable({ StreamArn: `${StreamArn}/missing` });
    assert.equal((await refusal(missing))[0], 'ResourceNotFoundException');
    const other = enable({ StreamArn: 'arn:aws:sqs:eu-west-1:111111111111:queue' });
    assert.equal((await refusal(other))[0], 'ValidationException');
    const update = db.call('UpdateKinesisStreamingDestination', { TableName, StreamArn });
    assert.equal((await refusal(update))[0], 'ValidationException');
  });
});
