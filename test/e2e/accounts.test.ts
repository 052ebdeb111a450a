/** Several accounts and Regions in one server: the access key decides the account, the signature's scope the Region. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { zipOf } from './clients.ts';

const OTHER = '111122223333';
const FunctionName = 'same';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

describe('accounts and Regions', { timeout: 180_000 }, () => {
  let server: ExampleServer;
  let keys: ReadonlyMap<string, Keys>;
  let places: readonly { readonly accountId: string; readonly region: string }[];
  before(async () => {
    server = await startServer({ flags: ['--further-account-ids', OTHER] });
    const file = readFileSync(join(server.dataDir, 'credentials.json'), 'utf8');
    // Written by the server.
    const { accounts } = JSON.parse(file) as { accounts: (Keys & { accountId: string })[] };
    keys = new Map([
      [server.accountId, server.credentials],
      ...accounts.map((one) => [one.accountId, one] as const),
    ]);
    places = [server.accountId, OTHER].flatMap((accountId) =>
      ['us-east-1', 'eu-central-1'].map((region) => ({ accountId, region })),
    );
    for (const place of places) await create(place);
  });
  after(() => server.stop());

  type Place = (typeof places)[number];

  function configurationOf({ accountId, region }: Place) {
    const credentials = keys.get(accountId);
    assert.ok(credentials !== undefined);
    return { endpoint: server.endpoint, region, credentials, maxAttempts: 1 };
  }

  const lambdaOf = (place: Place): LambdaClient => new LambdaClient(configurationOf(place));
  const sqsOf = (place: Place): SQSClient => new SQSClient(configurationOf(place));

  async function create(place: Place): Promise<void> {
    const client = lambdaOf(place);
    const code = `export const handler = async () => ({
      place: '${place.accountId} ${place.region}',
      region: process.env.AWS_REGION,
      count: globalThis.count = (globalThis.count ?? 0) + 1,
    });`;
    await client.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: `arn:aws:iam::${place.accountId}:role/r`,
        Code: { ZipFile: await zipOf({ 'index.mjs': code }) },
      }),
    );
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 20, minDelay: 1 }, { FunctionName });
  }

  it('an access key is its account', async () => {
    for (const place of places) {
      const sts = new STSClient(configurationOf(place));
      const identity = await sts.send(new GetCallerIdentityCommand({}));
      assert.equal(identity.Account, place.accountId);
      assert.equal(identity.Arn, `arn:aws:iam::${place.accountId}:root`);
    }
  });

  it('functions of one name run their own code, in environments of their own', async () => {
    for (const place of places) {
      const client = lambdaOf(place);
      const { Payload } = await client.send(new InvokeCommand({ FunctionName }));
      assert.deepEqual(JSON.parse(Payload?.transformToString() ?? ''), {
        place: `${place.accountId} ${place.region}`,
        region: place.region,
        count: 1,
      });
      const { Functions } = await client.send(new ListFunctionsCommand({}));
      assert.deepEqual(
        Functions?.map(({ FunctionArn }) => FunctionArn),
        [`arn:aws:lambda:${place.region}:${place.accountId}:function:${FunctionName}`],
      );
      const { AccountUsage } = await client.send(new GetAccountSettingsCommand({}));
      assert.equal(AccountUsage?.FunctionCount, 1);
    }
  });

  it('queues of one name keep their own messages', async () => {
    for (const place of places) {
      const sqs = sqsOf(place);
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'same' }));
      const MessageBody = `${place.accountId} ${place.region}`;
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    for (const place of places) {
      const sqs = sqsOf(place);
      const { QueueUrls } = await sqs.send(new ListQueuesCommand({}));
      assert.equal(QueueUrls?.length, 1);
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'same' }));
      const input = { QueueUrl, MaxNumberOfMessages: 10 };
      const { Messages } = await sqs.send(new ReceiveMessageCommand(input));
      assert.deepEqual(
        Messages?.map(({ Body }) => Body),
        [`${place.accountId} ${place.region}`],
      );
    }
  });

  it("another account's function is not there, another's ARN is forbidden, another Region's unreachable", async () => {
    const [here, elsewhere, there] = places;
    assert.ok(here !== undefined && elsewhere !== undefined && there !== undefined);
    const arn = `arn:aws:lambda:${here.region}:${here.accountId}:function:${FunctionName}`;
    const denied = lambdaOf(there).send(new InvokeCommand({ FunctionName: arn }));
    await assert.rejects(denied, { name: 'AccessDeniedException' });
    const unreachable = lambdaOf(elsewhere).send(new GetFunctionCommand({ FunctionName: arn }));
    await assert.rejects(unreachable, { name: 'ResourceNotFoundException' });
    await lambdaOf(there).send(new DeleteFunctionCommand({ FunctionName }));
    const gone = lambdaOf(there).send(new GetFunctionCommand({ FunctionName }));
    await assert.rejects(gone, { name: 'ResourceNotFoundException' });
    await lambdaOf(here).send(new GetFunctionCommand({ FunctionName }));
  });

  it("another account's queues, tables, streams and roles are its own, but what their policies open", async () => {
    const [here, , there] = places;
    assert.ok(here !== undefined && there !== undefined);
    const [mine, theirs] = [sqsOf(here), sqsOf(there)];
    const { QueueUrl } = await mine.send(new CreateQueueCommand({ QueueName: 'kept' }));
    await mine.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
    const queueArn = `arn:aws:sqs:${here.region}:${here.accountId}:kept`;
    const denied = { name: /^(?:AccessDenied|AccessDeniedException)$/ };
    const take = () => theirs.send(new ReceiveMessageCommand({ QueueUrl }));
    await assert.rejects(take(), denied);
    await assert.rejects(theirs.send(new DeleteQueueCommand({ QueueUrl })), denied);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn, maxReceiveCount: 1 });
    const redriven = { QueueName: 'redriven', Attributes: { RedrivePolicy } };
    await assert.rejects(theirs.send(new CreateQueueCommand(redriven)), /does not exist/);

    const TableName = 'kept';
    const [tables, others] = [here, there].map((at) => new DynamoDBClient(configurationOf(at)));
    assert.ok(tables !== undefined && others !== undefined);
    const { TableDescription } = await tables.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const TableArn = TableDescription?.TableArn;
    await assert.rejects(others.send(new ScanCommand({ TableName: TableArn })), denied);
    await tables.send(new ScanCommand({ TableName: TableArn }));

    const iam = new IAMClient(configurationOf(here));
    const trust = { Effect: 'Allow', Principal: { AWS: here.accountId }, Action: 'sts:AssumeRole' };
    const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
    const made = { RoleName: 'kept', AssumeRolePolicyDocument: document(trust) };
    const { Role } = await iam.send(new CreateRoleCommand(made));
    const RoleArn = Role?.Arn;
    const assume = (at: Place) =>
      new STSClient(configurationOf(at)).send(
        new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session' }),
      );
    await assume(here);
    await assert.rejects(assume(there), denied);
    const definition = {
      FunctionName: 'taken',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
    } as const;
    const ZipFile = await zipOf({ 'index.mjs': '' });
    const passing = { ...definition, Role: RoleArn, Code: { ZipFile } };
    await assert.rejects(lambdaOf(there).send(new CreateFunctionCommand(passing)), denied);

    const open = { Effect: 'Allow', Principal: { AWS: there.accountId }, Resource: queueArn };
    const Policy = document({ ...open, Action: 'sqs:ReceiveMessage' });
    await mine.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    assert.equal((await take()).Messages?.[0]?.Body, 'kept');
    const trusted = document({ ...trust, Principal: { AWS: there.accountId } });
    const update = { RoleName: 'kept', PolicyDocument: trusted };
    await iam.send(new UpdateAssumeRolePolicyCommand(update));
    await assume(there);
  });

  it("another account's events reach a queue that takes them, and no other", async () => {
    const [here, , there] = places;
    assert.ok(here !== undefined && there !== undefined);
    const mine = sqsOf(here);
    const { QueueUrl } = await mine.send(new CreateQueueCommand({ QueueName: 'events' }));
    const events = new EventBridgeClient(configurationOf(there));
    const Arn = `arn:aws:sqs:${here.region}:${here.accountId}:events`;
    const EventPattern = JSON.stringify({ source: ['there'] });
    const { RuleArn } = await events.send(new PutRuleCommand({ Name: 'out', EventPattern }));
    await events.send(new PutTargetsCommand({ Rule: 'out', Targets: [{ Id: 'q', Arn }] }));
    const put = (Detail: string) => {
      const entry = { Source: 'there', DetailType: 'd', Detail };
      return events.send(new PutEventsCommand({ Entries: [entry] }));
    };
    await put('{"n":1}');
    const Statement = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: Arn,
      Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await mine.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await put('{"n":2}');
    const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 };
    const { Messages } = await mine.send(new ReceiveMessageCommand(input));
    const details = Messages?.map(
      ({ Body }) => (JSON.parse(Body ?? '') as { detail: object }).detail,
    );
    assert.deepEqual(details, [{ n: 2 }]);
  });
});
