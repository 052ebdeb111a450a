import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type { AssumeRoleResponse, GetCallerIdentityResponse } from '#aws/models/sts.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Credentials, Principal, RootCredentials } from '#ports/peers/credential-issuer.ts';
import type { KnownRole } from '#ports/peers/role-directory.ts';
import { createSts } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

const ACCOUNT = '123456789012';
const ROLE: KnownRole = {
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:role/path/r`,
  roleName: 'r',
  roleId: 'AROAEXAMPLE',
  trustPolicy: '{}',
  sessionSecondsMax: 7200,
};
const HOUR = 3_600_000;
const OTHER = '222222222222';

async function start(seed = 1) {
  const clock = new SimulatedClock();
  const database = await openDatabase({ path: ':memory:' });
  const published: Credentials[] = [];
  const publishedFurther: RootCredentials[] = [];
  const options = {
    database,
    clock,
    accountId: ACCOUNT,
    roles: { find: async (arn: string) => (arn === ROLE.arn ? ROLE : undefined) },
    users: { find: async () => undefined },
    furtherAccountIds: [OTHER, ACCOUNT],
    publishRoot: async (root: Credentials, further: readonly RootCredentials[]) => {
      published.push(root);
      publishedFurther.push(...further);
    },
  };
  const sts = createSts({ ...options, random: new SeededRandom(seed) });
  await database.migrate(sts.schema);
  const call = async <Output>(
    name: string,
    input: object,
    principal: Principal = sts.root,
  ): Promise<Output> => {
    const operation = sts.service.operations[name];
    assert.ok(operation);
    const context: RequestContext = { ...requestContext(principal.accountId), principal };
    return (await operation(context, input as never)) as Output;
  };
  const again = () => createSts({ ...options, random: new SeededRandom(seed + 1) });
  return { sts, call, clock, database, published, publishedFurther, again };
}

describe('root credentials', () => {
  test('are made once, and published at each start', async () => {
    const { sts, again, published } = await start();
    const first = await sts.openRoot();
    assert.match(first.accessKeyId, /^AKIA[A-Z2-7]{16}$/);
    assert.equal(first.secretAccessKey.length, 40);
    assert.deepEqual(await again().openRoot(), first);
    assert.deepEqual(published, [first, first]);
  });

  test('are made for further accounts, each once, and kept', async () => {
    const { sts, publishedFurther, again } = await start();
    const root = await sts.openRoot();
    const [other] = publishedFurther;
    assert.deepEqual([publishedFurther.length, other?.accountId], [1, OTHER]);
    const known = await sts.credentials.find(other?.accessKeyId ?? '');
    assert.equal(known?.principal.arn, `arn:aws:iam::${OTHER}:root`);
    const later = again();
    assert.deepEqual(await later.openRoot(), root);
    assert.deepEqual(publishedFurther[1], other);
  });

  test('are found by their key, and stand for root', async () => {
    const { sts } = await start();
    const root = await sts.openRoot();
    const known = await sts.credentials.find(root.accessKeyId);
    assert.equal(known?.principal.arn, `arn:aws:iam::${ACCOUNT}:root`);
    assert.equal(await sts.credentials.find('AKIANOBODY'), undefined);
  });
});

describe('an assumed role', () => {
  const assume = { RoleArn: ROLE.arn, RoleSessionName: 's' };

  test('is who its credentials say, until they expire and a day longer', async () => {
    const { sts, call, clock } = await start();
    const { Credentials, AssumedRoleUser } = await call<AssumeRoleResponse>('AssumeRole', assume);
    assert.deepEqual(AssumedRoleUser, {
      AssumedRoleId: 'AROAEXAMPLE:s',
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`,
    });
    assert.equal(Credentials?.Expiration, clock.now() + HOUR);
    const known = await sts.credentials.find(Credentials.AccessKeyId);
    assert.equal(known?.credentials.sessionToken, Credentials.SessionToken);
    const caller = await call<GetCallerIdentityResponse>('GetCallerIdentity', {}, known.principal);
    assert.deepEqual(caller, {
      UserId: 'AROAEXAMPLE:s',
      Account: ACCOUNT,
      Arn: AssumedRoleUser?.Arn,
    });

    const closing = new AbortController();
    const running = sts.run(closing.signal);
    await clock.advance(24 * HOUR);
    assert.ok(await sts.credentials.find(Credentials.AccessKeyId));
    await clock.advance(3 * HOUR);
    assert.equal(await sts.credentials.find(Credentials.AccessKeyId), undefined);
    closing.abort();
    await running;
  });

  test('may not last longer than the role says, nor than an hour when a role assumes it', async () => {
    const { sts, call } = await start();
    await call('AssumeRole', { ...assume, DurationSeconds: 7200 });
    await assert.rejects(call('AssumeRole', { ...assume, DurationSeconds: 7201 }), {
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
    const role = { ...sts.root, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s` };
    await call('AssumeRole', { ...assume, DurationSeconds: 3600 }, role);
    await assert.rejects(call('AssumeRole', { ...assume, DurationSeconds: 3601 }, role), /1 hour/);
  });

  test('is refused where there is no such role', async () => {
    const { call } = await start();
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/none`;
    await assert.rejects(call('AssumeRole', { ...assume, RoleArn }), {
      code: 'AccessDenied',
      status: 403,
      message: `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    });
  });

  test('passes its transitive tags on, and lets none of them be replaced', async () => {
    const { sts, call } = await start();
    const Tags = [{ Key: 'Team', Value: 'a' }];
    const { Credentials } = await call<AssumeRoleResponse>('AssumeRole', {
      ...assume,
      Tags,
      TransitiveTagKeys: ['Team'],
    });
    const known = await sts.credentials.find(Credentials?.AccessKeyId ?? '');
    const again = (tags: object) =>
      call<AssumeRoleResponse>('AssumeRole', { ...assume, ...tags }, known?.principal);
    const next = await again({ Tags: [{ Key: 'Other', Value: 'b' }] });
    const becoming = await sts.credentials.find(next.Credentials?.AccessKeyId ?? '');
    assert.deepEqual(becoming?.principal.session?.tags, { Team: 'a', Other: 'b' });
    assert.deepEqual(becoming.principal.session.transitiveTags, { Team: 'a' });
    for (const Key of ['Team', 'tEAM']) {
      await assert.rejects(again({ Tags: [{ Key, Value: 'b' }] }), {
        code: 'InvalidParameterValue',
      });
    }
  });
});

describe('whoever is behind a role', () => {
  const assume = { RoleArn: ROLE.arn, RoleSessionName: 's' };

  test('is behind all that it becomes, and is replaced by nobody', async () => {
    const { sts, call } = await start();
    const input = { ...assume, SourceIdentity: 'ann' };
    const { Credentials } = await call<AssumeRoleResponse>('AssumeRole', input);
    const known = await sts.credentials.find(Credentials?.AccessKeyId ?? '');
    const next = await call<AssumeRoleResponse>('AssumeRole', assume, known?.principal);
    assert.equal(next.SourceIdentity, 'ann');
    await call('AssumeRole', input, known?.principal);
    const other = { ...assume, SourceIdentity: 'bob' };
    await assert.rejects(call('AssumeRole', other, known?.principal), {
      code: 'AccessDenied',
      message: `User: ${known?.principal.arn} is not authorized to perform: sts:SetSourceIdentity on resource: ${ROLE.arn}`,
    });
  });

  test('has to be agreed to by the role, as tags that go with him have', async () => {
    const { sts, call } = await start();
    const needed = async (principal: Principal, input: object) => {
      const context = { ...requestContext(ACCOUNT), principal };
      const asked = { operation: 'AssumeRole', context, input: { ...assume, ...input } };
      const needs = await sts.service.permissions?.needsOf(asked);
      return needs?.map(({ action, keys }) => [action, keys?.['sts:SourceIdentity']]);
    };
    assert.deepEqual(await needed(sts.root, {}), [['sts:AssumeRole', undefined]]);
    const Tags = [{ Key: 'Team', Value: 'a' }];
    const given = { Tags, TransitiveTagKeys: ['Team'], SourceIdentity: 'ann' };
    const all = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
    const expected = all.map((action) => [action, 'ann']);
    assert.deepEqual(await needed(sts.root, given), expected);
    const { Credentials } = await call<AssumeRoleResponse>('AssumeRole', { ...assume, ...given });
    const known = await sts.credentials.find(Credentials?.AccessKeyId ?? '');
    assert.ok(known);
    assert.deepEqual(await needed(known.principal, {}), expected);
  });
});

describe("a function's credentials", () => {
  const role = { roleArn: ROLE.arn, sessionName: 'f', durationMs: HOUR };

  test('last at least as long as was asked, and are given again while they do', async () => {
    const { sts, clock } = await start();
    const first = await sts.issuer.issue(role);
    assert.ok((first.expiresAtMs ?? 0) >= clock.now() + HOUR);
    await clock.advance(HOUR / 2);
    assert.equal(await sts.issuer.issue(role), first);
    await clock.advance(1);
    const second = await sts.issuer.issue(role);
    assert.notEqual(second.accessKeyId, first.accessKeyId);
    assert.ok((second.expiresAtMs ?? 0) >= clock.now() + HOUR);
    assert.equal(
      (await sts.credentials.find(second.accessKeyId))?.principal.userId,
      'AROAEXAMPLE:f',
    );
  });

  test('are given for a role that nobody made, by its ARN', async () => {
    const { sts } = await start();
    const roleArn = 'arn:aws:iam::000000000000:role/service/unknown';
    const { accessKeyId } = await sts.issuer.issue({ ...role, roleArn });
    const known = await sts.credentials.find(accessKeyId);
    assert.equal(known?.principal.arn, 'arn:aws:sts::000000000000:assumed-role/unknown/f');
    await assert.rejects(sts.issuer.issue({ ...role, roleArn: 'nonsense' }), {
      code: 'ValidationError',
    });
  });
});

test('a key tells its account, and what is no key does not', async () => {
  const { sts, call } = await start();
  const { accessKeyId } = await sts.openRoot();
  assert.deepEqual(await call('GetAccessKeyInfo', { AccessKeyId: accessKeyId }), {
    Account: ACCOUNT,
  });
  await assert.rejects(call('GetAccessKeyInfo', { AccessKeyId: 'AKIA0000000000000001' }), {
    code: 'ValidationError',
  });
});

test('session credentials may not ask for further tokens', async () => {
  const { sts, call, clock } = await start();
  const { Credentials } = await call<AssumeRoleResponse>('GetSessionToken', {});
  assert.ok(Credentials);
  const federated = await call<{ FederatedUser: object }>('GetFederationToken', { Name: 'n' });
  assert.deepEqual(federated.FederatedUser, {
    Arn: `arn:aws:sts::${ACCOUNT}:federated-user/n`,
    FederatedUserId: `${ACCOUNT}:n`,
  });
  const assume = { RoleArn: ROLE.arn, RoleSessionName: 's' };
  for (const [name, input] of [
    ['GetSessionToken', {}],
    ['GetFederationToken', { Name: 'n' }],
    ['AssumeRole', assume],
  ] as const) {
    const made = await call<AssumeRoleResponse>(name, input);
    const known = await sts.credentials.find(made.Credentials?.AccessKeyId ?? '');
    assert.equal(known?.principal.session?.issuedAtMs, clock.now(), name);
    for (const further of ['GetSessionToken', 'GetFederationToken']) {
      await assert.rejects(call(further, { Name: 'm' }, known.principal), {
        code: 'AccessDenied',
        message: `Cannot call ${further} with session credentials`,
      });
    }
    const becoming = call('AssumeRole', assume, known.principal);
    if (name === 'GetFederationToken') await assert.rejects(becoming, { code: 'AccessDenied' });
    else await becoming;
  }
});

test('a policy that limits a session has to be one', async () => {
  const { call } = await start();
  const asking = { RoleArn: ROLE.arn, RoleSessionName: 's', Name: 'n' };
  const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const policyOf = (...Statement: readonly object[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement });
  for (const name of ['AssumeRole', 'GetFederationToken']) {
    for (const [Policy, message] of [
      ['no policy', 'This policy contains invalid Json'],
      ['{}', 'Syntax errors in policy.'],
      [policyOf(), 'Syntax errors in policy.'],
      [policyOf({ ...statement, Effect: 'Maybe' }), 'Syntax errors in policy.'],
      [policyOf(statement, { ...statement, Resource: undefined }), 'Syntax errors in policy.'],
    ] as const) {
      const expected = { code: 'MalformedPolicyDocument', status: 400, message };
      await assert.rejects(call(name, { ...asking, Policy }), expected);
    }
    await call(name, { ...asking, Policy: policyOf(statement) });
    await call(name, { ...asking, Policy: JSON.stringify({ Statement: statement }) });
  }
});

test("root's tokens last an hour at most", async () => {
  const { call, clock } = await start();
  for (const name of ['GetSessionToken', 'GetFederationToken']) {
    const input = { Name: 'n', DurationSeconds: 7200 };
    const { Credentials } = await call<AssumeRoleResponse>(name, input);
    assert.equal(Credentials?.Expiration, clock.now() + HOUR, name);
  }
});
