import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListInstanceProfilesForRoleCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import type { Credentials } from '#ports/peers/credential-issuer.ts';
import type { Database } from '#ports/world/database.ts';
import { createSts, type Sts } from '#services/sts/index.ts';
import { startGateway, type World } from '../../../test/support/gateway.ts';
import { createIam } from './index.ts';

const ACCOUNT = '000000000000';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});
const ALLOW = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['logs:*'], Resource: "arn:aws:logs:*:*:!'()*" }],
});

let world: World;
let database: Database;
let client: IAMClient;
let root: Credentials;
const config = (credentials: {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}) => ({
  endpoint: world.endpoint,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
});

before(async () => {
  database = await openDatabase({ path: ':memory:' });
  // The two are made of each other: STS asks IAM for roles and users, IAM tells STS of changed keys.
  const iam = createIam({
    database,
    clock: systemClock,
    random: systemRandom,
    forgetKey: (id) => sts.credentials.forget(id),
  });
  const sts: Sts = createSts({
    database,
    clock: systemClock,
    random: systemRandom,
    accountId: ACCOUNT,
    roles: iam.roles,
    users: iam.users,
    publishRoot: async () => undefined,
  });
  await database.migrate(iam.schema);
  await database.migrate(sts.schema);
  root = await sts.openRoot();
  world = await startGateway({
    services: [iam.service, sts.service],
    credentials: sts.credentials,
  });
  client = new IAMClient(config(root));
});
after(async () => {
  await world[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const role = (RoleName: string, more = {}): CreateRoleCommand =>
  new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...more });

describe('a role', () => {
  test('is shown as it was made, by itself and in a list', async () => {
    const Tags = [{ Key: 'test', Value: 'value' }];
    const { Role: created } = await client.send(role('tagged', { Path: '/a/b/', Tags }));
    assert.equal(created?.Arn, `arn:aws:iam::${ACCOUNT}:role/a/b/tagged`);
    assert.match(created.RoleId ?? '', /^AROA[A-Z2-7]{17}$/);
    assert.equal(created.AssumeRolePolicyDocument, encodeURIComponent(TRUST));
    // Recorded: test_role_with_tags.
    assert.deepEqual(created.Tags, Tags);
    assert.equal(created.MaxSessionDuration, undefined);

    const { Role: found } = await client.send(new GetRoleCommand({ RoleName: 'TAGGED' }));
    assert.deepEqual(found, { ...created, MaxSessionDuration: 3600, RoleLastUsed: {} });
    const { Roles, IsTruncated } = await client.send(new ListRolesCommand({ PathPrefix: '/a/' }));
    const { Tags: _, ...listed } = { ...created, MaxSessionDuration: 3600 };
    assert.deepEqual([Roles, IsTruncated], [[listed], false]);
  });

  test('exists once, in whatever case', async () => {
    await client.send(role('Once'));
    await assert.rejects(client.send(role('oNCE')), {
      name: 'EntityAlreadyExistsException',
      message: 'Role with name oNCE already exists.',
    });
    await assert.rejects(client.send(new GetRoleCommand({ RoleName: 'none' })), {
      name: 'NoSuchEntityException',
      message: 'The role with name none cannot be found.',
    });
  });

  test('changes', async () => {
    const RoleName = 'changing';
    await client.send(role(RoleName));
    await client.send(
      new UpdateRoleCommand({ RoleName, Description: 'd', MaxSessionDuration: 7200 }),
    );
    const PolicyDocument = TRUST.replace('lambda', 'ec2');
    await client.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    await client.send(
      new TagRoleCommand({
        RoleName,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    await client.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'A', Value: '3' }] }));
    await client.send(new UntagRoleCommand({ RoleName, TagKeys: ['b'] }));
    const { Role } = await client.send(new GetRoleCommand({ RoleName }));
    assert.deepEqual([Role?.Description, Role?.MaxSessionDuration], ['d', 7200]);
    assert.equal(Role?.AssumeRolePolicyDocument, encodeURIComponent(PolicyDocument));
    const { Tags } = await client.send(new ListRoleTagsCommand({ RoleName }));
    assert.deepEqual(Tags, [{ Key: 'A', Value: '3' }]);
  });

  test('needs a trust policy that is one', async () => {
    const cases = [
      ['nonsense', 'This policy contains invalid Json'],
      [ALLOW, 'Has prohibited field Resource'],
      [TRUST.replace('Principal', 'Other'), 'Missing required field Principal'],
    ] as const;
    for (const [AssumeRolePolicyDocument, message] of cases) {
      await assert.rejects(client.send(role('bad', { AssumeRolePolicyDocument })), {
        name: 'MalformedPolicyDocumentException',
        message,
      });
    }
  });

  test('is deleted once nothing hangs on it', async () => {
    const RoleName = 'held';
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    const remove = () => client.send(new DeleteRoleCommand({ RoleName }));
    const conflict = (message: string) => ({ name: 'DeleteConflictException', message });
    await client.send(role(RoleName));
    await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    const { AttachedPolicies } = await client.send(
      new ListAttachedRolePoliciesCommand({ RoleName }),
    );
    assert.deepEqual(AttachedPolicies, [{ PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn }]);
    await assert.rejects(
      remove(),
      conflict('Cannot delete entity, must detach all policies first.'),
    );
    await client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    await client.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: ALLOW }),
    );
    await assert.rejects(remove(), conflict('Cannot delete entity, must delete policies first.'));
    await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' }));
    const InstanceProfileName = 'profile';
    await client.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
    await client.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
    await assert.rejects(
      remove(),
      conflict('Cannot delete entity, must remove roles from instance profile first.'),
    );
    const { InstanceProfiles } = await client.send(
      new ListInstanceProfilesForRoleCommand({ RoleName }),
    );
    assert.equal(InstanceProfiles?.[0]?.Roles?.[0]?.RoleName, RoleName);
  });

  test('is assumed by its ARN, path included', async () => {
    await client.send(role('assumed', { Path: '/p/' }));
    const sts = new STSClient(config(root));
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/p/assumed`,
        RoleSessionName: 'session',
      }),
    );
    assert.equal(AssumedRoleUser?.Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/assumed/session`);
    const own = new STSClient(
      config({
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      }),
    );
    const { Arn } = await own.send(new GetCallerIdentityCommand({}));
    assert.equal(Arn, AssumedRoleUser?.Arn);
    const wrongPath = new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/assumed`,
      RoleSessionName: 'session',
    });
    await assert.rejects(sts.send(wrongPath), { name: 'AccessDenied' });
  });
});

test('roles are listed page by page', async () => {
  for (const index of [3, 1, 2]) await client.send(role(`page-${index}`, { Path: '/pages/' }));
  const names: (string | undefined)[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.send(
      new ListRolesCommand({ PathPrefix: '/pages/', MaxItems: 2, Marker }),
    );
    names.push(...(page.Roles ?? []).map(({ RoleName }) => RoleName));
    Marker = page.Marker;
    assert.equal(page.IsTruncated, Marker !== undefined);
  } while (Marker !== undefined);
  assert.deepEqual(names, ['page-1', 'page-2', 'page-3']);
});

test('an inline policy comes back percent-encoded, and is found by its name', async () => {
  const RoleName = 'inline';
  await client.send(role(RoleName));
  const PolicyDocument = ALLOW;
  await client.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }));
  const found = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'p' }));
  assert.match(found.PolicyDocument ?? '', /^%7B[A-Za-z0-9%._~-]+%7D$/);
  assert.equal(decodeURIComponent(found.PolicyDocument ?? ''), ALLOW);
  const { PolicyNames } = await client.send(new ListRolePoliciesCommand({ RoleName }));
  assert.deepEqual(PolicyNames, ['p']);
  await assert.rejects(client.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'q' })), {
    name: 'NoSuchEntityException',
    message: 'The role policy with name q cannot be found.',
  });
  const bad = { RoleName, PolicyName: 'q', PolicyDocument: '{"Statement":{"Effect":"Maybe"}}' };
  await assert.rejects(client.send(new PutRolePolicyCommand(bad)), {
    name: 'MalformedPolicyDocumentException',
    message: 'Syntax errors in policy.',
  });
});

describe('a managed policy', () => {
  test('has up to five versions, one of them the default', async () => {
    const { Policy } = await client.send(
      new CreatePolicyCommand({ PolicyName: 'managed', PolicyDocument: ALLOW }),
    );
    const PolicyArn = Policy?.Arn ?? '';
    assert.equal(PolicyArn, `arn:aws:iam::${ACCOUNT}:policy/managed`);
    const add = () =>
      client.send(
        new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: ALLOW, SetAsDefault: true }),
      );
    for (let version = 2; version <= 5; version += 1) await add();
    await assert.rejects(add(), { name: 'LimitExceededException' });
    const { Versions } = await client.send(new ListPolicyVersionsCommand({ PolicyArn }));
    assert.deepEqual(
      Versions?.map(({ VersionId }) => VersionId),
      ['v5', 'v4', 'v3', 'v2', 'v1'],
    );
    await assert.rejects(
      client.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v5' })),
      {
        message: 'Cannot delete the default version of a policy.',
      },
    );
    await assert.rejects(client.send(new DeletePolicyCommand({ PolicyArn })), {
      name: 'DeleteConflictException',
    });
    for (let version = 1; version <= 4; version += 1) {
      await client.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: `v${version}` }));
    }
    await client.send(new DeletePolicyCommand({ PolicyArn }));
    // Recorded: test_delete_non_existent_policy_returns_no_such_entity.
    await assert.rejects(client.send(new DeletePolicyCommand({ PolicyArn })), {
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} was not found.`,
    });
  });

  test('is not deleted while it is attached, and tells to whom', async () => {
    const RoleName = 'attached';
    await client.send(role(RoleName));
    const { Policy } = await client.send(
      new CreatePolicyCommand({ PolicyName: 'in-use', PolicyDocument: ALLOW }),
    );
    const PolicyArn = Policy?.Arn ?? '';
    await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    await assert.rejects(client.send(new DeletePolicyCommand({ PolicyArn })), {
      message: 'Cannot delete a policy attached to entities.',
    });
    const { PolicyRoles } = await client.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
    assert.deepEqual(
      PolicyRoles?.map((one) => one.RoleName),
      [RoleName],
    );
    const { Policy: found } = await client.send(new GetPolicyCommand({ PolicyArn }));
    assert.equal(found?.AttachmentCount, 1);
    const { Policies } = await client.send(
      new ListPoliciesCommand({ Scope: 'Local', OnlyAttached: true }),
    );
    assert.ok(Policies?.some(({ Arn }) => Arn === PolicyArn));
    await assert.rejects(
      client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: `${PolicyArn}-none` })),
      { message: `Policy ${PolicyArn}-none does not exist or is not attachable.` },
    );
  });

  test('of AWS says what it allows', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn }));
    assert.deepEqual(
      [Policy?.PolicyName, Policy?.Path],
      ['AWSLambdaBasicExecutionRole', '/service-role/'],
    );
    const VersionId = Policy?.DefaultVersionId;
    const { PolicyVersion } = await client.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId }),
    );
    assert.match(decodeURIComponent(PolicyVersion?.Document ?? ''), /logs:PutLogEvents/);
  });
});

describe("a user's access key", () => {
  test('signs requests until it is switched off', async () => {
    const UserName = 'alice';
    await client.send(new CreateUserCommand({ UserName, Path: '/people/' }));
    const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }));
    const AccessKeyId = AccessKey?.AccessKeyId ?? '';
    const own = new IAMClient(
      config({ accessKeyId: AccessKeyId, secretAccessKey: AccessKey?.SecretAccessKey ?? '' }),
    );
    const { User } = await own.send(new GetUserCommand({}));
    assert.equal(User?.Arn, `arn:aws:iam::${ACCOUNT}:user/people/alice`);
    await client.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
    await assert.rejects(own.send(new GetUserCommand({})), { name: 'InvalidClientTokenId' });
    await client.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Active' }));
    await own.send(new GetUserCommand({}));
    await assert.rejects(client.send(new DeleteUserCommand({ UserName })), {
      message: 'Cannot delete entity, must delete access keys first.',
    });
    await client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await assert.rejects(own.send(new GetUserCommand({})), { name: 'InvalidClientTokenId' });
    await client.send(new DeleteUserCommand({ UserName }));
  });

  test('is one of two', async () => {
    const UserName = 'bob';
    await client.send(new CreateUserCommand({ UserName }));
    const make = () => client.send(new CreateAccessKeyCommand({ UserName }));
    await make();
    await make();
    await assert.rejects(make(), {
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for AccessKeysPerUser: 2',
    });
  });
});

test('root asks for itself, and has no name', async () => {
  const { User } = await client.send(new GetUserCommand({}));
  assert.deepEqual([User?.Arn, User?.UserId], [`arn:aws:iam::${ACCOUNT}:root`, ACCOUNT]);
});
