import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as holds, constantFrom, property, record, string } from 'fast-check';
import {
  conditionKeys,
  decide,
  evaluateResource,
  parsePolicy,
  PolicyCache,
  type Decision,
  type Policy,
  type Requester,
} from './index.ts';

const ACCOUNT = '111111111111';
const ANN: Requester = {
  accountId: ACCOUNT,
  names: [`arn:aws:iam::${ACCOUNT}:user/ann`, 'AIDAANN'],
};
const SESSION: Requester = {
  accountId: ACCOUNT,
  names: [`arn:aws:sts::${ACCOUNT}:assumed-role/r/s`],
  roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
};
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:queue`;
const ASKED = { action: 'sqs:SendMessage', resource: QUEUE, keys: new Map() };

function policyOf(...statements: object[]): Policy {
  const Statement = statements.map((one) => ({
    Effect: 'Allow',
    Action: '*',
    Resource: '*',
    ...one,
  }));
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }));
}

/** Whether a user with the one policy may. */
function may(statement: object, asked: Partial<typeof ASKED> = {}): boolean {
  const own = { identity: [policyOf(statement)] };
  const question = { request: { ...ASKED, ...asked }, requester: ANN, own, isOwnAccount: true };
  return decide(question).kind === 'allowed';
}

function meets(
  Condition: object,
  values: Readonly<Record<string, string | readonly string[]>> = {},
): boolean {
  return may({ Condition }, { keys: conditionKeys(values) });
}

test('actions match in any case, with stars and question marks', () => {
  const matching = ['sqs:SendMessage', 'SQS:sendmessage', 'sqs:*', 'sqs:Send?essage', '*', '*:*'];
  for (const Action of matching) assert.ok(may({ Action }), Action);
  for (const Action of ['sqs:SendMessag', 'sqs:SendMessage?', 'sns:*', [], 'sqs:Send']) {
    assert.ok(!may({ Action }), String(Action));
  }
  assert.ok(may({ Action: ['sns:Publish', 'sqs:SendMessage'] }));
  assert.ok(may({ Action: undefined, NotAction: 'sqs:DeleteMessage' }));
  assert.ok(!may({ Action: undefined, NotAction: ['sns:Publish', 'sqs:Send*'] }));
});

test('resources match by the parts of their ARN, and in their own case', () => {
  const matching = [QUEUE, 'arn:aws:sqs:*:*:queue', `arn:aws:sqs:*:${ACCOUNT}:q*e`, '*'];
  for (const Resource of matching) assert.ok(may({ Resource }), Resource);
  const others = [QUEUE.toUpperCase(), 'arn:aws:sqs:*:queue:*', 'arn:aws:sqs:us-east-1:2*:queue'];
  for (const Resource of others) assert.ok(!may({ Resource }), Resource);
  assert.ok(!may({ Resource: undefined, NotResource: 'arn:aws:sqs:*:*:queue' }));
  assert.ok(may({ Resource: QUEUE }, { resource: QUEUE }));
  assert.ok(!may({ Resource: QUEUE }, { resource: '*' }));
});

test('variables are filled in, literally, and not in the older language', () => {
  const Resource = 'arn:aws:s3:::home/${aws:username}/*';
  const keys = conditionKeys({ 'aws:username': 'ann' });
  const resource = 'arn:aws:s3:::home/ann/x';
  assert.ok(may({ Resource }, { resource, keys }));
  assert.ok(!may({ Resource }, { resource: 'arn:aws:s3:::home/bob/x', keys }));
  assert.ok(!may({ Resource }, { resource, keys: new Map() }));
  const star = conditionKeys({ 'aws:username': '*' });
  assert.ok(!may({ Resource }, { resource, keys: star }));
  assert.ok(may({ Resource }, { resource: 'arn:aws:s3:::home/*/x', keys: star }));
  const fallback = "arn:aws:s3:::${aws:PrincipalTag/team, 'none'}${*}";
  assert.ok(may({ Resource: fallback }, { resource: 'arn:aws:s3:::none*' }));
  assert.ok(!may({ Resource: fallback }, { resource: 'arn:aws:s3:::nonet' }));
  const older = parsePolicy(
    JSON.stringify({
      Version: '2008-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource },
    }),
  );
  const question = { requester: ANN, own: { identity: [older] }, isOwnAccount: true };
  const decided = decide({ ...question, request: { ...ASKED, resource, keys } });
  assert.equal(decided.kind, 'not-allowed');
});

test('texts are compared exactly, without case, and with wildcards', () => {
  const key = { 'aws:x': 'Value' };
  assert.ok(meets({ StringEquals: { 'AWS:X': ['other', 'Value'] } }, key));
  assert.ok(!meets({ StringEquals: { 'aws:x': 'value' } }, key));
  assert.ok(!meets({ StringEquals: { 'aws:x': 'V*' } }, key));
  assert.ok(meets({ StringEqualsIgnoreCase: { 'aws:x': 'VALUE' } }, key));
  assert.ok(meets({ StringLike: { 'aws:x': 'V*u?' } }, key));
  assert.ok(!meets({ StringNotEquals: { 'aws:x': ['other', 'Value'] } }, key));
  assert.ok(meets({ StringNotLike: { 'aws:x': 'W*' } }, key));
  assert.ok(!meets({ StringNotEqualsIgnoreCase: { 'aws:x': 'value' } }, key));
});

test('numbers and dates are compared at, below and above a bound', () => {
  const size = (value: string): object => ({ 'aws:n': value });
  const with_ = (operator: string, values: readonly string[]): boolean[] =>
    values.map((value) => meets({ [operator]: { 'aws:n': '10' } }, { ...size(value) }));
  assert.deepEqual(with_('NumericLessThan', ['9.5', '10', '11']), [true, false, false]);
  assert.deepEqual(with_('NumericLessThanEquals', ['9', '10.0', '11']), [true, true, false]);
  assert.deepEqual(with_('NumericGreaterThan', ['9', '10', '11']), [false, false, true]);
  assert.deepEqual(with_('NumericGreaterThanEquals', ['9', '10', '11']), [false, true, true]);
  assert.deepEqual(with_('NumericEquals', ['10', '10.0', 'x', '']), [true, true, false, false]);
  assert.deepEqual(with_('NumericNotEquals', ['10', '11']), [false, true]);
  const now = { 'aws:CurrentTime': '2026-01-01T00:00:00Z', 'aws:EpochTime': '1767225600' };
  const bound = '2026-01-01T00:00:00Z';
  assert.ok(!meets({ DateLessThan: { 'aws:CurrentTime': bound } }, now));
  assert.ok(meets({ DateLessThanEquals: { 'aws:CurrentTime': bound } }, now));
  assert.ok(meets({ DateEquals: { 'aws:EpochTime': bound } }, now));
  assert.ok(meets({ DateGreaterThan: { 'aws:CurrentTime': '2025-12-31T23:59:59Z' } }, now));
});

test('addresses, ARNs, booleans and bytes have operators of their own', () => {
  const from = { 'aws:SourceIp': '203.0.113.7' };
  assert.ok(meets({ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '203.0.113.0/29'] } }, from));
  assert.ok(!meets({ IpAddress: { 'aws:SourceIp': '203.0.113.8/29' } }, from));
  assert.ok(meets({ IpAddress: { 'aws:SourceIp': '203.0.113.7' } }, from));
  assert.ok(!meets({ NotIpAddress: { 'aws:SourceIp': '203.0.113.7/32' } }, from));
  assert.ok(
    meets({ IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, { 'aws:SourceIp': '2001:db8::1' }),
  );
  const source = { 'aws:SourceArn': 'arn:aws:s3:::bucket' };
  assert.ok(meets({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:*:*:buck*' } }, source));
  assert.ok(meets({ ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::bucket' } }, source));
  assert.ok(!meets({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:*:buck*' } }, source));
  assert.ok(!meets({ ArnNotLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, source));
  assert.ok(meets({ Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': 'false' }));
  assert.ok(
    !meets({ Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': 'false' }),
  );
  assert.ok(meets({ BinaryEquals: { 'aws:b': 'QmxvYg==' } }, { 'aws:b': 'QmxvYg==' }));
});

test('a key that is missing meets negations, IfExists and Null alone', () => {
  assert.ok(!meets({ StringEquals: { 'aws:x': 'v' } }));
  assert.ok(meets({ StringNotEquals: { 'aws:x': 'v' } }));
  assert.ok(meets({ StringEqualsIfExists: { 'aws:x': 'v' } }));
  assert.ok(!meets({ StringEqualsIfExists: { 'aws:x': 'v' } }, { 'aws:x': 'w' }));
  assert.ok(!meets({ NumericLessThan: { 'aws:x': '1' } }));
  assert.ok(meets({ Null: { 'aws:x': 'true' } }));
  assert.ok(!meets({ Null: { 'aws:x': 'false' } }));
  assert.ok(meets({ Null: { 'aws:x': false } }, { 'aws:x': 'v' }));
});

test('keys with several values are quantified', () => {
  const tags = { 'aws:TagKeys': ['team', 'cost'] };
  const all = (values: readonly string[]): object => ({
    'ForAllValues:StringEquals': { 'aws:TagKeys': values },
  });
  const any = (values: readonly string[]): object => ({
    'ForAnyValue:StringEquals': { 'aws:TagKeys': values },
  });
  assert.ok(meets(all(['team', 'cost', 'more']), tags));
  assert.ok(!meets(all(['team']), tags));
  assert.ok(meets(all(['team'])));
  assert.ok(meets(any(['team']), tags));
  assert.ok(!meets(any(['other']), tags));
  assert.ok(!meets(any(['team'])));
  assert.ok(!meets({ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['team'] } }, tags));
  assert.ok(meets({ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['team'] } }, tags));
});

test('an operator that nobody knows lets nobody in and keeps everybody out, as what is no condition does', () => {
  for (const Condition of [
    { StringAlmost: { 'aws:x': 'v' } },
    [{ StringEquals: { 'aws:x': 'v' } }],
    'aws:x',
    null,
    { StringEquals: 'v' },
    { StringNotEquals: { 'aws:x': null } },
    { StringNotEquals: { 'aws:x': [{ v: 1 }] } },
  ]) {
    const told = JSON.stringify(Condition);
    assert.ok(!may({ Condition }), told);
    const own = { identity: [policyOf({}, { Effect: 'Deny', Condition })] };
    const decided = decide({ request: ASKED, requester: ANN, own, isOwnAccount: true });
    assert.deepEqual(decided, { kind: 'denied', by: 'identity-based policy' }, told);
  }
});

test('principals are names, roles, accounts, services and everybody', () => {
  const grantOf = (Principal: unknown, requester: Requester): unknown =>
    evaluateResource(policyOf({ Principal }), ASKED, requester).grant;
  assert.equal(grantOf('*', ANN), 'name');
  assert.equal(grantOf({ AWS: ['x', '*'] }, { names: [] }), 'name');
  assert.equal(grantOf({ AWS: ANN.names[0] }, ANN), 'name');
  assert.equal(grantOf({ AWS: 'AIDAANN' }, ANN), 'name');
  assert.equal(grantOf({ AWS: ACCOUNT }, ANN), 'account');
  assert.equal(
    grantOf({ AWS: [`arn:aws:iam::${ACCOUNT}:root`, SESSION.roleArn] }, SESSION),
    'role',
  );
  assert.equal(grantOf({ AWS: '222222222222' }, ANN), undefined);
  assert.equal(grantOf({ Service: 's3.amazonaws.com' }, ANN), undefined);
  const service = { names: [], service: 's3.amazonaws.com' };
  assert.equal(grantOf({ Service: ['sns.amazonaws.com', 's3.amazonaws.com'] }, service), 'name');
  assert.equal(grantOf({ Service: 'sns.amazonaws.com' }, service), undefined);
  assert.equal(grantOf({ AWS: ACCOUNT }, service), undefined);
  assert.equal(grantOf(undefined, ANN), undefined);
  const others = policyOf({ Effect: 'Deny', NotPrincipal: { AWS: ANN.names[0] } });
  assert.equal(evaluateResource(others, ASKED, ANN).isDenied, false);
  assert.equal(evaluateResource(others, ASKED, SESSION).isDenied, true);
});

test('a service is named as in every Region, or as in the one from which it asks', () => {
  const grantOf = (Service: string, sourceArn: string): unknown => {
    const keys = new Map([['aws:sourcearn', [sourceArn]]]);
    const requester = { names: [], service: 'logs.amazonaws.com' };
    return evaluateResource(policyOf({ Principal: { Service } }), { ...ASKED, keys }, requester)
      .grant;
  };
  const group = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:g:*`;
  assert.equal(grantOf('logs.amazonaws.com', group), 'name');
  assert.equal(grantOf('logs.eu-west-1.amazonaws.com', group), 'name');
  assert.equal(grantOf('logs.us-east-1.amazonaws.com', group), undefined);
  assert.equal(grantOf('sns.eu-west-1.amazonaws.com', group), undefined);
  assert.equal(grantOf('logs..amazonaws.com', 'arn:aws:s3:::bucket'), undefined);
});

/** All that may meet a request. */
interface Case {
  readonly identity?: Policy;
  readonly boundary?: Policy;
  readonly session?: Policy;
  readonly resource?: Policy;
  readonly requester?: Requester;
  readonly isElsewhere?: boolean;
  readonly isRoot?: boolean;
  readonly needsResourcePolicy?: boolean;
}

function decided(given: Case): string {
  const { identity, boundary, session, resource, requester = ANN } = given;
  const decision: Decision = decide({
    request: ASKED,
    requester,
    own: {
      identity: identity === undefined ? [] : [identity],
      isRoot: given.isRoot ?? false,
      ...(boundary === undefined ? {} : { boundary }),
      ...(session === undefined ? {} : { session: [session] }),
    },
    ...(resource === undefined ? {} : { resource }),
    isOwnAccount: given.isElsewhere !== true,
    needsResourcePolicy: given.needsResourcePolicy ?? false,
  });
  return decision.kind === 'allowed' ? 'allowed' : `${decision.kind} ${decision.by}`;
}

const ALL = policyOf({});
const NONE = policyOf({ Action: 'iam:Nothing' });
const forAccount = policyOf({ Principal: { AWS: ACCOUNT } });
const forAnn = policyOf({ Principal: { AWS: ANN.names[0] } });
const forRole = policyOf({ Principal: { AWS: SESSION.roleArn } });
const forSession = policyOf({ Principal: { AWS: SESSION.names[0] } });

test('within an account an identity or a resource suffices, but an account hands the question on', () => {
  assert.equal(decided({}), 'not-allowed identity-based policy');
  assert.equal(decided({ identity: ALL }), 'allowed');
  assert.equal(decided({ resource: forAnn }), 'allowed');
  assert.equal(decided({ resource: forAccount }), 'not-allowed identity-based policy');
  assert.equal(decided({ resource: forAccount, identity: ALL }), 'allowed');
  assert.equal(decided({ isRoot: true }), 'allowed');
});

test('boundaries and session policies limit what identities and roles are given, not what names are', () => {
  assert.equal(decided({ identity: ALL, boundary: NONE }), 'not-allowed permissions boundary');
  assert.equal(decided({ identity: ALL, session: NONE }), 'not-allowed session policy');
  assert.equal(decided({ identity: ALL, boundary: ALL, session: ALL }), 'allowed');
  assert.equal(decided({ boundary: NONE, resource: forAnn }), 'allowed');
  const requester = SESSION;
  assert.equal(decided({ requester, resource: forRole }), 'allowed');
  const byRole = { requester, resource: forRole };
  assert.equal(decided({ ...byRole, boundary: NONE }), 'not-allowed permissions boundary');
  assert.equal(decided({ ...byRole, session: NONE }), 'not-allowed session policy');
  assert.equal(decided({ requester, resource: forSession, session: NONE }), 'allowed');
});

test('across accounts both sides have to agree', () => {
  const isElsewhere = true;
  assert.equal(decided({ isElsewhere, identity: ALL }), 'not-allowed resource-based policy');
  assert.equal(decided({ isElsewhere, resource: forAnn }), 'not-allowed identity-based policy');
  assert.equal(decided({ isElsewhere, resource: forAnn, identity: ALL }), 'allowed');
  assert.equal(decided({ isElsewhere, resource: forAccount, identity: ALL }), 'allowed');
  assert.equal(decided({ isElsewhere, isRoot: true }), 'not-allowed resource-based policy');
  assert.equal(decided({ isElsewhere, isRoot: true, resource: forAccount }), 'allowed');
});

test('a role is taken on only where its trust policy agrees', () => {
  const trusts = { needsResourcePolicy: true };
  assert.equal(decided({ ...trusts, identity: ALL }), 'not-allowed resource-based policy');
  assert.equal(decided({ ...trusts, identity: ALL, resource: forAccount }), 'allowed');
  assert.equal(decided({ ...trusts, resource: forAccount }), 'not-allowed identity-based policy');
  assert.equal(decided({ ...trusts, resource: forAnn }), 'allowed');
});

const statements = array(
  record({
    Effect: constantFrom('Allow', 'Deny'),
    Action: constantFrom('*', 'sqs:*', 'sqs:SendMessage', 'sns:Publish'),
    Resource: constantFrom('*', QUEUE, 'arn:aws:sqs:*:*:other'),
    Principal: constantFrom('*', { AWS: ACCOUNT }, { AWS: ANN.names[0] }, { AWS: '2' }),
  }),
  { maxLength: 4 },
);

test('a denial wins over whatever else is said', () => {
  const denial = { Effect: 'Deny', Principal: '*' };
  holds(
    property(statements, statements, constantFrom(true, false), (own, others, isElsewhere) => {
      const identity = policyOf(...own);
      const resource = policyOf(...others);
      const isDenied = (given: Case): boolean => decided(given).startsWith('denied');
      assert.ok(isDenied({ identity: policyOf(...own, denial), resource, isElsewhere }));
      assert.ok(isDenied({ identity, resource: policyOf(...others, denial), isElsewhere }));
      assert.ok(isDenied({ identity, resource, boundary: policyOf(denial), isElsewhere }));
    }),
  );
});

test('one more statement that denies never lets more in', () => {
  holds(
    property(statements, statements, (own, others) => {
      const before = decided({ identity: policyOf(...own), resource: policyOf(...others) });
      const more = [...own, { Effect: 'Deny', Action: 'sqs:Send*' }];
      const after = decided({ identity: policyOf(...more), resource: policyOf(...others) });
      assert.ok(before === 'allowed' || after !== 'allowed');
    }),
  );
});

test('wildcards match as the regular expression that they stand for', () => {
  const characters = string({ unit: constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  const texts = string({ unit: constantFrom('a', 'b'), maxLength: 10 });
  holds(
    property(characters, texts, (pattern, text) => {
      const source = pattern.replaceAll('*', '.*').replaceAll('?', '.');
      const isMet = meets({ StringLike: { 'aws:x': pattern } }, { 'aws:x': text });
      assert.equal(isMet, new RegExp(`^${source}$`, 's').test(text));
    }),
  );
});

test('what is no policy says nothing, and never throws', () => {
  const cache = new PolicyCache();
  holds(
    property(string(), (text) => {
      const policy = cache.get(text);
      assert.deepEqual(evaluateResource(policy, ASKED, ANN), { isDenied: false });
    }),
  );
  for (const text of ['[]', '{"Statement":1}', '{"Statement":[null,{"Effect":"Allow"}]}']) {
    assert.deepEqual(cache.get(text).statements, [], text);
  }
  assert.equal(cache.get('{"Statement":[]}'), cache.get('{"Statement":[]}'));
});
