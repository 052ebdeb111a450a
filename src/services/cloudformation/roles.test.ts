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
  const { call } = await start(undefined, {
    access: {
      decide: async ({ who, action, resource }: Asked) => {
        assert.deepEqual(
          [who.kind === 'service' && who.source.service, action],
          ['cloudformation.amazonaws.com', 'sts:AssumeRole'],
        );
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
  await create('stack', trusted);
});
