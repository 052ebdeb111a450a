import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Asked } from '#ports/peers/access-control.ts';
import { ACCOUNT, start } from './harness.test.ts';

const TemplateBody = JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });
const roleOf = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;

test('a stack’s role is of its own account', async () => {
  const { call } = await start();
  const create = (StackName: string, RoleARN: string) =>
    call('CreateStack', { StackName, TemplateBody, RoleARN });
  await assert.rejects(create('theirs', roleOf('222222222222', 'deployer')), {
    code: 'AccessDenied',
    message: 'Cross-account pass role is not allowed.',
  });
  await assert.rejects(create('none', 'arn:aws:iam::111111111111:user/deployer'), {
    code: 'ValidationError',
  });
  await create('mine', roleOf(ACCOUNT, 'deployer'));
  const RoleARN = roleOf('222222222222', 'deployer');
  await assert.rejects(call('DeleteStack', { StackName: 'mine', RoleARN }), {
    code: 'AccessDenied',
  });
});

test('a stack’s role trusts CloudFormation, where policies are evaluated', async () => {
  const trusted = roleOf(ACCOUNT, 'trusted');
  const sources = new Set<string>();
  const { call, work } = await start(undefined, {
    access: {
      decide: async ({ who, action, resource }: Asked) => {
        assert.deepEqual(
          [who.kind === 'service' && who.source.service, action],
          ['cloudformation.amazonaws.com', 'sts:AssumeRole'],
        );
        if (who.kind === 'service') sources.add(who.source.sourceArn);
        return resource === trusted
          ? { kind: 'allowed' }
          : { kind: 'not-allowed', by: 'resource-based policy' };
      },
    },
  });
  const create = (StackName: string, RoleARN: string) =>
    call('CreateStack', { StackName, TemplateBody, RoleARN });
  const RoleARN = roleOf(ACCOUNT, 'other');
  const message = `Role ${RoleARN} is invalid or cannot be assumed`;
  await assert.rejects(create('stack', RoleARN), { code: 'ValidationError', message });
  sources.clear();
  const { StackId = '' } = await create('stack', trusted);
  await work(StackId);
  await call('UpdateStack', {
    StackName: 'stack',
    TemplateBody: TemplateBody.replace('Queue', 'Other'),
  });
  await call('CreateChangeSet', {
    StackName: 'new',
    ChangeSetName: 'set',
    ChangeSetType: 'CREATE',
    TemplateBody,
    RoleARN: trusted,
  });
  const { Stacks: [made] = [] } = await call('DescribeStacks', { StackName: 'new' });
  // The confused deputy: roles name the stacks that may take them on.
  assert.deepEqual([...sources], [StackId, made?.StackId]);
});
