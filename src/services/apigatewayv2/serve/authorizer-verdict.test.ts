import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionKeys } from '#kernel/policy/index.ts';
import { readVerdict } from './authorizer-verdict.ts';

test('the conditions of a policy that an authorizer answers count', () => {
  const Resource = '*';
  const Action = 'execute-api:Invoke';
  const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
  const verdict = readVerdict(
    {
      principalId: 'ann',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action, Resource },
          { Effect: 'Deny', Action, Resource, Condition },
        ],
      },
    },
    { Name: 'a' },
  );
  const arn = 'arn:aws:execute-api:us-east-1:000000000000:a1/s/GET/x';
  const from = (address: string) =>
    verdict?.allows(arn, conditionKeys({ 'aws:SourceIp': address }));
  assert.equal(from('10.1.2.3'), false);
  assert.equal(from('11.1.2.3'), true);
});
