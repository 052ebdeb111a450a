/**
 * The first story: a photograph uploaded to one bucket becomes a thumbnail in another and an item in a
 * table, told through AWS's own SDK with nothing but endpoint and credentials set.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  waitUntilTableExists,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { heading, say, step } from '../progress.ts';
import { startServer, type ExampleServer } from '../server.ts';
import { waitFor } from '../wait-for.ts';
import { packageFunction } from './package-function.ts';

const PICTURES = 'pictures';
const THUMBNAILS = 'thumbnails';
const TABLE = 'pictures';
const KEY = 'paris at dusk.jpg';
const FUNCTION = 'thumbnail';
const MEMORY_MIB = 512;
const PRICE_PER_GB_SECOND = 0.000_016_666_7;
const PRICE_PER_REQUEST = 0.000_000_2;

type Clients = ReturnType<typeof createClients>;

/** Tells the story; with `isKept` the server stays up, and how to talk to it is printed. */
export async function runThumbnailStory(isKept: boolean): Promise<void> {
  heading('A picture becomes a thumbnail');
  const server = await step('starting a server', () => startServer());
  say(`  ${server.endpoint}, isolation: ${server.isolation}`);
  try {
    const clients = createClients(server);
    await setUp(clients, server);
    await uploadAndShow(clients);
    if (isKept) keep(server);
  } finally {
    if (!isKept) await server.stop();
  }
}

function createClients({ endpoint, region, credentials }: ExampleServer) {
  const configuration = { endpoint, region, credentials };
  return {
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(configuration),
    lambda: new LambdaClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
  };
}

async function setUp({ s3, dynamodb, lambda }: Clients, server: ExampleServer): Promise<void> {
  await step('creating two buckets', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: PICTURES }));
    await s3.send(new CreateBucketCommand({ Bucket: THUMBNAILS }));
  });
  await step('creating a table', async () => {
    await dynamodb.send(
      new CreateTableCommand({
        TableName: TABLE,
        AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await waitUntilTableExists(
      { client: dynamodb, maxWaitTime: 20, minDelay: 1 },
      { TableName: TABLE },
    );
  });
  const zip = await step('zipping the function with sharp', packageFunction);
  const functionArn = await step(
    `creating the function (${megabytes(zip.byteLength)})`,
    async () => {
      const created = await lambda.send(
        new CreateFunctionCommand({
          FunctionName: FUNCTION,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Role: `arn:aws:iam::${server.accountId}:role/thumbnail`,
          Code: { ZipFile: zip },
          MemorySize: MEMORY_MIB,
          Timeout: 30,
          Environment: { Variables: { TABLE, THUMBNAIL_BUCKET: THUMBNAILS } },
        }),
      );
      await waitUntilFunctionActiveV2(
        { client: lambda, maxWaitTime: 20, minDelay: 1 },
        { FunctionName: FUNCTION },
      );
      return created.FunctionArn ?? '';
    },
  );
  await step('letting S3 invoke it, for each new .jpg', async () => {
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: FUNCTION,
        StatementId: 'pictures',
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        SourceArn: `arn:aws:s3:::${PICTURES}`,
      }),
    );
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: PICTURES,
        NotificationConfiguration: {
          LambdaFunctionConfigurations: [
            {
              LambdaFunctionArn: functionArn,
              Events: ['s3:ObjectCreated:*'],
              Filter: { Key: { FilterRules: [{ Name: 'suffix', Value: '.jpg' }] } },
            },
          ],
        },
      }),
    );
  });
}

async function uploadAndShow(clients: Clients): Promise<void> {
  // A photograph of 6000 x 4000 pixels out of the npm package `exif` (MIT).
  const path = createRequire(import.meta.url).resolve('exif/test/sony-alpha-6000.jpg');
  const photograph = readFileSync(path);
  await step(`uploading ${KEY} (${megabytes(photograph.byteLength)})`, () =>
    clients.s3.send(
      new PutObjectCommand({
        Bucket: PICTURES,
        Key: KEY,
        Body: photograph,
        ContentType: 'image/jpeg',
      }),
    ),
  );
  const answeredAt = performance.now();
  const thumbnail = await step('waiting for the thumbnail', () => waitForThumbnail(clients.s3));
  const storedMs = performance.now() - answeredAt;
  const item = await step('waiting for the item', () => waitForItem(clients.dynamodb));
  const log = await step('waiting for the log', () => waitForLog(clients.logs));

  const thumbnailPath = join(tmpdir(), `hearth-thumbnail-${process.pid}.jpg`);
  writeFileSync(thumbnailPath, thumbnail);
  heading('The thumbnail');
  say(`  ${thumbnailPath} (${thumbnail.byteLength} bytes)`);
  heading('The item in DynamoDB');
  for (const [name, value] of Object.entries(item)) say(`  ${name.padEnd(16)}${plain(value)}`);
  heading("The function's log");
  for (const line of log) say(`  ${line}`);
  heading('Time and cost');
  say(`  from PutObject's answer to the stored thumbnail: ${storedMs.toFixed(0)} ms`);
  say(`  ${costOf(log)}`);
}

async function waitForThumbnail(s3: S3Client): Promise<Uint8Array> {
  return waitFor('the thumbnail', async () => {
    try {
      const found = await s3.send(new GetObjectCommand({ Bucket: THUMBNAILS, Key: KEY }));
      return await found.Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  });
}

async function waitForItem(dynamodb: DynamoDBClient): Promise<Record<string, AttributeValue>> {
  return waitFor('the item', async () => {
    const command = new GetItemCommand({ TableName: TABLE, Key: { key: { S: KEY } } });
    return (await dynamodb.send(command)).Item;
  });
}

async function waitForLog(logs: CloudWatchLogsClient): Promise<string[]> {
  return waitFor('the log', async () => {
    try {
      const command = new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${FUNCTION}` });
      const { events = [] } = await logs.send(command);
      const lines = events.map(({ message = '' }) => message.trimEnd());
      return lines.some((line) => line.startsWith('REPORT')) ? lines : undefined;
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  });
}

/** The price of what the REPORT line says was billed. */
function costOf(log: readonly string[]): string {
  const report = log.find((line) => line.startsWith('REPORT')) ?? '';
  const billedMs = Number(/Billed Duration: (\d+) ms/.exec(report)?.[1]);
  const gbSeconds = (billedMs / 1000) * (MEMORY_MIB / 1024);
  const price = gbSeconds * PRICE_PER_GB_SECOND + PRICE_PER_REQUEST;
  return `1 request, ${gbSeconds.toFixed(4)} GB-seconds: $${price.toFixed(8)} (free within the monthly free tier)`;
}

function plain(value: AttributeValue): string {
  if (value.M === undefined) return value.S ?? value.N ?? JSON.stringify(value);
  const members = Object.entries(value.M).map(([name, member]) => `${name} ${plain(member)}`);
  return members.join(', ');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function keep(server: ExampleServer): void {
  server.leave();
  heading('The server stays up. To talk to it with the AWS CLI:');
  say(`  eval "$(bin/hearth credentials --format env --data-dir ${server.dataDir})"`);
  say(`  aws s3 ls s3://${THUMBNAILS}`);
  say(
    `  aws lambda invoke --function-name ${FUNCTION} --payload '{"Records":[]}' --cli-binary-format raw-in-base64-out /dev/stdout`,
  );
  say(`\n  kill ${server.processId} ends it; its data is in ${server.dataDir}.`);
}
