/** Events on their way through the started server: one service hands to the next, and a function is run. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { zipOf } from './clients.ts';

const ACCOUNT = '000000000000';
const arn = (service: string, name: string): string =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${name}`;
/** Tells the queue `seen` what it was run with. */
const HANDLER = `
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
const sqs = new SQSClient({});
export const handler = (event) => sqs.send(new SendMessageCommand({
  QueueUrl: process.env.AWS_ENDPOINT_URL + '/${ACCOUNT}/seen', MessageBody: JSON.stringify(event),
}));`;

let server: ExampleServer;
let clients: ReturnType<typeof createClients>;

function createClients({ endpoint, region, credentials }: ExampleServer) {
  const configuration = { endpoint, region, credentials, maxAttempts: 1 };
  const sqs = new SQSClient(configuration);
  return {
    sqs,
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(configuration),
    events: new EventBridgeClient(configuration),
    kinesis: new KinesisClient(configuration),
    lambda: new LambdaClient(configuration),
    scheduler: new SchedulerClient(configuration),
    sns: new SNSClient(configuration),
  };
}

async function createQueue(QueueName: string): Promise<string> {
  return (await clients.sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
}

/** The next message of a queue, as JSON; deleted by nobody, each queue is a test's own. */
async function next(
  QueueUrl: string,
  isWanted: (value: unknown) => boolean = () => true,
): Promise<unknown> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      WaitTimeSeconds: 5,
      VisibilityTimeout: 600,
    });
    const { Messages = [] } = await clients.sqs.send(command);
    const found = Messages.map(({ Body }) => JSON.parse(Body ?? 'null') as unknown).find(isWanted);
    if (found !== undefined) return found;
  }
  throw new Error(`nothing came to ${QueueUrl}`);
}

/** A web server that gives the token `t`, and tells how it was asked first beside that. */
async function openWebServer() {
  const first = Promise.withResolvers<readonly (string | undefined)[]>();
  const web = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      if (url !== '/token') {
        first.resolve([method, url, headers.authorization, Buffer.concat(chunks).toString()]);
      }
      response.end('{"access_token":"t","expires_in":60}');
    });
  });
  await new Promise<void>((resolve) => {
    web.listen(0, '127.0.0.1', resolve);
  });
  const address = web.address();
  assert.ok(address !== null && typeof address === 'object');
  const close = (): void => {
    web.closeAllConnections();
    web.close();
  };
  return { url: `http://127.0.0.1:${address.port}`, asked: first.promise, close };
}

/** The event with which the function was run whose records come from a source. */
async function ranWith(eventSource: string): Promise<Record<string, unknown>> {
  const event = (await next(`${server.endpoint}/${ACCOUNT}/seen`, (value) =>
    JSON.stringify(value).includes(`"eventSource":"${eventSource}"`),
  )) as { readonly Records: readonly Record<string, unknown>[] };
  assert.ok(event.Records[0], 'the event has a record');
  return event.Records[0];
}

describe('events', { timeout: 180_000 }, () => {
  before(async () => {
    server = await startServer();
    clients = createClients(server);
    await createQueue('seen');
    await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'seer',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: `arn:aws:iam::${ACCOUNT}:role/seer`,
        Timeout: 20,
        MemorySize: 512,
        Code: { ZipFile: await zipOf({ 'index.mjs': HANDLER }) },
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: clients.lambda, maxWaitTime: 20 },
      { FunctionName: 'seer' },
    );
  });
  after(() => server.stop());

  it('from a bucket to a queue', async () => {
    const queue = await createQueue('objects');
    await clients.s3.send(new CreateBucketCommand({ Bucket: 'shelf' }));
    const QueueConfigurations = [
      { QueueArn: arn('sqs', 'objects'), Events: ['s3:ObjectCreated:*' as const] },
    ];
    await clients.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'shelf',
        NotificationConfiguration: { QueueConfigurations },
      }),
    );
    await clients.s3.send(new PutObjectCommand({ Bucket: 'shelf', Key: 'a b', Body: 'x' }));
    const found = await next(queue, (value) => JSON.stringify(value).includes('"key":"a+b"'));
    assert.ok(JSON.stringify(found).includes('ObjectCreated:Put'));
  });

  it('from a topic to a queue, in SNS’s envelope', async () => {
    const queue = await createQueue('news');
    const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: 'news' }));
    const Endpoint = arn('sqs', 'news');
    await clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    await clients.sns.send(new PublishCommand({ TopicArn, Message: 'hello', Subject: 'greeting' }));
    const envelope = (await next(queue)) as Record<string, unknown>;
    assert.equal(envelope['Type'], 'Notification');
    assert.equal(envelope['Message'], 'hello');
    assert.equal(envelope['Subject'], 'greeting');
  });

  it('from the default bus through a rule to a queue', async () => {
    const queue = await createQueue('orders');
    const EventPattern = JSON.stringify({
      source: ['shop'],
      detail: { total: [{ numeric: ['>', 10] }] },
    });
    await clients.events.send(new PutRuleCommand({ Name: 'large', EventPattern }));
    const Targets = [{ Id: 'queue', Arn: arn('sqs', 'orders') }];
    await clients.events.send(new PutTargetsCommand({ Rule: 'large', Targets }));
    const Entries = [5, 50].map((total) => ({
      Source: 'shop',
      DetailType: 'order',
      Detail: JSON.stringify({ total }),
    }));
    await clients.events.send(new PutEventsCommand({ Entries }));
    const event = (await next(queue)) as { readonly detail: unknown };
    assert.deepEqual(event.detail, { total: 50 });
  });

  it('from the default bus to a web server, with the token that its connection gets', async () => {
    const web = await openWebServer();
    const { ConnectionArn } = await clients.events.send(
      new CreateConnectionCommand({
        Name: 'shop',
        AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
        AuthParameters: {
          OAuthParameters: {
            ClientParameters: { ClientID: 'id', ClientSecret: 'secret' },
            AuthorizationEndpoint: `${web.url}/token`,
            HttpMethod: 'POST',
          },
        },
      }),
    );
    const { ApiDestinationArn } = await clients.events.send(
      new CreateApiDestinationCommand({
        Name: 'shop',
        ConnectionArn,
        InvocationEndpoint: `${web.url}/orders/*`,
        HttpMethod: 'PUT',
      }),
    );
    const EventPattern = JSON.stringify({ source: ['web'] });
    await clients.events.send(new PutRuleCommand({ Name: 'web', EventPattern }));
    const HttpParameters = { PathParameterValues: ['$.detail.id'] };
    const InputPath = '$.detail';
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/x`;
    const target = { Id: 'web', Arn: ApiDestinationArn, RoleArn, InputPath, HttpParameters };
    await clients.events.send(new PutTargetsCommand({ Rule: 'web', Targets: [target] }));
    const Entries = [{ Source: 'web', DetailType: 'order', Detail: '{"id":"o1"}' }];
    await clients.events.send(new PutEventsCommand({ Entries }));
    assert.deepEqual(await web.asked, ['PUT', '/orders/o1', 'Bearer t', '{"id":"o1"}']);
    web.close();
  });

  it('from a schedule to a queue, at its time', async () => {
    const queue = await createQueue('ticks');
    // One that is past when it is stored never fires: a busy machine takes a while to store it.
    const at = new Date(Date.now() + 6000).toISOString().slice(0, 19);
    await clients.scheduler.send(
      new CreateScheduleCommand({
        Name: 'once',
        ScheduleExpression: `at(${at})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: arn('sqs', 'ticks'),
          RoleArn: `arn:aws:iam::${ACCOUNT}:role/x`,
          Input: '{"tick":1}',
        },
      }),
    );
    assert.deepEqual(await next(queue), { tick: 1 });
  });

  it('from a queue to a function', async () => {
    const QueueUrl = await createQueue('work');
    const EventSourceArn = arn('sqs', 'work');
    await clients.lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName: 'seer', EventSourceArn }),
    );
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'do it' }));
    assert.equal((await ranWith('aws:sqs'))['body'], 'do it');
  });

  it('from a table’s stream to a function', async () => {
    const { TableDescription } = await clients.dynamodb.send(
      new CreateTableCommand({
        TableName: 'rows',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    );
    await clients.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'seer',
        EventSourceArn: TableDescription?.LatestStreamArn,
        StartingPosition: 'TRIM_HORIZON',
      }),
    );
    await sleep(1000);
    await clients.dynamodb.send(
      new PutItemCommand({ TableName: 'rows', Item: { id: { S: '1' } } }),
    );
    const record = await ranWith('aws:dynamodb');
    assert.equal(record['eventName'], 'INSERT');
  });

  it('from a Kinesis stream to a function', async () => {
    const StreamName = 'river';
    await clients.kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    for (;;) {
      const summary = await clients.kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
      if (summary.StreamDescriptionSummary?.StreamStatus === 'ACTIVE') break;
      await sleep(50);
    }
    await clients.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'seer',
        EventSourceArn: arn('kinesis', 'stream/river'),
        StartingPosition: 'TRIM_HORIZON',
      }),
    );
    const Data = Buffer.from('drop');
    await clients.kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: 'k', Data }));
    const record = await ranWith('aws:kinesis');
    assert.ok(JSON.stringify(record).includes(Data.toString('base64')));
  });

  it('from a topic to a function that lets it', async () => {
    const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: 'alarm' }));
    await clients.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'seer',
        StatementId: 'sns',
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
        SourceArn: TopicArn,
      }),
    );
    const Endpoint = arn('lambda', 'function:seer');
    await clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint }));
    await clients.sns.send(new PublishCommand({ TopicArn, Message: 'fire' }));
    const found = await next(`${server.endpoint}/${ACCOUNT}/seen`, (value) =>
      JSON.stringify(value).includes('"EventSource":"aws:sns"'),
    );
    assert.ok(JSON.stringify(found).includes('"Message":"fire"'));
  });
});
