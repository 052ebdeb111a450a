/**
 * Kills the server at random moments under load, starts it again on the same data, and looks for everything
 * that it had acknowledged: objects, items, asynchronous events, messages of queues, and records of both kinds of
 * streams. Each event, message and record leaves an item, which a function writes.
 */
import assert from 'node:assert/strict';
import { createHash, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateStreamCommand,
  KinesisClient,
  PutRecordCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createClients, zipOf, type Clients } from './clients.ts';

const ROUNDS = 4;
const PAUSE_MS = 20;
const LOAD_MS_MIN = 400;
const LOAD_MS_MAX = 1500;
/** A message that was in hand at a crash is seen again after its visibility timeout. */
const VISIBILITY_SECONDS = 15;
const EVENT_DEADLINE_MS = 120_000;
const HANDLER = `
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
const dynamodb = new DynamoDBClient({});
const put = (id) =>
  dynamodb.send(new PutItemCommand({ TableName: 'crash', Item: { id: { S: id } } }));
const idOf = ({ body, dynamodb: change, kinesis }) =>
  body ?? change?.Keys.id.S ?? Buffer.from(kinesis.data, 'base64').toString();
export const handler = (event) =>
  Promise.all((event.Records?.map(idOf) ?? [event.id]).map(put));
`;

interface Acknowledged {
  readonly objects: Map<string, string>;
  readonly items: string[];
  readonly events: string[];
  readonly messages: string[];
  readonly changes: string[];
  readonly records: string[];
}

interface CrashClients extends Clients {
  readonly sqs: SQSClient;
  readonly kinesis: KinesisClient;
  readonly queueUrl: string;
}

function clientsOf(server: ExampleServer): CrashClients {
  const { endpoint, region, credentials, accountId } = server;
  const configuration = { endpoint, region, credentials, maxAttempts: 1 };
  return {
    ...createClients(server),
    sqs: new SQSClient(configuration),
    kinesis: new KinesisClient(configuration),
    queueUrl: `${endpoint}/${accountId}/crash`,
  };
}

test(
  'everything acknowledged is there after each of several crashes',
  { timeout: 300_000 },
  async (t) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'hearth-crash-'));
    const acknowledged: Acknowledged = {
      objects: new Map(),
      items: [],
      events: [],
      messages: [],
      changes: [],
      records: [],
    };
    let server: ExampleServer | undefined;
    try {
      server = await startServer({ dataDir });
      await setUp(server);
      for (let round = 0; round < ROUNDS; round++) {
        const load = runLoad(clientsOf(server), `${round}`, acknowledged);
        await sleep(randomInt(LOAD_MS_MIN, LOAD_MS_MAX));
        // On a busy machine the first answers of a server may take longer than that.
        while (!hasSomeOfEach(acknowledged)) await sleep(20);
        await server.kill();
        await load;
        server = await startServer({ dataDir });
      }
      const clients = createClients(server);
      await assertObjects(clients, acknowledged.objects);
      await assertItems(clients, acknowledged.items, 0);
      const { objects, items, ...handled } = acknowledged;
      t.diagnostic(`${objects.size} objects, ${items.length} items`);
      for (const [kind, ids] of Object.entries(handled)) {
        t.diagnostic(`${ids.length} ${kind}`);
        await assertItems(clients, ids, EVENT_DEADLINE_MS);
      }
    } finally {
      await server?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
);

function hasSomeOfEach({ objects, ...lists }: Acknowledged): boolean {
  return objects.size > 0 && Object.values(lists).every(({ length }) => length > 0);
}

async function setUp(server: ExampleServer): Promise<void> {
  const { s3, dynamodb, lambda, sqs, kinesis } = clientsOf(server);
  await s3.send(new CreateBucketCommand({ Bucket: 'crash' }));
  await createTable(dynamodb, 'crash');
  const streamArn = await createTable(dynamodb, 'changes');
  const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
  await sqs.send(new CreateQueueCommand({ QueueName: 'crash', Attributes }));
  await kinesis.send(new CreateStreamCommand({ StreamName: 'crash', ShardCount: 2 }));
  await waitUntilStreamExists(
    { client: kinesis, maxWaitTime: 20, minDelay: 1 },
    { StreamName: 'crash' },
  );
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'crash',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/crash',
      Timeout: 10,
      MemorySize: 256,
      Code: { ZipFile: await zipOf({ 'index.mjs': HANDLER }) },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 20, minDelay: 1 },
    { FunctionName: 'crash' },
  );
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:${server.region}:${server.accountId}:${resource}`;
  const sources = [
    { EventSourceArn: arn('sqs', 'crash') },
    { EventSourceArn: arn('kinesis', 'stream/crash'), StartingPosition: 'TRIM_HORIZON' },
    { EventSourceArn: streamArn, StartingPosition: 'TRIM_HORIZON', ParallelizationFactor: 2 },
  ] as const;
  for (const source of sources) {
    await lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'crash', ...source }));
  }
}

/** A table with a stream, whose ARN is answered. */
async function createTable(dynamodb: Clients['dynamodb'], TableName: string): Promise<string> {
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 20, minDelay: 1 }, { TableName });
  return TableDescription?.LatestStreamArn ?? '';
}

/** Writes until the server stops answering; records what was acknowledged. */
async function runLoad(
  clients: CrashClients,
  round: string,
  acknowledged: Acknowledged,
): Promise<void> {
  const writers = [
    (id: string) => putObject(clients, id, acknowledged.objects),
    (id: string) => putItem(clients, 'crash', id, acknowledged.items),
    (id: string) => slowly(putItem(clients, 'changes', id, acknowledged.changes)),
    (id: string) => slowly(sendMessage(clients, id, acknowledged.messages)),
    (id: string) => slowly(putRecord(clients, id, acknowledged.records)),
    (id: string) => slowly(invoke(clients, id, acknowledged.events)),
  ];
  await Promise.all(
    [0, 1, 2, 3].flatMap((lane) =>
      writers.map(async (write, kind) => {
        for (let count = 0; ; count++) {
          try {
            await write(`${round}-${lane}-${kind}-${count}`);
          } catch {
            return;
          }
        }
      }),
    ),
  );
}

async function putObject({ s3 }: Clients, id: string, objects: Map<string, string>): Promise<void> {
  const body = id.repeat(randomInt(1, 20_000));
  await s3.send(new PutObjectCommand({ Bucket: 'crash', Key: id, Body: body }));
  objects.set(id, digest(Buffer.from(body)));
}

async function putItem(
  { dynamodb }: Clients,
  TableName: string,
  id: string,
  items: string[],
): Promise<void> {
  await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
  items.push(id);
}

async function sendMessage(
  { sqs, queueUrl }: CrashClients,
  id: string,
  messages: string[],
): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: id }));
  messages.push(id);
}

async function putRecord({ kinesis }: CrashClients, id: string, records: string[]): Promise<void> {
  const Data = Buffer.from(id);
  await kinesis.send(new PutRecordCommand({ StreamName: 'crash', PartitionKey: id, Data }));
  records.push(id);
}

/** To handle takes longer than to accept: what waits is to be drained in the time of the test. */
async function slowly(write: Promise<void>): Promise<void> {
  await write;
  await sleep(PAUSE_MS);
}

async function invoke({ lambda }: Clients, id: string, events: string[]): Promise<void> {
  await lambda.send(
    new InvokeCommand({
      FunctionName: 'crash',
      InvocationType: 'Event',
      Payload: JSON.stringify({ id }),
    }),
  );
  events.push(id);
}

async function assertObjects({ s3 }: Clients, objects: ReadonlyMap<string, string>): Promise<void> {
  for (const [key, expected] of objects) {
    const found = await s3.send(new GetObjectCommand({ Bucket: 'crash', Key: key }));
    const bytes = (await found.Body?.transformToByteArray()) ?? new Uint8Array();
    assert.equal(digest(bytes), expected, `object ${key}`);
  }
}

async function assertItems(
  { dynamodb }: Clients,
  ids: readonly string[],
  waitMs: number,
): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (const id of ids) {
    for (;;) {
      const command = new GetItemCommand({ TableName: 'crash', Key: { id: { S: id } } });
      const { Item } = await dynamodb.send(command);
      if (Item !== undefined) break;
      assert.ok(Date.now() < deadline, `item ${id} is lost`);
      await sleep(20);
    }
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
