import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conditionKeys } from '#kernel/policy/index.ts';
import { letsIn, type EventSender } from './bus-policy.ts';

const OTHER = '222222222222';
const BUS = { accountId: '111111111111', region: 'us-east-1', bus: 'bus' };
const sender = (keys: Readonly<Record<string, string>> = {}): EventSender => ({
  accountId: OTHER,
  requester: { accountId: OTHER, names: [] },
  keys: conditionKeys(keys),
});
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
      assert.ok(letsIn(policy({ ...allow, Principal }), BUS, sender()), JSON.stringify(Principal));
    }
    for (const Action of ['events:*', '*', ['events:PutRule', 'events:PutEvents']]) {
      assert.ok(letsIn(policy({ ...allow, Action }), BUS, sender()));
    }
    assert.ok(letsIn(JSON.stringify({ Statement: allow }), BUS, sender()));
    const Condition = { StringEquals: { 'aws:SourceIp': '10.0.0.1' } };
    const near = sender({ 'aws:SourceIp': '10.0.0.1' });
    assert.ok(letsIn(policy({ ...allow, Condition }), BUS, near));
  });

  it('lets in nobody else: without a policy, a statement, its action or resource, or a condition that holds', () => {
    const closed = [
      undefined,
      'no JSON',
      '[]',
      policy(),
      policy({ ...allow, Principal: { AWS: '111111111111' } }),
      policy({ ...allow, Principal: { Service: 'events.amazonaws.com' } }),
      policy({ ...allow, Action: 'events:PutRule' }),
      policy({ ...allow, Resource: 'arn:aws:events:*:*:event-bus/other' }),
      policy({ ...allow, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      policy(allow, { ...allow, Effect: 'Deny', Principal: { AWS: OTHER } }),
    ];
    for (const text of closed) assert.equal(letsIn(text, BUS, sender()), false, text);
  });
});
