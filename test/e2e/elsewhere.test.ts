/** Sources in another server's account drive functions here, by AWS's SDK; the other server stands for AWS. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  KinesisClient,
  PutRecordCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createClients, zipOf, type Clients } from './clients.ts';

const THERE = '123456789012';
const STANDSTILL_MS = 60_000;
/** Keeps each record as the function got it, by its source. */
const HANDLER = `
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
const dynamodb = new DynamoDBClient({});
const textOf = ({ body, dynamodb: change, kinesis }) =>
  body ?? change?.NewImage.id.S ?? Buffer.from(kinesis.data, 'base64').toString();
const put = (record) =>
  dynamodb.send(
    new PutItemCommand({
      TableName: 'handled',
      Item: {
        id: { S: record.eventSource + ' ' + textOf(record) },
        arn: { S: record.eventSourceARN },
      },
    }),
  );
export const handler = (event) => Promise.all(event.Records.map(put));
`;

const VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const kept = VARIABLES.map((name) => [name, process.env[name]] as const);
let there: ExampleServer;
let here: ExampleServer;

before(async () => {
  there = await startServer({ flags: ['--account-id', THERE] });
  // The server inherits them, as it would those of a shell.
  process.env['AWS_ACCESS_KEY_ID'] = there.credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = there.credentials.secretAccessKey;
  const elsewhere = ['--elsewhere-account-ids', THERE, '--elsewhere-endpoint-url', there.endpoint];
  here = await startServer({ flags: elsewhere });
  const { dynamodb, lambda } = createClients(here);
  await createTable(dynamodb, 'handled');
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/f',
      Timeout: 20,
      MemorySize: 512,
      Code: { ZipFile: await zipOf({ 'index.mjs': HANDLER }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: 'f' });
});
after(async () => {
  for (const [name, value] of kept) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await here?.stop();
  await there?.stop();
});

test('messages of a queue elsewhere are handled here, and deleted there', async () => {
  const sqs = new SQSClient(clientOptions(there));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
  const send = (body: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  await send('early');
  const arn = `arn:aws:sqs:us-east-1:${THERE}:orders`;
  await map({ EventSourceArn: arn });
  await send('late');
  await handled('aws:sqs early', arn);
  await handled('aws:sqs late', arn);
  const AttributeNames = ['All' as const];
  const empty = async (): Promise<boolean> => {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
    const { Attributes = {} } = await sqs.send(command);
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
    return ApproximateNumberOfMessages === '0' && ApproximateNumberOfMessagesNotVisible === '0';
  };
  await until(empty, 'the queue is not empty');
});

test('records of a stream elsewhere are handled from its beginning, or from now on', async () => {
  const kinesis = new KinesisClient(clientOptions(there));
  const StreamName = 'readings';
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60, minDelay: 1 }, { StreamName });
  const put = (text: string) =>
    kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: text, Data: Buffer.from(text) }));
  await put('first');
  const arn = `arn:aws:kinesis:us-east-1:${THERE}:stream/${StreamName}`;
  await map({ EventSourceArn: arn, StartingPosition: 'TRIM_HORIZON' });
  await put('second');
  await handled('aws:kinesis first', arn);
  await handled('aws:kinesis second', arn);
});

test('changes of a table elsewhere are handled, those of before a start at LATEST are not', async () => {
  const { dynamodb } = createClients(there);
  const TableName = 'things';
  const arn = await createTable(dynamodb, TableName);
  const put = (id: string) =>
    dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
  await put('old');
  // Times of DynamoDB's records are whole seconds.
  await sleep(2_000);
  await map({ EventSourceArn: arn, StartingPosition: 'LATEST' });
  await put('new');
  await handled('aws:dynamodb new', arn);
  assert.equal((await items()).get('aws:dynamodb old'), undefined);
});

test('what is not there is refused as it is here', async () => {
  const arn = `arn:aws:sqs:us-east-1:${THERE}:nowhere`;
  await assert.rejects(map({ EventSourceArn: arn }), { name: 'InvalidParameterValueException' });
});

function clientOptions({ endpoint, region, credentials }: ExampleServer) {
  return { endpoint, region, credentials, maxAttempts: 1 };
}

async function map(input: {
  readonly EventSourceArn: string;
  readonly StartingPosition?: 'LATEST' | 'TRIM_HORIZON';
}): Promise<void> {
  const { lambda } = createClients(here);
  await lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'f', ...input }));
}

async function createTable(dynamodb: Clients['dynamodb'], TableName: string): Promise<string> {
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 60, minDelay: 1 }, { TableName });
  return TableDescription?.LatestStreamArn ?? '';
}

async function items(): Promise<ReadonlyMap<string, string>> {
  const { dynamodb } = createClients(here);
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'handled' }));
  return new Map(Items.map(({ id, arn }) => [id?.S ?? '', arn?.S ?? '']));
}

async function handled(id: string, arn: string): Promise<void> {
  await until(async () => (await items()).get(id) === arn, `${id} is not handled`);
}

async function until(look: () => Promise<boolean>, complaint: string): Promise<void> {
  const deadline = Date.now() + STANDSTILL_MS;
  while (!(await look())) {
    assert.ok(Date.now() < deadline, complaint);
    await sleep(100);
  }
}
