import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { letsIn } from './bus-policy.ts';

const OTHER = '222222222222';
const allow = { Effect: 'Allow', Action: 'events:PutEvents', Principal: '*', Resource: '*' };
const policy = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

describe('a bus’s policy', () => {
  it('lets in whom it names: everybody, an account by number or root', () => {
    for (const Principal of [
      '*',
      { AWS: '*' },
      { AWS: OTHER },
      { AWS: `arn:aws:iam::${OTHER}:root` },
      { AWS: ['111111111111', OTHER] },
    ]) {
      assert.ok(letsIn(policy({ ...allow, Principal }), OTHER), JSON.stringify(Principal));
    }
    for (const Action of ['events:*', '*', ['events:PutRule', 'events:PutEvents']]) {
      assert.ok(letsIn(policy({ ...allow, Action }), OTHER));
    }
    assert.ok(letsIn(JSON.stringify({ Statement: allow }), OTHER));
  });

  it('lets in nobody else: without a policy, a statement, its action, or on a condition', () => {
    const closed = [
      undefined,
      'no JSON',
      '[]',
      policy(),
      policy({ ...allow, Principal: { AWS: '111111111111' } }),
      policy({ ...allow, Principal: { Service: 'events.amazonaws.com' } }),
      policy({ ...allow, Action: 'events:PutRule' }),
      policy({ ...allow, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      policy(allow, { ...allow, Effect: 'Deny', Principal: { AWS: OTHER } }),
    ];
    for (const text of closed) assert.equal(letsIn(text, OTHER), false, text);
  });
});
