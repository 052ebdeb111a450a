/**
 * Queues and streams drive functions of a started server, which is killed in between: each message and each
 * change that was acknowledged leaves its item.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createClients, zipOf, type Clients } from './clients.ts';

const MESSAGES = 60;
/** A machine that is busy with other things is slow, not wrong: only a standstill fails. */
const STANDSTILL_MS = 60_000;
const HANDLER = `
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
const dynamodb = new DynamoDBClient({});
const put = (id) =>
  dynamodb.send(new PutItemCommand({ TableName: 'handled', Item: { id: { S: id } } }));
export const handler = (event) =>
  Promise.all(event.Records.map((record) => put(record.body ?? record.dynamodb.Keys.id.S)));
`;

test(
  'every message and every change is handled, though the server is killed twice',
  { timeout: 600_000 },
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'hearth-sources-'));
    let server: ExampleServer | undefined;
    try {
      server = await startServer({ dataDir });
      const { QueueUrl } = await setUp(server);
      for (let round = 0; round < 2; round += 1) {
        await load(server, QueueUrl, round);
        await server.kill();
        server = await startServer({ dataDir });
      }
      const wanted = 2 * MESSAGES * 2;
      assert.equal(await itemsWhenDone(createClients(server), wanted), wanted);
    } finally {
      await server?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
);

async function itemsWhenDone({ dynamodb }: Clients, wanted: number): Promise<number> {
  let found = 0;
  let movedAt = Date.now();
  while (found < wanted && Date.now() - movedAt < STANDSTILL_MS) {
    await sleep(200);
    const { Count = 0 } = await dynamodb.send(new ScanCommand({ TableName: 'handled' }));
    if (Count > found) movedAt = Date.now();
    found = Count;
  }
  return found;
}

async function setUp(server: ExampleServer): Promise<{ readonly QueueUrl: string }> {
  const { dynamodb, lambda } = createClients(server);
  await createTable(dynamodb, 'handled');
  const streamArn = await createTable(dynamodb, 'things');
  const Attributes = { VisibilityTimeout: '15' };
  const queue = new CreateQueueCommand({ QueueName: 'orders', Attributes });
  const { QueueUrl = '' } = await sqsOf(server).send(queue);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/f',
      Timeout: 10,
      MemorySize: 1024,
      Code: { ZipFile: await zipOf({ 'index.mjs': HANDLER }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 20 }, { FunctionName: 'f' });
  const queueArn = `arn:aws:sqs:${server.region}:${server.accountId}:orders`;
  const map = (EventSourceArn: string, more: object) =>
    lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName: 'f', EventSourceArn, ...more }),
    );
  await map(queueArn, {});
  await map(streamArn, { StartingPosition: 'LATEST', BatchSize: 10 });
  return { QueueUrl };
}

function sqsOf({ endpoint, region, credentials }: ExampleServer): SQSClient {
  return new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
}

async function createTable(dynamodb: Clients['dynamodb'], TableName: string): Promise<string> {
  const created = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 20, minDelay: 1 }, { TableName });
  return created.TableDescription?.LatestStreamArn ?? '';
}

async function load(server: ExampleServer, QueueUrl: string, round: number): Promise<void> {
  const { dynamodb } = createClients(server);
  const sqs = sqsOf(server);
  for (let index = 0; index < MESSAGES; index += 1) {
    const id = `${round}/${index}`;
    await Promise.all([
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `message ${id}` })),
      dynamodb.send(
        new PutItemCommand({ TableName: 'things', Item: { id: { S: `change ${id}` } } }),
      ),
    ]);
  }
}
