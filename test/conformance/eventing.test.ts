/** SNS, EventBridge and its Scheduler through AWS's own SDK, over a real gateway, to real queues and a web server. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, describe, it } from 'node:test';
import {
  CreateArchiveCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  GetTopicAttributesCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createHttpClient } from '#adapters/http-client/index.ts';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { openPinoLog } from '#adapters/pino-log/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { createGateway } from '#aws/gateway/index.ts';
import type { KnownCredential } from '#ports/peers/credential-issuer.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import { createEvents } from '#services/events/index.ts';
import { createScheduler } from '#services/scheduler/index.ts';
import { createSns } from '#services/sns/index.ts';
import { createSqs } from '#services/sqs/index.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const ROOT: KnownCredential = {
  credentials: { accessKeyId: 'AKIAROOT', secretAccessKey: 'secret/of/the+root' },
  principal: { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, userId: ACCOUNT },
};

const database = await openDatabase({ path: ':memory:' });
const wakeups = new MemoryWakeups();
const world = { database, clock: systemClock, random: systemRandom, wakeups };
const sqs = createSqs(world);
const byService = (arn: string): Deliverer =>
  arn.includes(':sns:')
    ? sns.deliverer
    : arn.includes(':events:')
      ? events.deliverer
      : sqs.deliverer;
const peers = {
  ...world,
  metricSink: { put: () => undefined },
  deliverer: {
    deliver: (delivery, tx) => byService(delivery.targetArn).deliver(delivery, tx),
    check: (target, tx) => byService(target.targetArn).check(target, tx),
  } satisfies Deliverer,
};
let host = '';
const http = createHttpClient();
const events = createEvents({ ...peers, http });
const scheduler = createScheduler(peers);
const sns = createSns({ ...peers, http, host: () => host });
const services = [sqs, sns, events, scheduler];
for (const { schema } of services) await database.migrate(schema);
const gateway = createGateway({
  services: services.map(({ service }) => service),
  surfaces: [sns.surface],
  credentials: {
    find: (id) => Promise.resolve(id === ROOT.credentials.accessKeyId ? ROOT : undefined),
  },
  auth: { kind: 'signature' },
  clock: systemClock,
  random: systemRandom,
  log: openPinoLog({ level: 'warn', format: 'json' }),
  region: REGION,
});
const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
host = `127.0.0.1:${port}`;
gateway.ready();
const stop = new AbortController();
const background = [events, scheduler, sns].map((service) => service.run(stop.signal));
const options = {
  endpoint: `http://${host}`,
  region: REGION,
  credentials: { ...ROOT.credentials },
  maxAttempts: 1,
};
const queues = new SQSClient(options);
const topics = new SNSClient(options);
const buses = new EventBridgeClient(options);
const schedules = new SchedulerClient(options);

after(async () => {
  for (const client of [queues, topics, buses, schedules]) client.destroy();
  stop.abort();
  await gateway[Symbol.asyncDispose]();
  await Promise.all(background);
  await database[Symbol.asyncDispose]();
});

async function makeQueue(QueueName: string) {
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName }));
  const receive = async (): Promise<string[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 10,
    });
    const { Messages } = await queues.send(command);
    return (Messages ?? []).map(({ Body }) => Body ?? '');
  };
  return { arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${QueueName}`, receive };
}

async function makeTopic(Name: string): Promise<string> {
  const { TopicArn } = await topics.send(new CreateTopicCommand({ Name }));
  return TopicArn ?? '';
}

describe('Amazon SNS', () => {
  it('fans a message out to queues that want it', async () => {
    const TopicArn = await makeTopic('fan');
    const all = await makeQueue('all');
    const some = await makeQueue('some');
    const subscribe = (Endpoint: string, Attributes: Record<string, string>) =>
      topics.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
    await subscribe(all.arn, {});
    await subscribe(some.arn, {
      RawMessageDelivery: 'true',
      FilterPolicy: '{"n":[{"numeric":[">",1]}]}',
    });
    const n = (StringValue: string) => ({ n: { DataType: 'Number', StringValue } });
    await topics.send(new PublishCommand({ TopicArn, Message: 'one', MessageAttributes: n('1') }));
    const { Successful } = await topics.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: [{ Id: 'a', Message: 'two', MessageAttributes: n('2') }],
      }),
    );
    assert.equal(Successful?.[0]?.Id, 'a');
    assert.deepEqual(await some.receive(), ['two']);
    const texts = (await all.receive()).map(
      (body) => (JSON.parse(body) as { Message: string }).Message,
    );
    assert.deepEqual(texts, ['one', 'two']);
  });

  it('answers a missing topic as AWS does', async () => {
    const TopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:missing`;
    await assert.rejects(topics.send(new GetTopicAttributesCommand({ TopicArn })), {
      name: 'NotFoundException',
      message: 'Topic does not exist',
    });
  });

  it('posts to a web server that confirmed by its token', async () => {
    const posts: { readonly type: string; readonly body: string }[] = [];
    const waiting: (() => void)[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const type = String(request.headers['x-amz-sns-message-type']);
        posts.push({ type, body: Buffer.concat(chunks).toString() });
        response.end();
        waiting.shift()?.();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const next = (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve);
      });
    const TopicArn = await makeTopic('web');
    const asked = next();
    const Endpoint = `http://127.0.0.1:${address.port}/`;
    await topics.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint }));
    await asked;
    const { Token } = JSON.parse(posts[0]?.body ?? '') as { Token: string };
    const confirmed = await topics.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    assert.ok(confirmed.SubscriptionArn?.startsWith(TopicArn));
    const notified = next();
    await topics.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    await notified;
    assert.deepEqual(
      posts.map(({ type }) => type),
      ['SubscriptionConfirmation', 'Notification'],
    );
    const link = (JSON.parse(posts[1]?.body ?? '') as { SigningCertURL: string }).SigningCertURL;
    assert.match(await (await fetch(link)).text(), /^-----BEGIN CERTIFICATE-----/);
    server.close();
  });
});

describe('Amazon EventBridge', () => {
  it('routes an event to a queue and, through a topic, to another', async () => {
    const direct = await makeQueue('direct');
    const behind = await makeQueue('behind');
    const TopicArn = await makeTopic('events');
    await topics.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: behind.arn }));
    const EventPattern = JSON.stringify({
      source: ['shop'],
      detail: { total: [{ exists: true }] },
    });
    await buses.send(new PutRuleCommand({ Name: 'orders', EventPattern }));
    const Targets = [
      { Id: 'queue', Arn: direct.arn, InputPath: '$.detail' },
      { Id: 'topic', Arn: TopicArn },
    ];
    await buses.send(new PutTargetsCommand({ Rule: 'orders', Targets }));
    const entry = { Source: 'shop', DetailType: 'order', Detail: '{"total":1}', Time: new Date() };
    const { FailedEntryCount } = await buses.send(new PutEventsCommand({ Entries: [entry] }));
    assert.equal(FailedEntryCount, 0);
    assert.deepEqual(await direct.receive(), ['{"total":1}']);
    const [body = ''] = await behind.receive();
    const event = JSON.parse((JSON.parse(body) as { Message: string }).Message) as {
      source: string;
    };
    assert.equal(event.source, 'shop');
  });

  it('refuses a pattern and knows no such rule in AWS’s words', async () => {
    const command = new TestEventPatternCommand({ Event: '{}', EventPattern: '{"a":[]}' });
    await assert.rejects(buses.send(command), {
      name: 'InvalidEventPatternException',
      message:
        'Event pattern is not valid. Reason: Empty arrays are not allowed\n at [Source: (String)"{"a":[]}"; line: 1, column: 8]',
    });
    await assert.rejects(buses.send(new DescribeRuleCommand({ Name: 'none' })), {
      name: 'ResourceNotFoundException',
      message: 'Rule none does not exist on EventBus default.',
    });
  });

  it('tells times as dates', async () => {
    const archive = await buses.send(
      new CreateArchiveCommand({
        ArchiveName: 'archive',
        EventSourceArn: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`,
      }),
    );
    assert.ok(Math.abs((archive.CreationTime?.getTime() ?? 0) - systemClock.now()) < 60_000);
  });
});

describe('EventBridge Scheduler', () => {
  it('fires a rate at once', async () => {
    const queue = await makeQueue('ticks');
    await schedules.send(
      new CreateScheduleCommand({
        Name: 'tick',
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: queue.arn, RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`, Input: '{"tick":1}' },
      }),
    );
    assert.deepEqual(await queue.receive(), ['{"tick":1}']);
    const found = await schedules.send(new GetScheduleCommand({ Name: 'tick' }));
    assert.equal(found.Target?.RetryPolicy?.MaximumRetryAttempts, 185);
    const { Schedules } = await schedules.send(new ListSchedulesCommand({}));
    assert.deepEqual(
      Schedules?.map(({ Name }) => Name),
      ['tick'],
    );
  });

  it('refuses an expression in AWS’s words', async () => {
    const command = new CreateScheduleCommand({
      Name: 'bad',
      ScheduleExpression: 'cron(INVALID)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: 'arn:aws:sqs:::q', RoleArn: `arn:aws:iam::${ACCOUNT}:role/r` },
    });
    await assert.rejects(schedules.send(command), {
      name: 'ValidationException',
      message: 'Invalid Schedule Expression cron(INVALID).',
    });
  });
});
