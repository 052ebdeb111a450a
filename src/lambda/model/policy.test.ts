import assert from 'node:assert/strict';
import { test } from 'node:test';

import { conditionKeys } from '#kernel/policy/index.ts';

import type { PolicyStatement } from './policy.ts';
import { conditionOf, isAllowed, principalOf } from './policy.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:111111111111:function:f';

function statement(change: Partial<PolicyStatement> = {}): PolicyStatement {
  return {
    Sid: 's',
    Effect: 'Allow',
    Principal: '*',
    Action: 'lambda:InvokeFunction',
    Resource: FUNCTION,
    ...change,
  };
}

const INVOKE = { action: 'lambda:InvokeFunction', resource: FUNCTION, keys: new Map() };

test('a principal is everybody, an account, an ARN or a service of AWS', () => {
  assert.equal(principalOf('*'), '*');
  assert.deepEqual(principalOf('123456789012'), { AWS: 'arn:aws:iam::123456789012:root' });
  assert.deepEqual(principalOf('arn:aws:iam::123456789012:role/r'), {
    AWS: 'arn:aws:iam::123456789012:role/r',
  });
  assert.deepEqual(principalOf('s3.amazonaws.com'), { Service: 's3.amazonaws.com' });
  for (const text of [
    '',
    'invalid.nonaws.com',
    '12345678901',
    'arn:aws',
    's3.amazonaws.com.evil',
  ]) {
    assert.equal(principalOf(text), undefined, text);
  }
});

test('an account lets in all of its principals, an ARN only its own', () => {
  const names = ['arn:aws:iam::111111111111:user/u'];
  const caller = { accountId: '111111111111', names };
  const allows = (AWS: string) => isAllowed([statement({ Principal: { AWS } })], INVOKE, caller);
  assert.equal(allows('arn:aws:iam::111111111111:root'), true);
  assert.equal(allows('arn:aws:iam::111111111111:user/u'), true);
  assert.equal(allows('arn:aws:iam::111111111111:user/v'), false);
  assert.equal(allows('arn:aws:iam::222222222222:root'), false);
  const service = statement({ Principal: { Service: 's3.amazonaws.com' } });
  assert.equal(isAllowed([service], INVOKE, caller), false);
  assert.equal(isAllowed([service], INVOKE, { names: [], service: 's3.amazonaws.com' }), true);
});

test('every condition has to hold, and one without a value does not', () => {
  const Condition = conditionOf({ SourceAccount: '1', SourceArn: 'arn:aws:s3:::b*' });
  assert.ok(Condition);
  const allows = (values: Record<string, string>) =>
    isAllowed(
      [statement({ Condition })],
      { ...INVOKE, keys: conditionKeys(values) },
      { names: [], service: 's3.amazonaws.com' },
    );
  assert.equal(allows({ 'aws:sourceaccount': '1', 'aws:sourcearn': 'arn:aws:s3:::bucket' }), true);
  assert.equal(allows({ 'aws:sourceaccount': '2', 'aws:sourcearn': 'arn:aws:s3:::bucket' }), false);
  assert.equal(allows({ 'aws:sourceaccount': '1' }), false);
});
