/** The account before anything happens: a bucket that notifies, a table, queues and functions. */
import {
  ACCOUNT,
  BUCKET,
  FUNCTIONS,
  FUNCTION_NAMES,
  HANDLERS,
  QUEUES,
  RECEIVES_MAX,
  TABLE,
  TIMEOUT_MS,
  VISIBILITY_SECONDS,
  WITH_DESTINATIONS,
  functionArn,
  queueArn,
} from '../names.ts';
import { call, make, type Actor } from './actor.ts';
import { setUpProvisioned } from './provisioning.ts';
import { setUpReturns } from './returns.ts';
import { setUpSources } from './set-up-sources.ts';
import { setUpTimers } from './timers.ts';

/** Makes everything; nothing fails yet. */
export async function setUp(actor: Actor): Promise<void> {
  await makeQueues(actor);
  for (const name of [...FUNCTION_NAMES, ...Object.values(HANDLERS)]) {
    await createFunction(actor, name);
  }
  await actor.machine.clock.sleep(1000);
  const Destination = queueArn(QUEUES.ends);
  const DestinationConfig = { OnSuccess: { Destination }, OnFailure: { Destination } };
  for (const FunctionName of WITH_DESTINATIONS) {
    const input = { FunctionName, DestinationConfig };
    await make(actor, 'lambda', 'PutFunctionEventInvokeConfig', input);
  }
  await makeBucket(actor);
  await make(actor, 'dynamodb', 'CreateTable', {
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });
  await setUpProvisioned(actor);
  await setUpSources(actor);
  await setUpReturns(actor);
  await setUpTimers(actor);
}

/** Makes a function of the account; one that is there already is no error. */
export async function createFunction(actor: Actor, FunctionName: string): Promise<void> {
  const input = {
    FunctionName,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: `arn:aws:iam::${ACCOUNT}:role/simulated`,
    Code: { ZipFile: actor.archives[0] },
    Timeout: TIMEOUT_MS / 1000,
    MemorySize: 128,
  };
  const request = { service: 'lambda', operation: 'CreateFunction', input };
  await call(actor, request, ['ResourceConflictException']);
}

async function makeQueues(actor: Actor): Promise<void> {
  const fifo = { FifoQueue: 'true' };
  const visible = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
  const redrivenTo = (name: string) => ({
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: queueArn(name),
      maxReceiveCount: RECEIVES_MAX,
    }),
  });
  const queues = [
    [QUEUES.ends, {}],
    [QUEUES.workDead, {}],
    [QUEUES.work, { ...visible, ...redrivenTo(QUEUES.workDead) }],
    [QUEUES.ordersDead, fifo],
    [QUEUES.orders, { ...fifo, ...visible, ...redrivenTo(QUEUES.ordersDead) }],
  ] as const;
  for (const [QueueName, Attributes] of queues) {
    await make(actor, 'sqs', 'CreateQueue', { QueueName, Attributes });
  }
}

async function makeBucket(actor: Actor): Promise<void> {
  await make(actor, 's3', 'CreateBucket', { Bucket: BUCKET });
  await make(actor, 'lambda', 'AddPermission', {
    FunctionName: FUNCTIONS.thumbnail,
    StatementId: 's3',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
    SourceArn: `arn:aws:s3:::${BUCKET}`,
  });
  const LambdaFunctionArn = functionArn(FUNCTIONS.thumbnail);
  await make(actor, 's3', 'PutBucketNotificationConfiguration', {
    Bucket: BUCKET,
    NotificationConfiguration: {
      LambdaFunctionConfigurations: [
        { Id: 'thumbnail', LambdaFunctionArn, Events: ['s3:ObjectCreated:*'] },
      ],
    },
  });
}
