import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import { simpleTable, startDynamodb } from '../../../test/support/dynamodb.ts';

async function startWithTable() {
  const data: MetricDatum[] = [];
  const dynamodb = await startDynamodb({ put: (some) => data.push(...some) });
  await dynamodb.call('CreateTable', {
    TableName: 'people',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'name', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'names',
        KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  /** What was told since it was asked last, by dimensions and name. */
  const take = (): Record<string, number> =>
    Object.fromEntries(
      data.splice(0).map(({ namespace, dimensions, name, value }) => {
        assert.equal(namespace, 'AWS/DynamoDB');
        return [[...Object.values(dimensions), name].join(' '), value];
      }),
    );
  return { ...dynamodb, dynamodb, take };
}

const ada = { id: { S: '1' }, name: { S: 'Ada' } };

it('tells what writes and reads consume, of tables and of their indexes', async () => {
  const { call, take } = await startWithTable();
  assert.deepEqual(await call('PutItem', { TableName: 'people', Item: ada }), {});
  assert.deepEqual(take(), {
    'people ConsumedWriteCapacityUnits': 1,
    'people names ConsumedWriteCapacityUnits': 1,
    'people PutItem SuccessfulRequestLatency': 0,
  });
  await call('GetItem', { TableName: 'people', Key: { id: ada.id }, ConsistentRead: true });
  assert.deepEqual(take(), {
    'people ConsumedReadCapacityUnits': 1,
    'people GetItem SuccessfulRequestLatency': 0,
  });
  await call('Scan', { TableName: 'people' });
  assert.deepEqual(take(), {
    'people ConsumedReadCapacityUnits': 0.5,
    'people Scan SuccessfulRequestLatency': 0,
    'people Scan ReturnedItemCount': 1,
  });
  await call('Scan', { TableName: 'people', Select: 'COUNT' });
  assert.equal(take()['people Scan ReturnedItemCount'], 1);
  const Statement = "SELECT * FROM people WHERE id = '1'";
  await call('ExecuteStatement', { Statement });
  assert.equal(take()['people ConsumedReadCapacityUnits'], 0.5);
});

it('tells of a batch of statements what each consumed, and once how long it took', async () => {
  const data: MetricDatum[] = [];
  await using dynamodb = await startDynamodb({ put: (some) => data.push(...some) });
  await dynamodb.call('CreateTable', simpleTable());
  const Statements = ['1', '2'].map((h) => ({ Statement: `INSERT INTO tab VALUE {'h': '${h}'}` }));
  await dynamodb.call('BatchExecuteStatement', { Statements });
  assert.deepEqual(
    data.map(({ name, value }) => [name, value]),
    [
      ['ConsumedWriteCapacityUnits', 1],
      ['ConsumedWriteCapacityUnits', 1],
      ['SuccessfulRequestLatency', 0],
    ],
  );
});

it('answers as much of what is consumed as was asked for', async () => {
  const { call } = await startWithTable();
  const put = (ReturnConsumedCapacity: 'INDEXES' | 'NONE' | 'TOTAL', id: string) =>
    call('PutItem', {
      TableName: 'people',
      Item: { ...ada, id: { S: id } },
      ReturnConsumedCapacity,
    });
  assert.deepEqual(await put('NONE', 'a'), {});
  const total = { TableName: 'people', CapacityUnits: 2 };
  assert.deepEqual(await put('TOTAL', 'b'), { ConsumedCapacity: total });
  assert.deepEqual(await put('INDEXES', 'c'), {
    ConsumedCapacity: {
      ...total,
      Table: { CapacityUnits: 1 },
      GlobalSecondaryIndexes: { names: { CapacityUnits: 1 } },
    },
  });
  const transaction = await call('TransactWriteItems', {
    TransactItems: [{ Put: { TableName: 'people', Item: { ...ada, id: { S: 'd' } } } }],
    ReturnConsumedCapacity: 'TOTAL',
  });
  assert.deepEqual(transaction.ConsumedCapacity, [
    { TableName: 'people', CapacityUnits: 4, WriteCapacityUnits: 4 },
  ]);
});

it('tells of conditions that failed by table, and of other errors of users by account', async () => {
  const { call, take } = await startWithTable();
  const put = (ConditionExpression: string) =>
    call('PutItem', { TableName: 'people', Item: ada, ConditionExpression });
  await assert.rejects(put('attribute_exists(id)'));
  assert.deepEqual(take(), { 'people ConditionalCheckFailedRequests': 1 });
  await assert.rejects(put('nonsense('));
  assert.deepEqual(take(), { UserErrors: 1 });
  const Statement = "UPDATE people SET x = 1 WHERE id = '1' AND name = 'Ada'";
  await assert.rejects(call('ExecuteStatement', { Statement }));
  assert.deepEqual(take(), { 'people ConditionalCheckFailedRequests': 1 });
  await call('BatchExecuteStatement', { Statements: [{ Statement }] });
  assert.deepEqual(take(), { 'people ConditionalCheckFailedRequests': 1 });
});

it('tells of errors of users in whatever they ask, of streams too', async () => {
  const { call, streams, take } = await startWithTable();
  await assert.rejects(call('DescribeTable', { TableName: 'nobody' }));
  assert.deepEqual(take(), { UserErrors: 1 });
  await assert.rejects(streams('GetRecords', { ShardIterator: 'x' }));
  assert.deepEqual(take(), { UserErrors: 1 });
});

it('tells of items whose time was over', async () => {
  const { call, clock, work, take } = await startWithTable();
  const TimeToLiveSpecification = { AttributeName: 'until', Enabled: true };
  await call('UpdateTimeToLive', { TableName: 'people', TimeToLiveSpecification });
  const until = { N: String(Math.floor(clock.now() / 1000) - 60) };
  await call('PutItem', { TableName: 'people', Item: { ...ada, until } });
  take();
  await work();
  assert.deepEqual(take(), { 'people TimeToLiveDeletedItemCount': 1 });
});

it('tells where a table is of what is done to it by its ARN from elsewhere', async () => {
  const data: MetricDatum[] = [];
  await using dynamodb = await startDynamodb({ put: (some) => data.push(...some) });
  const created = await dynamodb.call('CreateTable', simpleTable(), 'eu-west-1');
  const TableName = created.TableDescription?.TableArn ?? '';
  data.length = 0;
  const put = { TableName, Item: { h: { S: '1' } } };
  await dynamodb.call('PutItem', put);
  const ConditionExpression = 'attribute_not_exists(h)';
  await assert.rejects(dynamodb.call('PutItem', { ...put, ConditionExpression }));
  assert.deepEqual(
    data.map(({ name, region, dimensions }) => [name, region, dimensions['TableName']]),
    [
      ['ConsumedWriteCapacityUnits', 'eu-west-1', 'tab'],
      ['SuccessfulRequestLatency', 'eu-west-1', 'tab'],
      ['ConditionalCheckFailedRequests', 'eu-west-1', 'tab'],
    ],
  );
});
