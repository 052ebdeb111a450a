/** Sources, their functions' mappings and the topic, before anything happens. */
import type { CreateTableOutput } from '#aws/models/dynamodb.types.gen.ts';
import type { CreateTopicResponse } from '#aws/models/sns.types.gen.ts';
import {
  HANDLERS,
  LEDGER,
  LEDGER_AGE_SECONDS_MAX,
  POLLED_VISIBILITY_SECONDS,
  QUEUES,
  READINGS,
  RECEIVES_MAX,
  TOPIC,
  functionArn,
  kinesisArn,
  queueArn,
} from '../names.ts';
import { make, type Actor } from './actor.ts';

const FunctionResponseTypes = ['ReportBatchItemFailures'];

/** Makes queues, table, stream and topic, and joins them to their functions. */
export async function setUpSources(actor: Actor): Promise<void> {
  await makeQueues(actor);
  const { TableDescription } = await make<CreateTableOutput>(actor, 'dynamodb', 'CreateTable', {
    TableName: LEDGER,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  });
  await make(actor, 'kinesis', 'CreateStream', { StreamName: READINGS, ShardCount: 2 });
  await actor.machine.clock.sleep(2000);
  await mapQueues(actor);
  await mapStreams(actor, TableDescription?.LatestStreamArn ?? '');
  await makeTopic(actor);
}

async function makeQueues(actor: Actor): Promise<void> {
  const { queue, fifo } = { queue: {}, fifo: { FifoQueue: 'true' } };
  const polled = (dead: string) => ({
    VisibilityTimeout: String(POLLED_VISIBILITY_SECONDS),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: queueArn(dead),
      maxReceiveCount: RECEIVES_MAX,
    }),
  });
  const queues = [
    [QUEUES.jobsDead, queue],
    [QUEUES.jobs, polled(QUEUES.jobsDead)],
    [QUEUES.parcelsDead, fifo],
    [QUEUES.parcels, { ...fifo, ...polled(QUEUES.parcelsDead) }],
    [QUEUES.ledgerFailed, queue],
    [QUEUES.readingsFailed, queue],
    [QUEUES.news, queue],
    [QUEUES.alerts, queue],
  ] as const;
  for (const [QueueName, Attributes] of queues) {
    await make(actor, 'sqs', 'CreateQueue', { QueueName, Attributes });
  }
}

async function mapQueues(actor: Actor): Promise<void> {
  const { chance } = actor;
  await make(actor, 'lambda', 'CreateEventSourceMapping', {
    FunctionName: HANDLERS.jobs,
    EventSourceArn: queueArn(QUEUES.jobs),
    BatchSize: chance.pick([1, 5, 20]),
    MaximumBatchingWindowInSeconds: 1,
    FunctionResponseTypes,
  });
  await make(actor, 'lambda', 'CreateEventSourceMapping', {
    FunctionName: HANDLERS.parcels,
    EventSourceArn: queueArn(QUEUES.parcels),
    BatchSize: chance.pick([1, 3, 10]),
    FunctionResponseTypes,
  });
}

async function mapStreams(actor: Actor, ledgerArn: string): Promise<void> {
  const { chance } = actor;
  const StartingPosition = 'TRIM_HORIZON';
  const toQueue = (name: string) => ({ OnFailure: { Destination: queueArn(name) } });
  await make(actor, 'lambda', 'CreateEventSourceMapping', {
    FunctionName: HANDLERS.ledger,
    EventSourceArn: ledgerArn,
    StartingPosition,
    BatchSize: chance.pick([1, 4, 100]),
    ParallelizationFactor: chance.pick([1, 2, 3]),
    FunctionResponseTypes,
    MaximumRecordAgeInSeconds: LEDGER_AGE_SECONDS_MAX,
    DestinationConfig: toQueue(QUEUES.ledgerFailed),
  });
  await make(actor, 'lambda', 'CreateEventSourceMapping', {
    FunctionName: HANDLERS.readings,
    EventSourceArn: kinesisArn(READINGS),
    StartingPosition,
    BatchSize: chance.pick([1, 4, 100]),
    BisectBatchOnFunctionError: chance.happens(0.5),
    MaximumRetryAttempts: chance.pick([0, 1, 3]),
    FunctionResponseTypes,
    DestinationConfig: toQueue(QUEUES.readingsFailed),
  });
}

async function makeTopic(actor: Actor): Promise<void> {
  const { TopicArn } = await make<CreateTopicResponse>(actor, 'sns', 'CreateTopic', {
    Name: TOPIC,
  });
  await make(actor, 'lambda', 'AddPermission', {
    FunctionName: HANDLERS.news,
    StatementId: 'sns',
    Action: 'lambda:InvokeFunction',
    Principal: 'sns.amazonaws.com',
    SourceArn: TopicArn,
  });
  const urgent = { FilterPolicy: JSON.stringify({ urgent: ['yes'] }) };
  const subscriptions = [
    ['lambda', functionArn(HANDLERS.news), {}],
    ['sqs', queueArn(QUEUES.news), { RawMessageDelivery: 'true' }],
    ['sqs', queueArn(QUEUES.alerts), { RawMessageDelivery: 'true', ...urgent }],
  ] as const;
  for (const [Protocol, Endpoint, Attributes] of subscriptions) {
    await make(actor, 'sns', 'Subscribe', { TopicArn, Protocol, Endpoint, Attributes });
  }
}
