/** Loops through a queue, a topic and a bucket: a function's own SDK carries the chain, and Hearth ends it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
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
import { createClients, zipOf, type Clients } from './clients.ts';

const DEADLINE_MS = 120_000;
const ROUNDS_MAX = 16;
const ACCOUNT = '000000000000';
/** Each leaves a number behind for its round, then begins the next. */
const HANDLERS = {
  queue: `
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
const sqs = new SQSClient({});
export const handler = (event) => sqs.send(new SendMessageCommand({
  QueueUrl: process.env.AWS_ENDPOINT_URL + '/000000000000/loop', MessageBody: String(Number(event.Records[0].body) + 1) }));`,
  topic: `
import { SNSClient, PublishCommand } from '@aws-sdk/client-sns';
const sns = new SNSClient({});
export const handler = (event) => sns.send(new PublishCommand({
  TopicArn: event.Records[0].Sns.TopicArn, Message: String(Number(event.Records[0].Sns.Message) + 1) }));`,
  bucket: `
import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
const s3 = new S3Client({ forcePathStyle: true });
export const handler = (event) => s3.send(new PutObjectCommand({
  Bucket: 'loop', Key: String(Number(event.Records[0].s3.object.key) + 1), Body: 'x' }));`,
};

describe('a loop', { timeout: 2 * DEADLINE_MS }, () => {
  let server: ExampleServer;
  let clients: Clients;
  let sqs: SQSClient;
  let sns: SNSClient;
  let deadUrl: string;
  before(async () => {
    server = await startServer();
    clients = createClients(server);
    const { endpoint, region, credentials } = server;
    sqs = new SQSClient({ endpoint, region, credentials });
    sns = new SNSClient({ endpoint, region, credentials });
    deadUrl = await queueOf('dead');
  });
  after(() => server.stop());

  async function queueOf(QueueName: string): Promise<string> {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
    return QueueUrl;
  }

  async function create(name: keyof typeof HANDLERS): Promise<string> {
    const { FunctionArn = '' } = await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: `arn:aws:iam::${ACCOUNT}:role/r`,
        Timeout: 30,
        MemorySize: 256,
        DeadLetterConfig: { TargetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:dead` },
        Code: { ZipFile: await zipOf({ 'index.mjs': HANDLERS[name] }) },
      }),
    );
    const waiter = { client: clients.lambda, maxWaitTime: 20, minDelay: 1 };
    await waitUntilFunctionActiveV2(waiter, { FunctionName: name });
    return FunctionArn;
  }

  /** The body of the dead letter that the stopped round left. */
  async function deadLetter(): Promise<string> {
    const deadline = Date.now() + DEADLINE_MS;
    while (Date.now() < deadline) {
      const ask = new ReceiveMessageCommand({ QueueUrl: deadUrl, WaitTimeSeconds: 5 });
      const { Messages } = await sqs.send(ask);
      if (Messages?.[0] !== undefined) return Messages[0].Body ?? '';
    }
    throw new Error('the loop was not stopped');
  }

  async function permit(FunctionName: string, service: string): Promise<void> {
    const Principal = `${service}.amazonaws.com`;
    const Action = 'lambda:InvokeFunction';
    await clients.lambda.send(
      new AddPermissionCommand({ FunctionName, StatementId: service, Action, Principal }),
    );
  }

  it('through a queue ends', async () => {
    const QueueUrl = await queueOf('loop');
    await create('queue');
    await clients.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'queue',
        EventSourceArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:loop`,
        BatchSize: 1,
      }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '1' }));
    const event = JSON.parse(await deadLetter()) as { Records: { body: string }[] };
    // The first message came from outside: its round is none of the chain yet.
    assert.equal(event.Records[0]?.body, String(ROUNDS_MAX + 2));
  });

  it('through a topic ends', async () => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'loop' }));
    const Endpoint = await create('topic');
    await permit('topic', 'sns');
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint }));
    await sns.send(new PublishCommand({ TopicArn, Message: '1' }));
    const event = JSON.parse(await deadLetter()) as { Records: { Sns: { Message: string } }[] };
    assert.equal(event.Records[0]?.Sns.Message, String(ROUNDS_MAX + 1));
  });

  it('through a bucket ends', async () => {
    const { s3 } = clients;
    await s3.send(new CreateBucketCommand({ Bucket: 'loop' }));
    const LambdaFunctionArn = await create('bucket');
    await permit('bucket', 's3');
    const Events = ['s3:ObjectCreated:*' as const];
    const LambdaFunctionConfigurations = [{ LambdaFunctionArn, Events }];
    const NotificationConfiguration = { LambdaFunctionConfigurations };
    await s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: 'loop', NotificationConfiguration }),
    );
    await s3.send(new PutObjectCommand({ Bucket: 'loop', Key: '1', Body: 'x' }));
    await deadLetter();
    await sleep(500);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'loop' }));
    assert.equal(Contents.length, ROUNDS_MAX + 1);
  });
});
