/** awsQuery, through AWS's clients for SNS, IAM and STS, and SQS's as its API reference writes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateRoleCommand,
  IAMClient,
  NoSuchEntityException,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  NotFoundException,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { modelledError } from '#aws/error-model.ts';
import { iam } from '#aws/models/iam.gen.ts';
import { sns } from '#aws/models/sns.gen.ts';
import { sqs } from '#aws/models/sqs.gen.ts';
import { clientSettings, disposable, listen, REQUEST_ID, type Received } from './loopback.ts';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:topic';

test('lists, maps and blobs go in, and XML comes back', async () => {
  const received: Received[] = [];
  await using loopback = await listen('sns', (call) => {
    received.push(call);
    return call.operation === 'PublishBatch'
      ? { Successful: [{ Id: 'a', MessageId: 'm<&>' }], Failed: [] }
      : { MessageId: 'm' };
  });
  using client = disposable(new SNSClient(clientSettings(loopback)));
  const attributes = {
    text: { DataType: 'String', StringValue: 'a b&c=d' },
    bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
  };
  const one = await client.send(
    new PublishCommand({ TopicArn: TOPIC, Message: 'ü\r\n', MessageAttributes: attributes }),
  );
  const batch = await client.send(
    new PublishBatchCommand({
      TopicArn: TOPIC,
      PublishBatchRequestEntries: [
        { Id: 'a', Message: '1' },
        { Id: 'b', Message: '2' },
      ],
    }),
  );
  assert.equal(one.MessageId, 'm');
  assert.equal(one.$metadata.requestId, REQUEST_ID);
  assert.deepEqual(batch.Successful, [{ Id: 'a', MessageId: 'm<&>' }]);
  assert.deepEqual(received[0]?.input, {
    TopicArn: TOPIC,
    Message: 'ü\r\n',
    MessageAttributes: attributes,
  });
  assert.deepEqual(received[1]?.input['PublishBatchRequestEntries'], [
    { Id: 'a', Message: '1' },
    { Id: 'b', Message: '2' },
  ]);
});

test('an operation without an output answers its id alone', async () => {
  await using loopback = await listen('sns', () => ({}));
  using client = disposable(new SNSClient(clientSettings(loopback)));
  const output = await client.send(
    new SetSubscriptionAttributesCommand({ SubscriptionArn: 's', AttributeName: 'a' }),
  );
  assert.equal(output.$metadata.requestId, REQUEST_ID);
});

test("errors are of the client's classes, by their codes", async () => {
  await using topics = await listen('sns', () => {
    throw modelledError(sns, 'NotFound', 'Topic does not exist');
  });
  using client = disposable(new SNSClient(clientSettings(topics)));
  const publish = client.send(new PublishCommand({ TopicArn: TOPIC, Message: 'm' }));
  await assert.rejects(publish, (error) => {
    assert.ok(error instanceof NotFoundException);
    assert.equal(error.message, 'Topic does not exist');
    assert.equal(error.$metadata.httpStatusCode, 404);
    return true;
  });
  await using roles = await listen('iam', ({ operation }) => {
    if (operation === 'ListRoles') return { Roles: [], IsTruncated: false };
    throw modelledError(iam, 'NoSuchEntityException', 'no such role');
  });
  using roleClient = disposable(new IAMClient(clientSettings(roles)));
  const create = roleClient.send(
    new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{}' }),
  );
  await assert.rejects(create, (error) => error instanceof NoSuchEntityException);
  const list = await roleClient.send(new ListRolesCommand({}));
  assert.equal(list.IsTruncated, false);
});

test('moments are ISO 8601', async () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  await using loopback = await listen('sts', () => ({
    Credentials: {
      AccessKeyId: 'A'.repeat(20),
      SecretAccessKey: 's',
      SessionToken: 't',
      Expiration: at,
    },
  }));
  using client = disposable(new STSClient(clientSettings(loopback)));
  const output = await client.send(
    new AssumeRoleCommand({
      RoleArn: 'arn:aws:iam::123456789012:role/r',
      RoleSessionName: 'session',
    }),
  );
  assert.equal(output.Credentials?.Expiration?.getTime(), at);
});

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html#API_SendMessage_Examples */
test("SQS's older protocol keeps its flattened names", async () => {
  const received: Received[] = [];
  await using loopback = await listen('sqs', (call) => {
    received.push(call);
    if (call.operation === 'DeleteQueue') {
      throw modelledError(sqs, 'QueueDoesNotExist', 'The specified queue does not exist.');
    }
    if (call.operation === 'GetQueueAttributes')
      return { Attributes: { DelaySeconds: '0', A: 'b' } };
    return {
      Messages: [
        {
          MessageId: 'm',
          Body: 'This is a test message',
          Attributes: { SenderId: '195004372649' },
          MessageAttributes: { my: { DataType: 'String', StringValue: 'v' } },
        },
      ],
    };
  });
  const post = async (form: string): Promise<string> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(loopback.endpoint, { method: 'POST', headers, body: form });
    return response.text();
  };
  const namespace = 'xmlns="http://queue.amazonaws.com/doc/2012-11-05/"';
  const metadata = `<ResponseMetadata><RequestId>${REQUEST_ID}</RequestId></ResponseMetadata>`;
  assert.equal(
    await post(
      'Action=ReceiveMessage&QueueUrl=q&MaxNumberOfMessages=5&AttributeName.1=All&MessageAttributeName.1=my',
    ),
    `<ReceiveMessageResponse ${namespace}><ReceiveMessageResult><Message><MessageId>m</MessageId>` +
      '<Body>This is a test message</Body><Attribute><Name>SenderId</Name><Value>195004372649</Value></Attribute>' +
      '<MessageAttribute><Name>my</Name><Value><StringValue>v</StringValue><DataType>String</DataType></Value>' +
      `</MessageAttribute></Message></ReceiveMessageResult>${metadata}</ReceiveMessageResponse>`,
  );
  assert.deepEqual(received[0]?.input, {
    QueueUrl: 'q',
    MaxNumberOfMessages: 5,
    AttributeNames: ['All'],
    MessageAttributeNames: ['my'],
  });
  assert.equal(
    await post(
      'Action=GetQueueAttributes&QueueUrl=q&AttributeName.2=A&AttributeName.1=DelaySeconds',
    ),
    `<GetQueueAttributesResponse ${namespace}><GetQueueAttributesResult><Attribute><Name>DelaySeconds</Name>` +
      '<Value>0</Value></Attribute><Attribute><Name>A</Name><Value>b</Value></Attribute>' +
      `</GetQueueAttributesResult>${metadata}</GetQueueAttributesResponse>`,
  );
  assert.deepEqual(received[1]?.input['AttributeNames'], ['DelaySeconds', 'A']);
  assert.equal(
    await post('Action=DeleteQueue&QueueUrl=q'),
    `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>` +
      '<Message>The specified queue does not exist.</Message><Detail/></Error>' +
      `<RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`,
  );
  await post(
    'Action=SendMessageBatch&QueueUrl=q&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.' +
      'MessageBody=1&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n&SendMessageBatchRequestEntry.1.' +
      'MessageAttribute.1.Value.DataType=String&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue=v',
  );
  assert.deepEqual(received[3]?.input['Entries'], [
    {
      Id: 'a',
      MessageBody: '1',
      MessageAttributes: { n: { DataType: 'String', StringValue: 'v' } },
    },
  ]);
});

test('an action that is unknown or absent is refused', async () => {
  await using loopback = await listen('sns', () => ({}));
  const codeOf = async (query: string): Promise<string | undefined> => {
    const response = await fetch(`${loopback.endpoint}/?${query}`);
    return /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1];
  };
  assert.equal(await codeOf('Action=Nothing&Version=2010-03-31'), 'InvalidAction');
  assert.equal(await codeOf('Version=2010-03-31'), 'MissingAction');
});
