/**
 * Kills the server at random moments under load, starts it again on the same data, and looks for everything
 * that it had acknowledged: objects, items, and asynchronous events, each of which leaves an item.
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
  CreateFunctionCommand,
  InvokeCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createClients, zipOf, type Clients } from './clients.ts';

const ROUNDS = 4;
const LOAD_MS_MIN = 400;
const LOAD_MS_MAX = 1500;
const EVENT_DEADLINE_MS = 60_000;
const HANDLER = `
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
const dynamodb = new DynamoDBClient({});
export const handler = (event) =>
  dynamodb.send(new PutItemCommand({ TableName: 'crash', Item: { id: { S: event.id } } }));
`;

interface Acknowledged {
  readonly objects: Map<string, string>;
  readonly items: string[];
  readonly events: string[];
}

test(
  'everything acknowledged is there after each of several crashes',
  { timeout: 300_000 },
  async (t) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'hearth-crash-'));
    const acknowledged: Acknowledged = { objects: new Map(), items: [], events: [] };
    let server: ExampleServer | undefined;
    try {
      server = await startServer({ dataDir });
      await setUp(createClients(server));
      for (let round = 0; round < ROUNDS; round++) {
        const load = runLoad(createClients(server), `${round}`, acknowledged);
        await sleep(randomInt(LOAD_MS_MIN, LOAD_MS_MAX));
        await server.kill();
        await load;
        server = await startServer({ dataDir });
      }
      const clients = createClients(server);
      await assertObjects(clients, acknowledged.objects);
      await assertItems(clients, acknowledged.items, 0);
      await assertItems(clients, acknowledged.events, EVENT_DEADLINE_MS);
      const { objects, items, events } = acknowledged;
      t.diagnostic(`${objects.size} objects, ${items.length} items, ${events.length} events`);
      assert.ok(objects.size > 0 && items.length > 0 && events.length > 0, 'the load did nothing');
    } finally {
      await server?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
);

async function setUp({ s3, dynamodb, lambda }: Clients): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: 'crash' }));
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'crash',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitUntilTableExists(
    { client: dynamodb, maxWaitTime: 20, minDelay: 1 },
    { TableName: 'crash' },
  );
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'crash',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/crash',
      Timeout: 30,
      MemorySize: 256,
      Code: { ZipFile: await zipOf({ 'index.mjs': HANDLER }) },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 20, minDelay: 1 },
    { FunctionName: 'crash' },
  );
}

/** Writes until the server stops answering; records what was acknowledged. */
async function runLoad(clients: Clients, round: string, acknowledged: Acknowledged): Promise<void> {
  const writers = [
    (id: string) => putObject(clients, id, acknowledged.objects),
    (id: string) => putItem(clients, id, acknowledged.items),
    (id: string) => invoke(clients, id, acknowledged.events),
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

async function putItem({ dynamodb }: Clients, id: string, items: string[]): Promise<void> {
  await dynamodb.send(new PutItemCommand({ TableName: 'crash', Item: { id: { S: id } } }));
  items.push(id);
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
  // An event takes longer to handle than to accept: the queue is to be drained in the time of the test.
  await sleep(20);
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
