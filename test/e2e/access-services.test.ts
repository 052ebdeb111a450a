/** `--auth iam`: functions and services may what their roles and their targets' policies let them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PutRolePolicyCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  waitUntilFunctionActiveV2,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import {
  OTHER_ACCOUNT,
  policyOf,
  refusalOf,
  startGuarded,
  type Guarded,
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
    await world
      .of()
      .iam.send(
        new PutRolePolicyCommand({
          RoleName: 'execution',
          PolicyName: 'r',
          PolicyDocument: reading,
        }),
      );
    await map();
    await lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName: 'f', AuthType: 'AWS_IAM' }),
    );
  });
});
