import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamodb } from '#aws/models/dynamodb.gen.ts';
import { s3 } from '#aws/models/s3.gen.ts';
import { sqs } from '#aws/models/sqs.gen.ts';
import { sts } from '#aws/models/sts.gen.ts';
import { ANONYMOUS, type Permissions } from '#aws/operation.ts';
import type { ServiceModel } from '#aws/model.ts';
import { AwsError } from '#aws/errors.ts';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import type { Decision } from '#kernel/policy/index.ts';
import type { Asked } from '#ports/peers/access-control.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { createAuthorise, definePermissions, passRole, requestKeys } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

const ACCOUNT = '111111111111';
const ANN: Principal = {
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/team/ann`,
  userId: 'AIDAANN',
};

function contextOf(principal: Principal, headers: Readonly<Record<string, string>> = {}) {
  const http = { headers, sourceIp: '::ffff:203.0.113.7' };
  return { ...requestContext(principal.accountId, http), region: 'eu-west-1', principal };
}

/** What is asked of access control for an operation, and the error where that says no. */
async function ask(
  model: ServiceModel,
  permissions: Permissions | undefined,
  decision: Decision,
  principal = ANN,
) {
  const asked: Asked[] = [];
  const access = {
    decide: async (one: Asked) => {
      asked.push(one);
      return decision;
    },
  };
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const services = [{ model, ...(permissions === undefined ? {} : { permissions }) }];
  const authorise = createAuthorise({ services, access, clock });
  const input = { Name: 'thing', Role: 'role', Tags: [{ Key: 'Team', Value: 'a' }] };
  const failure = await authorise(contextOf(principal), model, { name: 'Make' }, input).catch(
    (error: unknown) => error,
  );
  assert.ok(failure === undefined || failure instanceof AwsError);
  return { asked, error: failure };
}

const TABLE = definePermissions({
  prefix: 'x',
  actions: { Make: ['Make', 'Tag'], Free: [] },
  resourcesOf: ({ input, context }) => `arn:aws:x:${context.region}:1:${String(input['Name'])}`,
  keysOf: () => ({ 'x:key': 'value', 'x:none': undefined }),
  moreOf: ({ input }) => passRole(String(input['Role']), 'x.amazonaws.com'),
});

test('an operation needs every action that its table names, and the roles that it passes', async () => {
  const { asked, error } = await ask(sqs, TABLE, { kind: 'allowed' });
  assert.equal(error, undefined);
  const thing = 'arn:aws:x:eu-west-1:1:thing';
  assert.deepEqual(
    asked.map(({ action, resource }) => [action, resource]),
    [
      ['x:Make', thing],
      ['x:Tag', thing],
      ['iam:PassRole', 'role'],
    ],
  );
  const [make, , pass] = asked;
  assert.deepEqual(make?.keys?.get('x:key'), ['value']);
  assert.equal(make?.keys?.has('x:none'), false);
  assert.deepEqual(make?.keys?.get('aws:requesttag/team'), ['a']);
  assert.deepEqual(make?.keys?.get('aws:tagkeys'), ['Team']);
  assert.deepEqual(pass?.keys?.get('iam:passedtoservice'), ['x.amazonaws.com']);
});

test('a service tells more of every request to it', async () => {
  const own: Permissions = {
    needsOf: () => [{ action: 'x:Make', resource: '*' }],
    requestKeys: ({ method }, nowMs) => ({ 'x:Method': method, 'x:Now': String(nowMs) }),
  };
  const { asked } = await ask(sqs, own, { kind: 'allowed' });
  const keys = asked[0]?.keys;
  assert.deepEqual([keys?.get('x:method'), keys?.get('x:now')], [['POST'], ['1767225600000']]);
});

test('what is in a request is read where all that the operation itself needs is allowed', async () => {
  let reads = 0;
  const permissions: Permissions = {
    needsOf: () => [{ action: 'x:Make', resource: '*' }],
    needsOfContents: () => {
      reads += 1;
      return [{ action: 'iam:PassRole', resource: 'role' }];
    },
  };
  const refused = await ask(sqs, permissions, { kind: 'not-allowed', by: 'identity-based policy' });
  assert.ok(refused.error !== undefined);
  assert.deepEqual([refused.asked.map(({ action }) => action), reads], [['x:Make'], 0]);
  const { asked } = await ask(sqs, permissions, { kind: 'allowed' });
  assert.deepEqual([asked.map(({ action }) => action), reads], [['x:Make', 'iam:PassRole'], 1]);
});

test('an operation that nobody wrote down needs its own name, on everything', async () => {
  const { asked } = await ask(sqs, undefined, { kind: 'allowed' });
  assert.deepEqual(
    asked.map(({ action, resource }) => [action, resource]),
    [['sqs:Make', '*']],
  );
});

test('what comes without a signature is for the service to let in', async () => {
  const { asked, error } = await ask(
    s3,
    TABLE,
    { kind: 'denied', by: 'session policy' },
    ANONYMOUS,
  );
  assert.deepEqual([asked, error], [[], undefined]);
});

test('each protocol refuses with its own code and status', async () => {
  const missing: Decision = { kind: 'not-allowed', by: 'identity-based policy' };
  const told = async (model: ServiceModel, decision: Decision = missing, table = TABLE) => {
    const { error } = await ask(model, table, decision);
    return `${error?.status} ${error?.code} ${error?.message}`;
  };
  const on = 'on resource: arn:aws:x:eu-west-1:1:thing';
  const head = `User: ${ANN.arn} is not authorized to perform: x:Make`;
  const why = 'because no identity-based policy allows the x:Make action';
  assert.equal(await told(dynamodb), `400 AccessDeniedException ${head} ${on} ${why}`);
  assert.equal(await told(sts), `403 AccessDenied ${head} ${on} ${why}`);
  assert.equal(
    await told(s3),
    `403 AccessDenied ${head} on resource: "arn:aws:x:eu-west-1:1:thing" ${why}`,
  );
  const byResource: Decision = { kind: 'not-allowed', by: 'resource-based policy' };
  assert.equal(await told(s3, byResource), '403 AccessDenied Access Denied');
  assert.equal(
    await told(dynamodb, { kind: 'denied', by: 'identity-based policy' }),
    `400 AccessDeniedException ${head} ${on} with an explicit deny in an identity-based policy`,
  );
  assert.equal(
    await told(sts, { kind: 'denied', by: 'permissions boundary' }),
    `403 AccessDenied ${head} ${on} with an explicit deny in a permissions boundary`,
  );
  const refusal = { code: 'No', status: 418, nameAction: (action: string) => action.toUpperCase() };
  assert.match(await told(sqs, missing, { ...TABLE, refusal }), /^418 No User: .*: X:MAKE on/);
});

test('a request tells who sends it, from where, by what and when', () => {
  const { http } = contextOf(ANN, { 'user-agent': 'agent', 'x-forwarded-proto': 'https' });
  const nowMs = Date.UTC(2026, 0, 1, 0, 0, 1, 999);
  const keys = requestKeys({ principal: ANN, http, region: 'eu-west-1', nowMs });
  const expected = {
    'aws:currenttime': '2026-01-01T00:00:01Z',
    'aws:epochtime': '1767225601',
    'aws:principalaccount': ACCOUNT,
    'aws:principalarn': ANN.arn,
    'aws:principalisawsservice': 'false',
    'aws:principaltype': 'User',
    'aws:requestedregion': 'eu-west-1',
    'aws:securetransport': 'true',
    'aws:sourceip': '203.0.113.7',
    'aws:useragent': 'agent',
    'aws:userid': 'AIDAANN',
    'aws:username': 'ann',
  };
  for (const [key, value] of Object.entries(expected))
    assert.deepEqual(keys.get(key), [value], key);
  assert.equal(keys.has('aws:referer'), false);
  assert.deepEqual([keys.get('aws:viaawsservice'), keys.has('aws:calledvia')], [['false'], false]);
});

test('what a service asks on somebody’s behalf tells the service', () => {
  const via = 'cloudformation.amazonaws.com';
  const { http } = contextOf(ANN);
  const keys = requestKeys({ principal: { ...ANN, via }, http });
  const names = ['aws:calledvia', 'aws:calledviafirst', 'aws:calledvialast', 'aws:viaawsservice'];
  assert.deepEqual(
    names.map((name) => keys.get(name)),
    [[via], [via], [via], ['true']],
  );
});

test('transport is secure by TLS, and where nothing leaves the machine', () => {
  const isSecure = (sourceIp: string, headers: Readonly<Record<string, string>> = {}) =>
    requestKeys({ principal: ANN, http: requestContext(ACCOUNT, { sourceIp, headers }).http }).get(
      'aws:securetransport',
    )?.[0];
  const here = ['127.0.0.1', '::1', '::ffff:127.0.0.1', 'cloudformation.amazonaws.com'];
  for (const sourceIp of here) assert.equal(isSecure(sourceIp), 'true', sourceIp);
  for (const sourceIp of ['203.0.113.7', '::2', '128.0.0.1'])
    assert.equal(isSecure(sourceIp), 'false', sourceIp);
  assert.equal(isSecure('203.0.113.7', { 'x-forwarded-proto': 'https' }), 'true');
  // A proxy on this machine speaks for others.
  assert.equal(isSecure('127.0.0.1', { 'x-forwarded-proto': 'http' }), 'false');
  assert.equal(isSecure('127.0.0.1', { 'x-forwarded-for': '203.0.113.7' }), 'false');
});
