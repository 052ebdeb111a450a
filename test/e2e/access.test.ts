/** `--auth iam`: users, roles and other accounts may what policies let them, and nothing else. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  DeleteUserPolicyCommand,
  ListUsersCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  OTHER_ACCOUNT,
  policyOf,
  refusalOf,
  startGuarded,
  type Guarded,
  type Keys,
} from './access-harness.ts';

describe('requests with policies evaluated', { timeout: 240_000 }, () => {
  let world: Guarded;
  before(async () => {
    world = await startGuarded();
  });
  after(() => world.stop());

  it('lets root do everything, and a user what its policy says, in each service’s words', async () => {
    const url = await world.newQueue('narrow');
    await world.newQueue('other');
    const keys = await world.newUser(
      'ann',
      policyOf({ Action: 'sqs:SendMessage', Resource: world.arn('sqs', 'narrow') }),
    );
    const { sqs, sns, s3, iam, lambda, dynamodb, sts } = world.of(keys);
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
    const Entries = [{ Id: 'a', MessageBody: 'm' }];
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    assert.equal(Arn, world.userArn('ann'));
    const says = (action: string, on: string): string =>
      `User: ${world.userArn('ann')} is not authorized to perform: ${action}${on} because no identity-based policy allows the ${action} action`;
    assert.equal(
      await refusalOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: url }))),
      `403 AccessDenied: ${says('sqs:receivemessage', ` on resource: ${world.arn('sqs', 'narrow')}`)}`,
    );
    const elsewhere = new SendMessageCommand({
      QueueUrl: url.replace('narrow', 'other'),
      MessageBody: 'm',
    });
    assert.match(
      await refusalOf(sqs.send(elsewhere)),
      /sqs:sendmessage on resource: .*:other because/,
    );
    const topic = world.arn('sns', 't');
    assert.equal(
      await refusalOf(sns.send(new PublishCommand({ TopicArn: topic, Message: 'm' }))),
      `403 AuthorizationErrorException: ${says('SNS:Publish', ` on resource: ${topic}`)}`,
    );
    assert.equal(
      await refusalOf(lambda.send(new ListFunctionsCommand({}))),
      `403 AccessDeniedException: ${says('lambda:ListFunctions', ' on resource: *')}`,
    );
    assert.equal(
      await refusalOf(dynamodb.send(new ListTablesCommand({}))),
      `400 AccessDeniedException: ${says('dynamodb:ListTables', ' on resource: *')}`,
    );
    assert.equal(
      await refusalOf(iam.send(new ListUsersCommand({}))),
      `403 AccessDenied: ${says('iam:ListUsers', ' on resource: *')}`,
    );
    assert.equal(
      await refusalOf(s3.send(new ListBucketsCommand({}))),
      `403 AccessDenied: ${says('s3:ListAllMyBuckets', '')}`,
    );
    const object = { Bucket: 'b', Key: 'k' };
    assert.equal(
      await refusalOf(s3.send(new GetObjectCommand(object))),
      `403 AccessDenied: ${says('s3:GetObject', ' on resource: "arn:aws:s3:::b/k"')}`,
    );
  });

  it('hears at once of policies that change, of boundaries and of denials', async () => {
    const url = await world.newQueue('changing');
    const { iam } = world.of();
    const keys = await world.newUser('bob');
    const send = () =>
      world.of(keys).sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
    assert.match(await refusalOf(send()), /no identity-based policy/);
    const made = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'all', PolicyDocument: policyOf({ Action: '*' }) }),
    );
    const PolicyArn = made.Policy?.Arn ?? '';
    await iam.send(new AttachUserPolicyCommand({ UserName: 'bob', PolicyArn }));
    await send();
    const PolicyDocument = policyOf({ Action: 'sqs:Send*', Effect: 'Deny' });
    const named = { UserName: 'bob', PolicyName: 'no' };
    await iam.send(new PutUserPolicyCommand({ ...named, PolicyDocument }));
    assert.match(await refusalOf(send()), /with an explicit deny in an identity-based policy$/);
    await iam.send(new DeleteUserPolicyCommand(named));
    await send();
    const { Policy: narrow } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: 'narrow',
        PolicyDocument: policyOf({ Action: 's3:*' }),
      }),
    );
    const PermissionsBoundary = narrow?.Arn ?? '';
    await iam.send(new PutUserPermissionsBoundaryCommand({ UserName: 'bob', PermissionsBoundary }));
    assert.match(await refusalOf(send()), /because no permissions boundary allows the sqs:sendm/);
  });

  it('deletes the objects that may be deleted, and tells who may not list nothing of keys', async () => {
    const Bucket = 'partly';
    const { s3 } = world.of();
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ['own', 'other'])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'b' }));
    const own = policyOf({
      Action: ['s3:DeleteObject', 's3:GetObject'],
      Resource: `arn:aws:s3:::${Bucket}/own*`,
    });
    const gus = world.of(await world.newUser('gus', own)).s3;
    const Delete = { Objects: [{ Key: 'own' }, { Key: 'other' }] };
    const { Deleted, Errors } = await gus.send(new DeleteObjectsCommand({ Bucket, Delete }));
    assert.deepEqual(Deleted, [{ Key: 'own' }]);
    assert.deepEqual(
      Errors?.map(({ Key, Code }) => [Key, Code]),
      [['other', 'AccessDenied']],
    );
    const missing = { Bucket, Key: 'own' };
    assert.match(
      await refusalOf(gus.send(new GetObjectCommand(missing))),
      /^403 AccessDenied: User: .*user\/gus is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::partly" because/,
    );
    assert.match(await refusalOf(s3.send(new GetObjectCommand(missing))), /^404 NoSuchKey/);
  });

  it('gives a role to whom its trust policy names, and less by a session policy', async () => {
    const url = await world.newQueue('taken');
    const keys = await world.newUser('cat', policyOf({ Action: 'sts:AssumeRole' }));
    const RoleArn = await world.newRole(
      'taken',
      { AWS: `arn:aws:iam::${world.server.accountId}:root` },
      policyOf({ Action: 'sqs:*' }),
    );
    const closed = await world.newRole('closed', { Service: 'lambda.amazonaws.com' });
    const assume = async (arnOfRole: string, Policy?: string): Promise<Keys> => {
      const input = { RoleArn: arnOfRole, RoleSessionName: 'session', ...(Policy && { Policy }) };
      const { Credentials } = await world.of(keys).sts.send(new AssumeRoleCommand(input));
      assert.ok(
        Credentials?.AccessKeyId && Credentials.SecretAccessKey && Credentials.SessionToken,
      );
      const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials;
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      };
    };
    const whole = world.of(await assume(RoleArn)).sqs;
    await whole.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
    const less = world.of(await assume(RoleArn, policyOf({ Action: 'sqs:ReceiveMessage' }))).sqs;
    await less.send(new ReceiveMessageCommand({ QueueUrl: url }));
    assert.equal(
      await refusalOf(less.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }))),
      `403 AccessDenied: User: arn:aws:sts::${world.server.accountId}:assumed-role/taken/session is not authorized to perform: ` +
        `sqs:sendmessage on resource: ${world.arn('sqs', 'taken')} because no session policy allows the sqs:sendmessage action`,
    );
    assert.equal(
      await refusalOf(assume(closed)),
      `403 AccessDenied: User: ${world.userArn('cat')} is not authorized to perform: sts:AssumeRole on resource: ${closed}`,
    );
  });

  it('lets another account in only where the queue’s policy does', async () => {
    const url = await world.newQueue('shared');
    const send = () =>
      world
        .of(world.stranger)
        .sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
    assert.match(await refusalOf(send()), /no resource-based policy allows the sqs:sendmessage/);
    const Policy = policyOf({ Principal: { AWS: OTHER_ACCOUNT }, Action: 'sqs:SendMessage' });
    await world
      .of()
      .sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy } }));
    await send();
    const all = policyOf({ Principal: '*', Action: 'sqs:*' });
    const change = { QueueUrl: url, Attributes: { Policy: all } };
    await world.of().sqs.send(new SetQueueAttributesCommand(change));
    await send();
    const other = world.of(world.stranger).sqs;
    const taken = other.send(new SetQueueAttributesCommand(change));
    assert.match(
      await refusalOf(taken),
      /because no resource-based policy allows the sqs:setqueueattributes action/,
    );
  });
});
