/** awsJson 1.0 and 1.1, through AWS's clients for DynamoDB, SQS, EventBridge, Kinesis and CloudWatch Logs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudWatchLogsClient, StartLiveTailCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { KinesisClient, PutRecordCommand, GetRecordsCommand } from '@aws-sdk/client-kinesis';
import { QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { modelledError } from '#aws/error-model.ts';
import { dynamodb } from '#aws/models/dynamodb.gen.ts';
import { sqs } from '#aws/models/sqs.gen.ts';
import { clientSettings, disposable, listen, REQUEST_ID, type Received } from './loopback.ts';

test('every type of attribute goes in and comes back', async () => {
  const item = {
    key: { S: 'ü' },
    number: { N: '12345678901234567890123456789012345678' },
    bytes: { B: Uint8Array.of(0, 255, 128) },
    flag: { BOOL: false },
    nothing: { NULL: true },
    list: { L: [{ S: 'a' }, { M: { deep: { BS: [Uint8Array.of(1)] } } }] },
    numbers: { NS: ['1', '2'] },
  };
  const received: Received[] = [];
  await using loopback = await listen('dynamodb', (call) => {
    received.push(call);
    return call.operation === 'GetItem' ? { Item: item } : {};
  });
  using client = disposable(new DynamoDBClient(clientSettings(loopback)));
  await client.send(new PutItemCommand({ TableName: 'table', Item: item }));
  const input = { TableName: 'table', Key: { key: { S: 'ü' } } };
  const output = await client.send(new GetItemCommand(input));
  assert.deepEqual(received[0], {
    operation: 'PutItem',
    protocol: 'awsJson1_0',
    input: { TableName: 'table', Item: item },
  });
  assert.deepEqual(output.Item, item);
  assert.equal(output.$metadata.requestId, REQUEST_ID);
});

test("an error is of the client's class, with its further members", async () => {
  await using loopback = await listen('dynamodb', () => {
    const message = 'The conditional request failed';
    throw modelledError(dynamodb, 'ConditionalCheckFailedException', message, {
      Item: { key: { S: 'a' } },
    });
  });
  using client = disposable(new DynamoDBClient(clientSettings(loopback)));
  const send = client.send(new PutItemCommand({ TableName: 'table', Item: {} }));
  await assert.rejects(send, (error) => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.equal(error.message, 'The conditional request failed');
    assert.deepEqual(error.Item, { key: { S: 'a' } });
    assert.equal(error.$metadata.httpStatusCode, 400);
    return true;
  });
});

test("SQS's errors carry the codes of its older protocol", async () => {
  await using loopback = await listen('sqs', () => {
    throw modelledError(sqs, 'QueueDoesNotExist', 'The specified queue does not exist.');
  });
  using client = disposable(new SQSClient(clientSettings(loopback)));
  const send = client.send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'b' }));
  await assert.rejects(send, (error) => {
    assert.ok(error instanceof QueueDoesNotExist);
    assert.equal(error.name, 'QueueDoesNotExist');
    assert.deepEqual(Reflect.get(error, 'Code'), 'AWS.SimpleQueueService.NonExistentQueue');
    return true;
  });
});

test('moments and blobs keep their values', async () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  const received: Received[] = [];
  await using events = await listen('events', (call) => {
    received.push(call);
    return { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] };
  });
  using client = disposable(new EventBridgeClient(clientSettings(events)));
  const entry = { Time: new Date(at), Source: 's', DetailType: 't', Detail: '{}' };
  const output = await client.send(new PutEventsCommand({ Entries: [entry] }));
  assert.equal(output.Entries?.[0]?.EventId, 'e');
  assert.deepEqual(received[0]?.input['Entries'], [{ ...entry, Time: at }]);

  await using kinesis = await listen('kinesis', ({ operation, input }) =>
    operation === 'PutRecord'
      ? { ShardId: 's', SequenceNumber: String((input['Data'] as Uint8Array).length) }
      : {
          Records: [
            {
              SequenceNumber: '1',
              ApproximateArrivalTimestamp: at,
              Data: Uint8Array.of(9, 8),
              PartitionKey: 'p',
            },
          ],
        },
  );
  // Kinesis's client speaks HTTP/2, this server does not: it is given another's handler.
  const { requestHandler } = new SQSClient(clientSettings(kinesis)).config;
  using http1 = disposable(new KinesisClient({ ...clientSettings(kinesis), requestHandler }));
  const put = await http1.send(
    new PutRecordCommand({ StreamName: 's', PartitionKey: 'p', Data: Uint8Array.of(1, 2, 3) }),
  );
  assert.equal(put.SequenceNumber, '3');
  const got = await http1.send(new GetRecordsCommand({ ShardIterator: 'i' }));
  assert.deepEqual(got.Records?.[0]?.Data, Uint8Array.of(9, 8));
  assert.equal(got.Records?.[0]?.ApproximateArrivalTimestamp?.getTime(), at);
});

test("a live tail's events follow its initial response", async () => {
  await using loopback = await listen('logs', () => ({
    responseStream: (async function* () {
      yield { sessionStart: { sessionId: 'session' } };
      yield { sessionUpdate: { sessionResults: [{ message: 'line', timestamp: 7 }] } };
    })(),
  }));
  using client = disposable(
    new CloudWatchLogsClient({ ...clientSettings(loopback), disableHostPrefix: true }),
  );
  const output = await client.send(
    new StartLiveTailCommand({
      logGroupIdentifiers: ['arn:aws:logs:us-east-1:123456789012:log-group:g'],
    }),
  );
  const kinds: string[] = [];
  for await (const event of output.responseStream ?? []) {
    kinds.push(...Object.keys(event));
    if (event.sessionUpdate) {
      assert.equal(event.sessionUpdate.sessionResults?.[0]?.message, 'line');
    }
  }
  assert.deepEqual(kinds, ['sessionStart', 'sessionUpdate']);
});

test('an unknown operation and a body that is no JSON are refused', async () => {
  await using loopback = await listen('dynamodb', () => ({ TableNames: [] }));
  const post = async (target: string, body: string): Promise<readonly [number, unknown]> => {
    const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
    const response = await fetch(loopback.endpoint, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  };
  assert.deepEqual(await post('DynamoDB_20120810.Nothing', '{}'), [
    400,
    { __type: 'com.amazon.coral.service#UnknownOperationException' },
  ]);
  const serialization = 'com.amazon.coral.service#SerializationException';
  assert.deepEqual(await post('DynamoDB_20120810.ListTables', '{'), [
    400,
    { __type: serialization },
  ]);
  assert.deepEqual(await post('DynamoDB_20120810.ListTables', '{"Limit":"1"}'), [
    400,
    { __type: serialization, Message: 'STRING_VALUE cannot be converted to Integer' },
  ]);
  assert.deepEqual(await post('DynamoDB_20120810.ListTables', '{"Unknown":[1]}'), [
    200,
    { TableNames: [] },
  ]);
  using client = disposable(new DynamoDBClient(clientSettings(loopback)));
  assert.deepEqual((await client.send(new ListTablesCommand({}))).TableNames, []);
});
