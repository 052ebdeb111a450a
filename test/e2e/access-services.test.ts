/** `--auth iam`: functions and services may what their roles and their targets' policies let them. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { PutRolePolicyCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  UpdateFunctionUrlConfigCommand,
  waitUntilFunctionActiveV2,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { AwsV4Signer } from 'aws4fetch';
import {
  OTHER_ACCOUNT,
  policyOf,
  refusalOf,
  startGuarded,
  type Guarded,
  type Keys,
} from './access-harness.ts';
import { zipOf } from './clients.ts';

describe('services with policies evaluated', { timeout: 240_000 }, () => {
  let world: Guarded;
  before(async () => {
    world = await startGuarded();
  });
  after(() => world.stop());

  it('sends events of buckets and topics only to queues that take them', async () => {
    const { s3, sns } = world.of();
    const Bucket = 'notifying';
    await s3.send(new CreateBucketCommand({ Bucket }));
    const url = await world.newQueue('notified');
    const NotificationConfiguration = {
      QueueConfigurations: [
        { QueueArn: world.arn('sqs', 'notified'), Events: ['s3:ObjectCreated:*' as const] },
      ],
    };
    const put = () =>
      s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    assert.equal(
      await refusalOf(put()),
      '400 InvalidArgument: Unable to validate the following destination configurations',
    );
    const open = (service: string, source: string): string =>
      policyOf({
        Principal: { Service: service },
        Action: 'sqs:SendMessage',
        Condition: { ArnLike: { 'aws:SourceArn': source } },
      });
    const set = (Policy: string) =>
      world.of().sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy } }));
    await set(open('s3.amazonaws.com', 'arn:aws:s3:::another'));
    assert.match(await refusalOf(put()), /Unable to validate/);
    await set(open('s3.amazonaws.com', `arn:aws:s3:::${Bucket}`));
    await put();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'b' }));
    assert.equal((await world.bodiesOf(url)).length, 2);

    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'topic' }));
    const letters = await world.newQueue('letters', open('sns.amazonaws.com', TopicArn));
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: world.arn('sqs', 'letters') });
    const Attributes = { RedrivePolicy, RawMessageDelivery: 'true' };
    const Endpoint = world.arn('sqs', 'notified');
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
    await sns.send(new PublishCommand({ TopicArn, Message: 'refused' }));
    assert.deepEqual(await world.bodiesOf(letters), ['refused']);
    await set(open('sns.amazonaws.com', TopicArn));
    await sns.send(new PublishCommand({ TopicArn, Message: 'taken' }));
    assert.deepEqual(await world.bodiesOf(url), ['taken']);
  });

  it('runs functions under their roles, which trust Lambda and may what they may', async () => {
    const url = await world.newQueue('written');
    await world.newQueue('polled');
    const { lambda } = world.of();
    const trusting = { Service: 'lambda.amazonaws.com' };
    const Role = await world.newRole(
      'execution',
      trusting,
      policyOf({ Action: 'sqs:SendMessage', Resource: world.arn('sqs', 'written') }),
    );
    const untrusting = await world.newRole('untrusting', { AWS: OTHER_ACCOUNT });
    const code = `
      import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
      export const handler = async ({ QueueUrl }) => {
        try {
          await new SQSClient({}).send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }));
          return 'sent';
        } catch (error) { return error.message; }
      };`;
    const ZipFile = await zipOf({ 'index.mjs': code });
    const definition = {
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Code: { ZipFile },
    } as const;
    const create = (client: LambdaClient, FunctionName: string, role: string) =>
      client.send(new CreateFunctionCommand({ ...definition, FunctionName, Role: role }));
    assert.equal(
      await refusalOf(create(lambda, 'f', untrusting)),
      '400 InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.',
    );
    const maker = await world.newUser('dan', policyOf({ Action: 'lambda:*' }));
    assert.equal(
      await refusalOf(create(world.of(maker).lambda, 'f', Role)),
      `403 AccessDeniedException: User: ${world.userArn('dan')} is not authorized to perform: iam:PassRole on resource: ` +
        `${Role} because no identity-based policy allows the iam:PassRole action`,
    );
    const passing = policyOf({
      Action: 'iam:PassRole',
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    });
    await world
      .of()
      .iam.send(
        new PutUserPolicyCommand({ UserName: 'dan', PolicyName: 'pass', PolicyDocument: passing }),
      );
    await create(world.of(maker).lambda, 'f', Role);
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: 'f' });
    const invoke = async (client: LambdaClient, QueueUrl: string): Promise<string> => {
      const Payload = Buffer.from(JSON.stringify({ QueueUrl }));
      const answer = await client.send(new InvokeCommand({ FunctionName: 'f', Payload }));
      return answer.Payload?.transformToString() ?? '';
    };
    assert.equal(await invoke(lambda, url), '"sent"');
    assert.match(
      await invoke(lambda, url.replace('written', 'polled')),
      /assumed-role\/execution\/f is not authorized to perform: sqs:sendmessage on resource: .*:polled/,
    );
    const caller = await world.newUser(
      'eve',
      policyOf({ Action: 'lambda:InvokeFunction', Resource: world.arn('lambda', 'function:g') }),
    );
    assert.equal(
      await refusalOf(invoke(world.of(caller).lambda, url)),
      `403 AccessDeniedException: User: ${world.userArn('eve')} is not authorized to perform: lambda:InvokeFunction on resource: ` +
        `${world.arn('lambda', 'function:f')} because no identity-based policy allows the lambda:InvokeFunction action`,
    );
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: 'f',
        StatementId: 'eve',
        Action: 'lambda:InvokeFunction',
        Principal: world.userArn('eve'),
      }),
    );
    assert.equal(await invoke(world.of(caller).lambda, url), '"sent"');
    const mapping = { FunctionName: 'f', EventSourceArn: world.arn('sqs', 'polled') };
    const map = () => lambda.send(new CreateEventSourceMappingCommand(mapping));
    assert.equal(
      await refusalOf(map()),
      '400 InvalidParameterValueException: The function execution role does not have permissions to call ReceiveMessage on SQS',
    );
    const reading = policyOf({
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    });
    await world.of().iam.send(
      new PutRolePolicyCommand({
        RoleName: 'execution',
        PolicyName: 'r',
        PolicyDocument: reading,
      }),
    );
    await map();
  });

  it('asks a function’s role before it is to send dead letters, or to read a stream', async () => {
    const { dynamodb, lambda } = world.of();
    await world.newQueue('dead');
    const Role = await world.newRole('powerless', { Service: 'lambda.amazonaws.com' });
    const ZipFile = await zipOf({ 'index.mjs': 'export const handler = async () => 1;' });
    const definition = {
      FunctionName: 'powerless',
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Role,
      Code: { ZipFile },
    } as const;
    const DeadLetterConfig = { TargetArn: world.arn('sqs', 'dead') };
    assert.equal(
      await refusalOf(lambda.send(new CreateFunctionCommand({ ...definition, DeadLetterConfig }))),
      '400 InvalidParameterValueException: The provided execution role does not have permissions to call SendMessage on SQS',
    );
    await lambda.send(new CreateFunctionCommand(definition));
    const { TableDescription: table } = await dynamodb.send(
      new CreateTableCommand({
        TableName: 'streaming',
        AttributeDefinitions: [{ AttributeName: 'h', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'h', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      }),
    );
    const EventSourceArn = table?.LatestStreamArn ?? '';
    const mapping = {
      FunctionName: 'powerless',
      EventSourceArn,
      StartingPosition: 'LATEST',
    } as const;
    assert.equal(
      await refusalOf(lambda.send(new CreateEventSourceMappingCommand(mapping))),
      `400 InvalidParameterValueException: Cannot access stream ${EventSourceArn}. Please ensure the role can perform the ` +
        'GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in DynamoDB.',
    );
  });

  it('opens a function’s URL to whom policies name, and to everybody only where both actions are', async () => {
    const { lambda, iam } = world.of();
    const definition = { Handler: 'index.handler', Runtime: 'nodejs22.x' } as const;
    const ZipFile = await zipOf({ 'index.mjs': `export const handler = async () => 'hello';` });
    const Role = await world.newRole('greeting', { Service: 'lambda.amazonaws.com' });
    const FunctionName = 'greeter';
    await lambda.send(
      new CreateFunctionCommand({ ...definition, FunctionName, Role, Code: { ZipFile } }),
    );
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
    const { FunctionUrl = '' } = await lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'AWS_IAM' }),
    );
    const url = new URL(FunctionUrl);
    /** Node finds no name below localhost. */
    const statusOf = async (keys?: Keys): Promise<number> => {
      const to = { url: FunctionUrl, method: 'GET', service: 'lambda', region: 'us-east-1' };
      const signed = keys && (await new AwsV4Signer({ ...to, ...keys }).sign());
      const headers = { ...Object.fromEntries(signed?.headers ?? []), host: url.host };
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      request({ host: '127.0.0.1', port: url.port, headers }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      })
        .once('error', reject)
        .end();
      return await promise;
    };
    const fay = await world.newUser('fay', policyOf({ Action: 'lambda:InvokeFunctionUrl' }));
    assert.equal(await statusOf(world.server.credentials), 200);
    assert.equal(await statusOf(fay), 403);
    const PolicyDocument = policyOf({
      Action: ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'],
      Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
    });
    await iam.send(new PutUserPolicyCommand({ UserName: 'fay', PolicyName: 'p', PolicyDocument }));
    assert.equal(await statusOf(fay), 200);
    assert.equal(await statusOf(world.stranger), 403);
    assert.equal(await statusOf(), 403);
    await lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }));
    const everybody = { FunctionName, Principal: '*', FunctionUrlAuthType: 'NONE' } as const;
    await lambda.send(
      new AddPermissionCommand({
        ...everybody,
        StatementId: 'url',
        Action: 'lambda:InvokeFunctionUrl',
      }),
    );
    assert.equal(await statusOf(), 403);
    await lambda.send(
      new AddPermissionCommand({
        FunctionName,
        Principal: '*',
        StatementId: 'function',
        Action: 'lambda:InvokeFunction',
        InvokedViaFunctionUrl: true,
      }),
    );
    assert.equal(await statusOf(), 200);
  });

  it('keeps events of rules and schedules that their targets or roles do not let through', async () => {
    const { endpoint, region, credentials } = world.server;
    const configuration = { endpoint, region, credentials, maxAttempts: 1 };
    const events = new EventBridgeClient(configuration);
    const scheduler = new SchedulerClient(configuration);
    const service = (name: string): string =>
      policyOf({ Principal: { Service: name }, Action: 'sqs:SendMessage' });
    const closed = await world.newQueue('ruled');
    const letters = await world.newQueue('unruly', service('events.amazonaws.com'));
    const EventPattern = JSON.stringify({ source: ['test'] });
    await events.send(new PutRuleCommand({ Name: 'rule', EventPattern }));
    const target = {
      Id: 't',
      Arn: world.arn('sqs', 'ruled'),
      DeadLetterConfig: { Arn: world.arn('sqs', 'unruly') },
    };
    await events.send(new PutTargetsCommand({ Rule: 'rule', Targets: [target] }));
    const put = () =>
      events.send(
        new PutEventsCommand({ Entries: [{ Source: 'test', DetailType: 'd', Detail: '{}' }] }),
      );
    await put();
    const received = await world
      .of()
      .sqs.send(new ReceiveMessageCommand({ QueueUrl: letters, MessageAttributeNames: ['All'] }));
    const { ERROR_CODE: code } = received.Messages?.[0]?.MessageAttributes ?? {};
    assert.equal(code?.StringValue, 'NO_PERMISSIONS');
    const Attributes = { Policy: service('events.amazonaws.com') };
    await world.of().sqs.send(new SetQueueAttributesCommand({ QueueUrl: closed, Attributes }));
    await put();
    assert.equal((await world.bodiesOf(closed)).length, 1);

    const trusting = { Service: 'scheduler.amazonaws.com' };
    const sending = policyOf({ Action: 'sqs:SendMessage', Resource: world.arn('sqs', 'late') });
    const RoleArn = await world.newRole('scheduling', trusting, sending);
    const [late, later] = [await world.newQueue('late'), await world.newQueue('later')];
    const schedule = (Name: string, queue: string) =>
      scheduler.send(
        new CreateScheduleCommand({
          Name,
          ScheduleExpression: 'rate(1 minute)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: world.arn('sqs', queue),
            RoleArn,
            Input: queue,
            DeadLetterConfig: { Arn: world.arn('sqs', 'late') },
          },
        }),
      );
    await schedule('allowed', 'late');
    await schedule('refused', 'later');
    const moved = await fetch(`${endpoint}/_hearth/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 61 }),
    });
    assert.equal(moved.status, 200, await moved.text());
    const delivered = new Set(await world.bodiesOf(late));
    assert.deepEqual([...delivered].toSorted(), ['late', 'later']);
    assert.deepEqual(await world.bodiesOf(later), []);
  });
});
