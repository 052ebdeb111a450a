/** A server that evaluates policies, and whoever asks it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { startServer } from '../../examples/server.ts';

export const OTHER_ACCOUNT = '111122223333';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a caller was refused: status, code and words. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error, 'it was allowed');
  const { $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  return `${$metadata?.httpStatusCode} ${error.name}: ${error.message}`;
}

/** A policy's text, of statements that allow on everything where they say nothing else. */
export function policyOf(...statements: readonly object[]): string {
  const Statement = statements.map((one) => ({ Effect: 'Allow', Resource: '*', ...one }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

export type Guarded = Awaited<ReturnType<typeof startGuarded>>;

/** Starts a server of two accounts under `--auth iam`; what it makes is the first account's root's. */
export async function startGuarded() {
  const flags = ['--auth', 'iam', '--clock', 'movable', '--further-account-ids', OTHER_ACCOUNT];
  const server = await startServer({ flags });
  const file = readFileSync(join(server.dataDir, 'credentials.json'), 'utf8');
  // Written by the server, of one further account.
  const { accounts } = JSON.parse(file) as { accounts: [Keys] };
  const of = (credentials: Keys = server.credentials) => {
    const { endpoint, region } = server;
    const configuration = { endpoint, region, credentials, maxAttempts: 1 };
    return {
      dynamodb: new DynamoDBClient(configuration),
      iam: new IAMClient(configuration),
      lambda: new LambdaClient(configuration),
      s3: new S3Client({ ...configuration, forcePathStyle: true }),
      sns: new SNSClient(configuration),
      sqs: new SQSClient(configuration),
      sts: new STSClient(configuration),
    };
  };
  const { iam, sqs } = of();
  return {
    server,
    stranger: accounts[0],
    of,
    arn: (service: string, resource: string): string =>
      `arn:aws:${service}:${server.region}:${server.accountId}:${resource}`,
    userArn: (name: string): string => `arn:aws:iam::${server.accountId}:user/${name}`,
    async newUser(UserName: string, PolicyDocument?: string): Promise<Keys> {
      await iam.send(new CreateUserCommand({ UserName }));
      if (PolicyDocument !== undefined) {
        await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }));
      }
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
      assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined);
      return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
    },
    async newRole(RoleName: string, Principal: object, PolicyDocument?: string): Promise<string> {
      const trust = { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' };
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust });
      const made = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      if (PolicyDocument !== undefined) {
        await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }));
      }
      assert.ok(made.Role?.Arn !== undefined);
      return made.Role.Arn;
    },
    async newQueue(QueueName: string, Policy?: string): Promise<string> {
      const Attributes = Policy === undefined ? {} : { Policy };
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
      assert.ok(QueueUrl !== undefined);
      return QueueUrl;
    },
    async bodiesOf(QueueUrl: string): Promise<readonly string[]> {
      const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
      const { Messages = [] } = await sqs.send(command);
      return Messages.flatMap(({ Body }) => Body ?? []);
    },
    stop: () => server.stop(),
  };
}
