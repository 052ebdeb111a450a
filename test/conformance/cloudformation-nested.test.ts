/** Stacks in stacks, through AWS's client, against a whole server. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  ListStacksCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createClients } from '../e2e/clients.ts';
import { atRest, cloudformationOf, createStack } from './cloudformation-harness.ts';

const Bucket = 'templates';
const nested = (name: string) => ({
  Type: 'AWS::CloudFormation::Stack',
  Properties: { TemplateURL: `https://${Bucket}.s3.us-east-1.amazonaws.com/${name}` },
});

suite('nested stacks', () => {
  let server: ExampleServer;
  let client: CloudFormationClient;
  before(async () => {
    server = await startServer({ flags: ['--isolation', 'process'] });
    client = cloudformationOf(server);
    const { s3 } = createClients(server);
    const templates = {
      inner: { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } },
      middle: { Resources: { Inner: nested('inner') } },
      itself: { Resources: { Itself: nested('itself') } },
      wrong: { Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 901 } } } },
    };
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const [Key, template] of Object.entries(templates)) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(template) }));
    }
  });
  after(() => server.stop());

  const nestedIn = async (StackName: string, LogicalResourceId: string) => {
    const command = new DescribeStackResourceCommand({ StackName, LogicalResourceId });
    const { StackResourceDetail: detail } = await client.send(command);
    return detail?.PhysicalResourceId ?? '';
  };

  test('a stack tells of the one that it stands in, and of the outermost', async () => {
    const root = await createStack(client, 'outer', { Resources: { Middle: nested('middle') } });
    assert.equal((await atRest(client, root)).StackStatus, 'CREATE_COMPLETE');
    const middle = await nestedIn(root, 'Middle');
    const inner = await nestedIn(middle, 'Inner');
    const described = async (StackName: string) => {
      const { Stacks: [one] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
      return [one?.ParentId, one?.RootId];
    };
    assert.deepEqual(await described(root), [undefined, undefined]);
    assert.deepEqual(await described(middle), [root, root]);
    assert.deepEqual(await described(inner), [middle, root]);
    const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
    assert.equal(StackSummaries.find(({ StackId }) => StackId === inner)?.ParentId, middle);
  });

  const failureOf = async (StackName: string, logicalId: string) => {
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    const failed = StackEvents.find(
      (one) => one.LogicalResourceId === logicalId && one.ResourceStatus === 'CREATE_FAILED',
    );
    return failed?.ResourceStatusReason;
  };

  test('what failed in a nested stack is told outside', async () => {
    const root = await createStack(client, 'failing', { Resources: { Inner: nested('wrong') } });
    assert.equal((await atRest(client, root)).StackStatus, 'ROLLBACK_COMPLETE');
    const reason = (await failureOf(root, 'Inner')) ?? '';
    assert.match(
      reason,
      /^Embedded stack arn:\S+ was not successfully created: The following resource\(s\) failed to create: \[Q\]\./,
    );
  });

  test('a template that nests itself fails, and leaves nothing behind', async () => {
    const root = await createStack(client, 'endless', { Resources: { Itself: nested('itself') } });
    assert.equal((await atRest(client, root)).StackStatus, 'ROLLBACK_COMPLETE');
    const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
    const made = StackSummaries.filter(({ RootId }) => RootId === root);
    assert.equal(made.length, 10);
    assert.deepEqual(
      made.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE'),
      [],
    );
    const innermost = made.find(({ StackId }) => !made.some((one) => one.ParentId === StackId));
    const reason = await failureOf(innermost?.StackId ?? '', 'Itself');
    assert.match(reason ?? '', /Stacks are nested at most 10 levels deep\./);
  });
});
