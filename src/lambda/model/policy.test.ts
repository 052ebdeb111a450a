import assert from 'node:assert/strict';
import { test } from 'node:test';

import { constantFrom, assert as holds, property, string } from 'fast-check';

import type { PolicyStatement } from './policy.ts';
import { conditionOf, isAllowed, matchesArn, principalOf } from './policy.ts';

function statement(change: Partial<PolicyStatement> = {}): PolicyStatement {
  return {
    Sid: 's',
    Effect: 'Allow',
    Principal: '*',
    Action: 'lambda:InvokeFunction',
    Resource: 'r',
    ...change,
  };
}

const INVOKE = { action: 'lambda:InvokeFunction', values: {} };

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
  const caller = { ...INVOKE, principalArn: 'arn:aws:iam::111111111111:user/u' };
  const allows = (AWS: string) => isAllowed([statement({ Principal: { AWS } })], caller);
  assert.equal(allows('arn:aws:iam::111111111111:root'), true);
  assert.equal(allows('arn:aws:iam::111111111111:user/u'), true);
  assert.equal(allows('arn:aws:iam::111111111111:user/v'), false);
  assert.equal(allows('arn:aws:iam::222222222222:root'), false);
  assert.equal(
    isAllowed([statement({ Principal: { Service: 's3.amazonaws.com' } })], caller),
    false,
  );
});

test('an action may end in a star', () => {
  const allows = (Action: string) => isAllowed([statement({ Action })], INVOKE);
  assert.deepEqual(['lambda:*', '*', 'lambda:Invoke*', 'lambda:InvokeFunction'].map(allows), [
    true,
    true,
    true,
    true,
  ]);
  assert.equal(allows('lambda:GetFunction'), false);
});

test('every condition has to hold, and one without a value does not', () => {
  const Condition = conditionOf({ SourceAccount: '1', SourceArn: 'arn:aws:s3:::b*' });
  assert.ok(Condition);
  const allows = (values: Record<string, string>) =>
    isAllowed([statement({ Condition })], { ...INVOKE, values });
  assert.equal(allows({ 'aws:sourceaccount': '1', 'aws:sourcearn': 'arn:aws:s3:::bucket' }), true);
  assert.equal(allows({ 'aws:sourceaccount': '2', 'aws:sourcearn': 'arn:aws:s3:::bucket' }), false);
  assert.equal(allows({ 'aws:sourceaccount': '1' }), false);
});

test('a star of an ARN stays in its part', () => {
  assert.equal(matchesArn('arn:aws:sqs:*:1:q', 'arn:aws:sqs:eu-west-1:1:q'), true);
  assert.equal(matchesArn('arn:aws:*:q', 'arn:aws:sqs:eu-west-1:1:q'), false);
  assert.equal(matchesArn('arn:aws:s3:::b?', 'arn:aws:s3:::bu'), true);
  assert.equal(matchesArn('arn:aws:s3:::b?', 'arn:aws:s3:::b'), false);
  assert.equal(
    matchesArn('arn:aws:execute-api:*:*:api/*/GET/*', 'arn:aws:execute-api:r:1:api/prod/GET/a/b'),
    true,
  );
});

test('stars match what their expression would', () => {
  const part = string({ maxLength: 8, unit: constantFrom('a', 'b', '*', '?') });
  const text = string({ maxLength: 10, unit: constantFrom('a', 'b') });
  holds(
    property(part, text, (pattern, resource) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      assert.equal(
        matchesArn(`arn:aws:s3:::${pattern}`, `arn:aws:s3:::${resource}`),
        expression.test(resource),
      );
    }),
  );
});

test('no pattern makes it slow', () => {
  const pattern = `arn:aws:s3:::${'*a'.repeat(200)}b`;
  assert.equal(matchesArn(pattern, `arn:aws:s3:::${'a'.repeat(5000)}`), false);
});
