import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stackArn, type Stack } from './model.ts';
import { STACKS_MAX } from './limits.ts';
import { saveStack } from './store-stacks.ts';
import { CONTEXT, start } from './harness.test.ts';

const TemplateBody = JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });

test('an account has 2,000 stacks in a Region, and no more', async () => {
  const { call, database } = await start();
  const created = await call('CreateStack', { StackName: 'first', TemplateBody });
  const { accountId, region } = CONTEXT;
  const stackOf = (index: number): Stack => ({
    accountId,
    region,
    id: stackArn(CONTEXT, `s${index}`, String(index)),
    name: `s${index}`,
    status: 'CREATE_COMPLETE',
    goal: {
      body: TemplateBody,
      processed: TemplateBody,
      parameters: [],
      capabilities: [],
      tags: [],
      notificationArns: [],
    },
    outputs: [],
    disableRollback: false,
    isProtected: false,
    createdAtMs: index,
  });
  await database.transact(async (tx) => {
    for (let index = 0; index < STACKS_MAX - 2; index += 1) await saveStack(tx, stackOf(index));
  });
  await call('CreateStack', { StackName: 'last', TemplateBody });
  const error = { code: 'LimitExceededException' };
  await assert.rejects(call('CreateStack', { StackName: 'more', TemplateBody }), error);
  const set = { StackName: 'more', ChangeSetName: 'set', ChangeSetType: 'CREATE', TemplateBody };
  await assert.rejects(call('CreateChangeSet', set), error);
  await call(
    'CreateStack',
    { StackName: 'more', TemplateBody },
    { ...CONTEXT, region: 'eu-west-1' },
  );
  assert.ok(created.StackId);
});

test('a template that its transform makes larger than a template may be is refused', async () => {
  const { call } = await start();
  const functions = Array.from({ length: 300 }, (_, index) => [
    `F${index}`,
    { Type: 'AWS::Serverless::Function' },
  ]);
  const template = {
    Transform: 'AWS::Serverless-2016-10-31',
    Globals: {
      Function: {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        InlineCode: 'x'.repeat(4000),
      },
    },
    Resources: Object.fromEntries(functions),
  };
  await assert.rejects(
    call('CreateStack', {
      StackName: 'large',
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
    }),
    { code: 'ValidationError', message: /may not exceed 1048576 bytes/ },
  );
});

test('a nested stack that went back has failed to be updated', async () => {
  let isUpdated = false;
  const nested = { StackId: 'nested', Stacks: [{}] };
  const { call, work, statusOf } = await start(({ operation }) => {
    isUpdated ||= operation === 'UpdateStack';
    const StackStatus = isUpdated ? 'UPDATE_ROLLBACK_COMPLETE' : 'CREATE_COMPLETE';
    return { ...nested, Stacks: [{ StackStatus, StackStatusReason: 'It failed.' }] };
  });
  const templateOf = (TemplateURL: string) => {
    const Nested = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } };
    return JSON.stringify({ Resources: { Nested } });
  };
  const StackName = 'outer';
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody: templateOf('a') });
  await work(StackId);
  assert.equal(await statusOf(StackName), 'CREATE_COMPLETE');
  await call('UpdateStack', { StackName, TemplateBody: templateOf('b') });
  await work(StackId);
  const { StackEvents = [] } = await call('DescribeStackEvents', { StackName });
  const failed = StackEvents.find((one) => one.ResourceStatus === 'UPDATE_FAILED');
  assert.equal(
    failed?.ResourceStatusReason,
    'Embedded stack nested was not successfully updated. Currently in UPDATE_ROLLBACK_COMPLETE with reason: It failed.',
  );
});
