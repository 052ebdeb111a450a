/** DynamoDB through AWS's SDK for JavaScript: the whole way from the wire to the store. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListContributorInsightsCommand,
  ListTablesCommand,
  paginateScan,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { serveDynamodb } from './dynamodb-harness.ts';
import type { DynamodbServer } from './dynamodb-harness.ts';

let server: DynamodbServer;
let client: DynamoDBClient;
const TableName = 'conformance';

before(async () => {
  server = await serveDynamodb();
  client = new DynamoDBClient(server.options);
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
        { AttributeName: 'g', AttributeType: 'B' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-g',
          KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 10 }, { TableName });
});
after(async () => {
  client.destroy();
  await server[Symbol.asyncDispose]();
});

const failure = async (promise: Promise<unknown>): Promise<Error> => {
  const error: unknown = await promise.then(
    () => assert.fail('succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  return error;
};

test('items go in and come out, binaries and all', async () => {
  const Item = {
    pk: { S: 'types' },
    sk: { N: '1' },
    b: { B: new Uint8Array([0, 1, 255]) },
    bs: { BS: [new Uint8Array([1])] },
    m: { M: { l: { L: [{ N: '1' }, { NULL: true }, { BOOL: true }] } } },
    ss: { SS: ['é', 'ß'] },
  };
  await client.send(new PutItemCommand({ TableName, Item }));
  const Key = { pk: Item.pk, sk: { N: '1.0' } };
  const { Item: found } = await client.send(new GetItemCommand({ TableName, Key }));
  assert.deepEqual(found, Item);
});

test('errors are the SDK’s own classes, with their members', async () => {
  const put = new PutItemCommand({
    TableName,
    Item: { pk: { S: 'types' }, sk: { N: '1' } },
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const failed = await failure(client.send(put));
  assert.ok(failed instanceof ConditionalCheckFailedException, `${failed.name}: ${failed.message}`);
  assert.equal(failed.message, 'The conditional request failed');
  assert.deepEqual(failed.Item?.['sk'], { N: '1' });
  const missing = await failure(client.send(new DescribeTableCommand({ TableName: 'nowhere' })));
  assert.ok(missing instanceof ResourceNotFoundException);
  assert.equal(missing.message, 'Requested resource not found: Table: nowhere not found');
  const Put = {
    TableName,
    Item: { pk: { S: 'types' }, sk: { N: '1' } },
    ConditionExpression: 'attribute_not_exists(pk)',
  };
  const cancelled = await failure(
    client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] })),
  );
  assert.ok(cancelled instanceof TransactionCanceledException);
  assert.deepEqual(cancelled.CancellationReasons, [
    { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
  ]);
});

test('constraints of the model are refused in AWS words', async () => {
  // nubo-db/dynamodb-conformance, us-east-1, 2026-06
  const bad = { ReturnValues: 'INVALID', ReturnConsumedCapacity: 'INVALID' } as object;
  const Key = { pk: { S: 'a' }, sk: { N: '1' } };
  const error = await failure(client.send(new UpdateItemCommand({ TableName, Key, ...bad })));
  assert.equal(error.name, 'ValidationException');
  assert.match(
    error.message,
    /^2 validation errors detected: .*'returnConsumedCapacity'|'returnValues'/,
  );
  const requests = Array.from({ length: 26 }, (_, index) => ({
    PutRequest: { Item: { pk: { S: 'b' }, sk: { N: String(index) } } },
  }));
  const batch = new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } });
  assert.match(
    (await failure(client.send(batch))).message,
    /Member must have length less than or equal to 25/,
  );
});

test('queries, indexes and paginated scans', async () => {
  for (let index = 0; index < 30; index += 1) {
    const Item = {
      pk: { S: 'page' },
      sk: { N: String(index) },
      g: { B: new Uint8Array([index % 2]) },
    };
    await client.send(new PutItemCommand({ TableName, Item }));
  }
  const { Items } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: '#p = :p AND sk BETWEEN :a AND :b',
      ExpressionAttributeNames: { '#p': 'pk' },
      ExpressionAttributeValues: { ':p': { S: 'page' }, ':a': { N: '9' }, ':b': { N: '11' } },
    }),
  );
  assert.deepEqual(
    Items?.map((item) => item['sk']?.N),
    ['9', '10', '11'],
  );
  const byIndex = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'by-g',
      KeyConditionExpression: 'g = :g',
      ExpressionAttributeValues: { ':g': { B: new Uint8Array([1]) } },
      Select: 'COUNT',
    }),
  );
  assert.equal(byIndex.Count, 15);
  let scanned = 0;
  const filter = {
    FilterExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': { S: 'page' } },
  };
  for await (const page of paginateScan({ client, pageSize: 7 }, { TableName, ...filter })) {
    scanned += page.Count ?? 0;
  }
  assert.equal(scanned, 30);
});

test('streams are read through their own client', async () => {
  const streams = new DynamoDBStreamsClient(server.options);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const StreamArn = Table?.LatestStreamArn ?? '';
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId ?? '';
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records } = await streams.send(
    new GetRecordsCommand({ ShardIterator: ShardIterator ?? '', Limit: 1 }),
  );
  assert.equal(Records?.[0]?.eventName, 'INSERT');
  assert.deepEqual(Records[0].dynamodb?.NewImage?.['b'], { B: new Uint8Array([0, 1, 255]) });
  assert.ok(Records[0].dynamodb.ApproximateCreationDateTime instanceof Date);
  streams.destroy();
});

test('what is not built says so', async () => {
  const error = await failure(client.send(new ListContributorInsightsCommand({})));
  assert.match(error.message, /ListContributorInsights/);
});

test('tables are listed and deleted', async () => {
  await client.send(
    new CreateTableCommand({
      TableName: 'brief',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    }),
  );
  assert.deepEqual((await client.send(new ListTablesCommand({}))).TableNames, ['brief', TableName]);
  await client.send(new DeleteTableCommand({ TableName: 'brief' }));
  assert.deepEqual((await client.send(new ListTablesCommand({}))).TableNames, [TableName]);
});
