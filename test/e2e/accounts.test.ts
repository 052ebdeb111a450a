/** Several accounts and Regions in one server: the access key decides the account, the signature's scope the Region. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
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
});
