import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type { Asked, GuardedResource } from '#ports/peers/access-control.ts';
import type { Principal, PrincipalSession } from '#ports/peers/credential-issuer.ts';
import type { Database } from '#ports/world/database.ts';
import { requestContext } from '../../../test/support/request-context.ts';
import { createIam, type Iam } from './index.ts';

const ACCOUNT = '111111111111';
const OTHER = '222222222222';
const context = requestContext(ACCOUNT);
const ROOT = context.principal;
const THING = 'arn:aws:x:us-east-1:111111111111:thing';

function policyOf(...statements: readonly object[]): string {
  const Statement = statements.map((one) => ({ Effect: 'Allow', Resource: '*', ...one }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

const ALL = policyOf({ Action: 'x:*' });

describe('access control', () => {
  let database: Database;
  let iam: Iam;
  /** What guards any thing of the service x. */
  let guarded: GuardedResource | undefined;
  let lookups: number;
  before(async () => {
    database = await openDatabase({ path: ':memory:' });
    iam = createIam({
      database,
      clock: new SimulatedClock(),
      random: new SeededRandom(1),
      forgetKey: () => undefined,
      resourcePolicies: new Map([
        [
          'x',
          {
            find: async () => {
              lookups += 1;
              return guarded;
            },
          },
        ],
      ]),
    });
    await database.migrate(iam.schema);
    await call('CreateUser', { UserName: 'Ann', Path: '/team/' });
    await call('CreateRole', { RoleName: 'r', Path: '/p/', AssumeRolePolicyDocument: '{}' }, true);
  });
  after(() => database[Symbol.asyncDispose]());
  beforeEach(() => {
    guarded = undefined;
    lookups = 0;
  });

  async function call(name: string, input: object, isTrusting = false): Promise<unknown> {
    const trust = policyOf({ Principal: '*', Action: 'sts:AssumeRole', Resource: undefined });
    const given = isTrusting ? { ...input, AssumeRolePolicyDocument: trust } : input;
    return iam.service.operations[name]?.(context, given as never);
  }

  const ann: Principal = {
    accountId: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:user/team/Ann`,
    userId: 'AIDAANN',
  };
  const session = (more: PrincipalSession = {}): Principal => ({
    accountId: ACCOUNT,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`,
    userId: 'AROAR:s',
    session: more,
  });

  async function decided(asked: Partial<Asked> & { readonly principal?: Principal }) {
    const { principal = ann, ...more } = asked;
    const who = { kind: 'principal', principal } as const;
    const decision = await iam.access.decide({ who, action: 'x:Do', resource: THING, ...more });
    return decision.kind === 'allowed' ? 'allowed' : `${decision.kind} ${decision.by}`;
  }

  it('counts inline and managed policies, those of groups, and their default versions', async () => {
    assert.equal(await decided({}), 'not-allowed identity-based policy');
    const inline = { UserName: 'Ann', PolicyName: 'p' };
    await call('PutUserPolicy', { ...inline, PolicyDocument: ALL });
    assert.equal(await decided({}), 'allowed');
    await call('DeleteUserPolicy', inline);
    assert.equal(await decided({}), 'not-allowed identity-based policy');
    await call('CreateGroup', { GroupName: 'g' });
    await call('PutGroupPolicy', { GroupName: 'g', PolicyName: 'p', PolicyDocument: ALL });
    await call('AddUserToGroup', { GroupName: 'g', UserName: 'ann' });
    assert.equal(await decided({}), 'allowed');
    await call('RemoveUserFromGroup', { GroupName: 'g', UserName: 'Ann' });
    assert.equal(await decided({}), 'not-allowed identity-based policy');
    await call('CreatePolicy', { PolicyName: 'm', PolicyDocument: ALL });
    const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/m`;
    await call('AttachUserPolicy', { UserName: 'Ann', PolicyArn });
    assert.equal(await decided({}), 'allowed');
    const PolicyDocument = policyOf({ Action: 'x:*', Effect: 'Deny' });
    await call('CreatePolicyVersion', { PolicyArn, PolicyDocument, SetAsDefault: true });
    assert.equal(await decided({}), 'denied identity-based policy');
    await call('DetachUserPolicy', { UserName: 'Ann', PolicyArn });
    const managed = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await call('AttachUserPolicy', { UserName: 'Ann', PolicyArn: managed });
    assert.equal(await decided({}), 'allowed');
    await call('DetachUserPolicy', { UserName: 'Ann', PolicyArn: managed });
  });

  it('knows roles by their sessions, with their paths, tags and limits', async () => {
    const own = policyOf({
      Action: 'x:*',
      Condition: {
        StringEquals: {
          'aws:PrincipalTag/team': 'a',
          'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/p/r`,
        },
      },
    });
    await call('PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: own });
    assert.equal(await decided({ principal: session() }), 'not-allowed identity-based policy');
    await call('TagRole', { RoleName: 'r', Tags: [{ Key: 'team', Value: 'a' }] });
    assert.equal(await decided({ principal: session() }), 'allowed');
    const other = session({ tags: { team: 'b' } });
    assert.equal(await decided({ principal: other }), 'not-allowed identity-based policy');
    const limited = session({ policies: [policyOf({ Action: 'x:Other' })] });
    assert.equal(await decided({ principal: limited }), 'not-allowed session policy');
    const unknown = session({ policyArns: ['arn:aws:iam::aws:policy/NobodyKnowsIt'] });
    assert.equal(await decided({ principal: unknown }), 'not-allowed session policy');
    const who = { kind: 'role', roleArn: `arn:aws:iam::${ACCOUNT}:role/p/r` } as const;
    assert.equal(await decided({ who }), 'allowed');
    const nobody = { kind: 'role', roleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` } as const;
    assert.equal(await decided({ who: nobody }), 'not-allowed identity-based policy');
  });

  it('takes a boundary that is gone for one that allows nothing', async () => {
    const PermissionsBoundary = `arn:aws:iam::aws:policy/PowerfulButUnknown`;
    await call('PutUserPolicy', { UserName: 'Ann', PolicyName: 'p', PolicyDocument: ALL });
    await call('PutUserPermissionsBoundary', { UserName: 'Ann', PermissionsBoundary });
    assert.equal(await decided({}), 'not-allowed permissions boundary');
    await call('DeleteUserPermissionsBoundary', { UserName: 'Ann' });
    assert.equal(await decided({}), 'allowed');
  });

  it('asks both sides across accounts, unless the service asks its own itself', async () => {
    const stranger: Principal = {
      accountId: OTHER,
      arn: `arn:aws:iam::${OTHER}:root`,
      userId: OTHER,
    };
    assert.equal(await decided({ principal: stranger }), 'not-allowed resource-based policy');
    guarded = {
      accountId: ACCOUNT,
      policy: policyOf({ Principal: { AWS: OTHER }, Action: 'x:*' }),
    };
    assert.equal(await decided({ principal: stranger }), 'allowed');
    guarded = { accountId: ACCOUNT, admitsOthers: true };
    assert.equal(await decided({ principal: stranger }), 'allowed');
    const policy = policyOf({ Principal: '*', Action: 'x:*' });
    guarded = { accountId: ACCOUNT, policy, isOwnersAlone: true };
    assert.equal(await decided({ principal: stranger }), 'not-allowed resource-based policy');
    assert.equal(await decided({ principal: session() }), 'allowed');
    // An ARN without an account is whose its guard says.
    guarded = { accountId: OTHER };
    const resource = 'arn:aws:x:::thing';
    assert.equal(await decided({ resource }), 'not-allowed resource-based policy');
  });

  it('asks about what is another’s of several accounts alone, where these are open within', async () => {
    const open = createIam({
      database,
      clock: new SimulatedClock(),
      random: new SeededRandom(1),
      forgetKey: () => undefined,
      resourcePolicies: new Map([['x', { find: async () => guarded }]]),
      openAccounts: new Set([ACCOUNT, OTHER]),
    });
    const kindOf = async (who: Asked['who'], resource = THING) =>
      (await open.access.decide({ who, action: 'x:Do', resource })).kind;
    const by = (accountId: string) => {
      const arn = `arn:aws:iam::${accountId}:user/nobody`;
      return { kind: 'principal', principal: { accountId, arn, userId: 'AIDANOBODY' } } as const;
    };
    const from = (sourceAccountId: string) => {
      const source = { service: 'x.amazonaws.com', sourceArn: 'arn:aws:x:::s', sourceAccountId };
      return { kind: 'service', source } as const;
    };
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/p/r`;
    const inRole = (accountId: string) => ({ kind: 'role', roleArn, accountId }) as const;
    const unserved = '333333333333';
    for (const asking of [by, from, inRole]) {
      guarded = {
        accountId: ACCOUNT,
        policy: policyOf({ Effect: 'Deny', Principal: '*', Action: '*' }),
      };
      assert.equal(await kindOf(asking(ACCOUNT)), 'allowed', asking.name);
      guarded = { accountId: ACCOUNT };
      assert.equal(await kindOf(asking(OTHER)), 'not-allowed', asking.name);
      assert.equal(await kindOf(asking(unserved)), 'not-allowed', asking.name);
      // An ARN without an account is whose its guard says.
      assert.equal(await kindOf(asking(OTHER), 'arn:aws:x:::thing'), 'not-allowed', asking.name);
      guarded = { accountId: ACCOUNT, policy: policyOf({ Principal: '*', Action: 'x:*' }) };
      assert.equal(await kindOf(asking(OTHER)), 'allowed', asking.name);
      guarded = undefined;
      assert.equal(await kindOf(asking(OTHER), '*'), 'allowed', asking.name);
      const elsewhere = `arn:aws:x:us-east-1:${unserved}:thing`;
      assert.equal(await kindOf(asking(OTHER), elsewhere), 'allowed', asking.name);
    }
  });

  it('lets services in by the resource alone, and by where they come from', async () => {
    const source = {
      service: 's3.amazonaws.com',
      sourceArn: 'arn:aws:s3:::bucket',
      sourceAccountId: ACCOUNT,
    };
    const who = { kind: 'service', source } as const;
    assert.equal(await decided({ who }), 'not-allowed resource-based policy');
    const statement = { Principal: { Service: 's3.amazonaws.com' }, Action: 'x:Do' };
    const from = (arn: string) =>
      policyOf({ ...statement, Condition: { ArnEquals: { 'aws:SourceArn': arn } } });
    guarded = { accountId: ACCOUNT, policy: from('arn:aws:s3:::bucket') };
    assert.equal(await decided({ who }), 'allowed');
    guarded = { accountId: ACCOUNT, policy: from('arn:aws:s3:::other') };
    assert.equal(await decided({ who }), 'not-allowed resource-based policy');
  });

  it('lets root do all but what a resource denies, and that too where a bucket is to be opened', async () => {
    assert.equal(await decided({ principal: ROOT }), 'allowed');
    const denial = policyOf({ Effect: 'Deny', Principal: '*', Action: '*' });
    guarded = { accountId: ACCOUNT, policy: denial };
    assert.equal(await decided({ principal: ROOT }), 'denied resource-based policy');
    const action = 's3:DeleteBucketPolicy';
    assert.equal(await decided({ principal: ROOT, action }), 'allowed');
  });

  it('knows the tags of resources and of users', async () => {
    const PolicyDocument = policyOf(
      { Action: 'x:*', Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } } },
      { Action: 'iam:*', Condition: { StringEquals: { 'iam:ResourceTag/team': 'b' } } },
    );
    const input = { UserName: 'Tagged', PolicyName: 'p', PolicyDocument };
    await call('CreateUser', { UserName: 'Tagged' });
    await call('PutUserPolicy', input);
    const arn = `arn:aws:iam::${ACCOUNT}:user/Tagged`;
    const principal = { accountId: ACCOUNT, arn, userId: 'AIDATAGGED' };
    assert.equal(await decided({ principal }), 'not-allowed identity-based policy');
    guarded = { accountId: ACCOUNT, tags: { team: 'a' } };
    assert.equal(await decided({ principal }), 'allowed');
    guarded = { accountId: ACCOUNT, tags: { team: 'c' }, keys: { 'x:Kind': 'k' } };
    const Condition = { StringEquals: { 'x:Kind': 'k' } };
    const ofKind = policyOf({ Action: 'x:*', Condition });
    await call('PutUserPolicy', { ...input, PolicyName: 'kind', PolicyDocument: ofKind });
    assert.equal(await decided({ principal }), 'allowed');
    guarded = { accountId: ACCOUNT, keys: { 'x:Kind': 'other' } };
    assert.equal(await decided({ principal }), 'not-allowed identity-based policy');
    await call('TagUser', { UserName: 'Tagged', Tags: [{ Key: 'team', Value: 'b' }] });
    const found = await database.read((queries) =>
      iam.resourcePolicies.find(queries, 'iam:GetUser', arn),
    );
    assert.deepEqual(found, { accountId: ACCOUNT, tags: { team: 'b' } });
    const role = await database.read((queries) =>
      iam.resourcePolicies.find(queries, 'sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/p/r`),
    );
    assert.match(role?.policy ?? '', /sts:AssumeRole/);
  });

  it('gives federated users what their issuer has, within their policies', async () => {
    const federated = (policies: readonly string[], issuerArn = ann.arn): Principal => ({
      accountId: ACCOUNT,
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/f`,
      userId: `${ACCOUNT}:f`,
      session: { issuerArn, policies },
    });
    assert.equal(await decided({ principal: federated([ALL]) }), 'allowed');
    assert.equal(await decided({ principal: federated([]) }), 'not-allowed session policy');
    assert.equal(await decided({ principal: federated([ALL], ROOT.arn) }), 'allowed');
    const action = 'y:Do';
    const of = federated([policyOf({ Action: '*' })]);
    assert.equal(await decided({ principal: of, action }), 'not-allowed identity-based policy');
  });

  it('reads what a resource is guarded by each time, and a principal’s own policies once', async () => {
    await decided({});
    await decided({});
    assert.equal(lookups, 2);
    await database.transact((tx) => tx.run('DELETE FROM iam_inline_policies'));
    assert.equal(await decided({}), 'allowed');
    await call('TagUser', { UserName: 'Ann', Tags: [{ Key: 'a', Value: 'b' }] });
    assert.equal(await decided({}), 'not-allowed identity-based policy');
  });
});
