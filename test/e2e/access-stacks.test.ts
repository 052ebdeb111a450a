/** `--auth iam`: stacks are made as whoever deploys them may, or as the role may that they pass on. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CloudFormationClient, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { AttachRolePolicyCommand } from '@aws-sdk/client-iam';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { atRest, createStack } from '../conformance/cloudformation-harness.ts';
import { policyOf, refusalOf, startGuarded, type Guarded, type Keys } from './access-harness.ts';

describe('stacks with policies evaluated', { timeout: 240_000 }, () => {
  let world: Guarded;
  before(async () => {
    world = await startGuarded();
  });
  after(() => world.stop());

  const clientOf = (credentials: Keys) => {
    const { endpoint, region } = world.server;
    return new CloudFormationClient({ endpoint, region, credentials, maxAttempts: 1 });
  };

  /** As `cdk bootstrap` has it: who deploys takes on one role, and passes another on. */
  it('are deployed by whoever may take on a role that passes another one on', async () => {
    const { iam } = world.of();
    const trusted = { Service: 'cloudformation.amazonaws.com' };
    const RoleARN = await world.newRole('exec', trusted, policyOf({ Action: ['s3:*', 'sqs:*'] }));
    const deployer = await world.newRole(
      'deployer',
      { AWS: `arn:aws:iam::${world.server.accountId}:root` },
      policyOf(
        { Action: ['cloudformation:CreateStack', 'cloudformation:DeleteStack', 's3:PutObject'] },
        { Action: 'iam:PassRole', Resource: RoleARN },
      ),
    );
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSCloudFormationReadOnlyAccess';
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'deployer', PolicyArn }));
    const ann = await world.newUser(
      'ann',
      policyOf({ Action: 'sts:AssumeRole', Resource: deployer }),
    );
    const assumed = await world
      .of(ann)
      .sts.send(new AssumeRoleCommand({ RoleArn: deployer, RoleSessionName: 'ann' }));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = assumed.Credentials ?? {};
    const keys = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    const secure = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::staging-of-ann', 'arn:aws:s3:::staging-of-ann/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const template = {
      Resources: {
        Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'staging-of-ann' } },
        Policy: {
          Type: 'AWS::S3::BucketPolicy',
          Properties: {
            Bucket: { Ref: 'Bucket' },
            PolicyDocument: { Version: '2012-10-17', Statement: [secure] },
          },
        },
        Queue: { Type: 'AWS::SQS::Queue' },
      },
    };
    const client = clientOf(keys);
    const other = { RoleARN: await world.newRole('other', trusted) };
    const refused = await refusalOf(createStack(client, 'by-other', template, other));
    assert.match(refused, /not authorized to perform: iam:PassRole on resource: .*role\/other/);
    const StackName = await createStack(client, 'by-role', template, { RoleARN });
    const made = await atRest(client, StackName);
    assert.equal(made.StackStatus, 'CREATE_COMPLETE', made.StackStatusReason);
    // What leaves the machine by no network is secure: the bucket's own policy lets it in.
    const put = { Bucket: 'staging-of-ann', Key: 'key', Body: 'text' };
    await world.of(keys).s3.send(new PutObjectCommand(put));
  });

  it('may be all that a user makes queues by', async () => {
    const via = { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'cloudformation.amazonaws.com' } };
    const bob = await world.newUser(
      'bob',
      policyOf({ Action: 'cloudformation:*' }, { Action: 'sqs:*', Condition: via }),
    );
    const command = new CreateQueueCommand({ QueueName: 'direct' });
    assert.match(await refusalOf(world.of(bob).sqs.send(command)), /^403 AccessDenied/);
    const client = clientOf(bob);
    const Resources = { Queue: { Type: 'AWS::SQS::Queue' } };
    const StackName = await createStack(client, 'by-bob', { Resources });
    const made = await atRest(client, StackName);
    assert.equal(made.StackStatus, 'CREATE_COMPLETE', made.StackStatusReason);
    await client.send(new DeleteStackCommand({ StackName }));
    assert.equal((await atRest(client, StackName)).StackStatus, 'DELETE_COMPLETE');
  });
});
