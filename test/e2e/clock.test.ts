/** The clock of a started server: it can be moved where that was asked for, and nowhere else. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { moveClock, readClock } from '../../examples/cron/clock.ts';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createClients, createNodeFunction } from './clients.ts';

const DAY_MS = 86_400_000;
/** More than the clock passes in the time that it is let. */
const MINUTES = 300;
const SLOW_HANDLER = 'export const handler = () => new Promise((end) => setTimeout(end, 300));';
const LIMIT = { timeout: 60_000 };

test(
  'clients and temporary credentials of the true time are let in after the clock was moved',
  LIMIT,
  async (t) => {
    const server = await startServer({ flags: ['--clock', 'movable'] });
    t.after(() => server.stop());
    const { endpoint, region, accountId, credentials } = server;
    const sts = new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
    const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
    await moveClock(server, (await readClock(server)) + 30 * DAY_MS);
    assert.ok((await readClock(server)) >= Date.now() + 30 * DAY_MS - 1000);
    await sts.send(new GetCallerIdentityCommand({}));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const session = new STSClient({
      endpoint,
      region,
      maxAttempts: 1,
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      },
    });
    const { Arn } = await session.send(new GetCallerIdentityCommand({}));
    assert.match(Arn ?? '', new RegExp(`${accountId}:root$`));
  },
);

test('a form that its signer lets end by the true time is taken', LIMIT, async (t) => {
  const server = await startServer({ flags: ['--clock', 'movable'] });
  t.after(() => server.stop());
  const { endpoint, region, credentials } = server;
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'forms' }));
  await moveClock(server, (await readClock(server)) + 30 * DAY_MS);
  const { url, fields } = await createPresignedPost(s3, { Bucket: 'forms', Key: 'k' });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob(['data']));
  assert.equal((await fetch(url, { method: 'POST', body: form })).status, 204);
});

test(
  'what waits for a time comes when the clock is moved there: a delayed message',
  LIMIT,
  async (t) => {
    const server = await startServer({ flags: ['--clock', 'movable'] });
    t.after(() => server.stop());
    const { endpoint, region, credentials } = server;
    const sqs = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'later' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', DelaySeconds: 900 }));
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    await moveClock(server, (await readClock(server)) + 901_000);
    assert.equal((await waiting).Messages?.[0]?.Body, 'm');
  },
);

test('a server that was not started for it has no clock to move', LIMIT, async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  await assert.rejects(readClock(server), /404/);
  await assert.rejects(moveClock(server, Date.now() + DAY_MS), /404/);
});

test(
  'each minute fires once, though the server is killed while its clock moves',
  LIMIT,
  async (t) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'hearth-clock-'));
    t.after(() => rmSync(dataDir, { recursive: true, force: true }));
    const start = (): Promise<ExampleServer> =>
      startServer({ flags: ['--clock', 'movable'], dataDir });
    let server = await start();
    t.after(() => server.stop());
    const { region, accountId, credentials } = server;
    const clients = ({ endpoint }: ExampleServer) => ({
      sqs: new SQSClient({ endpoint, region, credentials, maxAttempts: 1 }),
      events: new EventBridgeClient({ endpoint, region, credentials, maxAttempts: 1 }),
    });
    const { sqs, events } = clients(server);
    await sqs.send(new CreateQueueCommand({ QueueName: 'minutes' }));
    const beginMs = await readClock(server);
    const ScheduleExpression = 'rate(1 minute)';
    await events.send(new PutRuleCommand({ Name: 'minutely', ScheduleExpression }));
    const Targets = [{ Id: 'queue', Arn: `arn:aws:sqs:${region}:${accountId}:minutes` }];
    await events.send(new PutTargetsCommand({ Rule: 'minutely', Targets }));
    const endMs = beginMs + MINUTES * 60_000 + 30_000;
    const moving = moveClock(server, endMs).then(
      () => 'arrived',
      () => 'killed',
    );
    // It is on its way, and has far to go.
    while ((await readClock(server)) < beginMs + 10 * 60_000) await sleep(1);
    await server.kill();
    assert.equal(await moving, 'killed');
    server = await start();
    await moveClock(server, endMs);
    const times = (await drain(clients(server).sqs, `${server.endpoint}/${accountId}/minutes`)).map(
      (body) => (JSON.parse(body) as { readonly time: string }).time,
    );
    assert.equal(times.length, MINUTES);
    assert.equal(new Set(times).size, MINUTES);
  },
);

test(
  'the clock stands until a function has handled what a queue gave it on the way',
  LIMIT,
  async (t) => {
    const server = await startServer({ flags: ['--clock', 'movable'] });
    t.after(() => server.stop());
    const { endpoint, region, accountId, credentials } = server;
    const sqs = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
    const { lambda } = createClients(server);
    await createNodeFunction(server, 'slow', SLOW_HANDLER);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'slow',
        EventSourceArn: `arn:aws:sqs:${region}:${accountId}:jobs`,
      }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', DelaySeconds: 600 }));
    await moveClock(server, (await readClock(server)) + 601_000);
    const AttributeNames = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
    ] as const;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    assert.deepEqual(
      AttributeNames.map((name) => Attributes?.[name]),
      ['0', '0'],
    );
  },
);

test(
  'the clock stands until a web server has answered what a topic posted on the way, tries and all',
  LIMIT,
  async (t) => {
    const types: string[] = [];
    const web = createServer((request, response) => {
      types.push(String(request.headers['x-amz-sns-message-type']));
      setTimeout(() => response.writeHead(500).end(), 100);
    });
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    t.after(() => web.close());
    const server = await startServer({ flags: ['--clock', 'movable'] });
    t.after(() => server.stop());
    const { endpoint, region, credentials } = server;
    const sns = new SNSClient({ endpoint, region, credentials, maxAttempts: 1 });
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    const { port } = web.address() as AddressInfo; // It listens on TCP.
    const Endpoint = `http://127.0.0.1:${port}/`;
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint }));
    await moveClock(server, (await readClock(server)) + DAY_MS);
    // AWS's own policy: once, and three times again, 20 s apart.
    assert.deepEqual(
      types,
      Array.from({ length: 4 }, () => 'SubscriptionConfirmation'),
    );
  },
);

/** The bodies of all messages of a queue. */
async function drain(sqs: SQSClient, QueueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 600,
    });
    const { Messages = [] } = await sqs.send(command);
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
}
