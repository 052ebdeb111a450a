import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, missing, openHarness } from './harness.test.ts';

test('an account has one alias', async () => {
  await using world = await openHarness();
  const { call } = world;
  await call('CreateAccountAlias', { AccountAlias: 'one' });
  await call('CreateAccountAlias', { AccountAlias: 'two' });
  await assert.rejects(call('CreateAccountAlias', { AccountAlias: 'two' }), {
    code: 'EntityAlreadyExists',
  });
  const { AccountAliases } = await call('ListAccountAliases', {});
  assert.deepEqual(AccountAliases, ['two']);
  await assert.rejects(
    call('DeleteAccountAlias', { AccountAlias: 'one' }),
    missing('The account alias one cannot be found.'),
  );
  await call('DeleteAccountAlias', { AccountAlias: 'two' });
  assert.deepEqual((await call('ListAccountAliases', {})).AccountAliases, []);
});

test('a password policy is asked of passwords, and what it does not say is as at first', async () => {
  await using world = await openHarness();
  const { call } = world;
  const none = `The Password Policy with domain name ${ACCOUNT} cannot be found.`;
  await assert.rejects(call('GetAccountPasswordPolicy', {}), missing(none));
  await call('UpdateAccountPasswordPolicy', { MinimumPasswordLength: 10, MaxPasswordAge: 3 });
  await call('UpdateAccountPasswordPolicy', { MinimumPasswordLength: 9, RequireNumbers: true });
  const { PasswordPolicy } = await call('GetAccountPasswordPolicy', {});
  assert.equal(PasswordPolicy.ExpirePasswords, false);
  assert.equal(PasswordPolicy.MinimumPasswordLength, 9);
  await call('CreateUser', { UserName: 'u' });
  const create = (Password: string) => call('CreateLoginProfile', { UserName: 'u', Password });
  const refused = { code: 'PasswordPolicyViolation', status: 400 };
  await assert.rejects(create('1bcdefgh'), refused);
  await assert.rejects(create('abcdefghi'), refused);
  await create('1bcdefghi');
  await call('DeleteAccountPasswordPolicy', {});
  await assert.rejects(
    call('DeleteAccountPasswordPolicy', {}),
    missing('The account policy with name PasswordPolicy cannot be found.'),
  );
});

test('a login profile is made once, changed, and goes before its user', async () => {
  await using world = await openHarness();
  const { call } = world;
  await call('CreateUser', { UserName: 'u' });
  await assert.rejects(
    call('GetLoginProfile', { UserName: 'u' }),
    missing('Login Profile for User u cannot be found.'),
  );
  const profile = { UserName: 'u', Password: 'long enough' };
  await call('CreateLoginProfile', profile);
  await assert.rejects(call('CreateLoginProfile', profile), {
    message: 'Login Profile for user u already exists.',
  });
  await call('UpdateLoginProfile', { UserName: 'u', PasswordResetRequired: true });
  await call('UpdateUser', { UserName: 'u', NewUserName: 'v', NewPath: '/p/' });
  const { LoginProfile } = await call('GetLoginProfile', { UserName: 'v' });
  assert.deepEqual([LoginProfile.UserName, LoginProfile.PasswordResetRequired], ['v', true]);
  const { User } = await call('GetUser', { UserName: 'v' });
  assert.equal(User.Arn, `arn:aws:iam::${ACCOUNT}:user/p/v`);
  await assert.rejects(call('DeleteUser', { UserName: 'v' }), {
    code: 'DeleteConflict',
    message: 'Cannot delete entity, must delete login profile first.',
  });
  await call('DeleteLoginProfile', { UserName: 'v' });
  await call('DeleteUser', { UserName: 'v' });
});

test('users and groups keep what hangs on them under a new name', async () => {
  await using world = await openHarness();
  const { call, forgotten } = world;
  for (const UserName of ['u', 'other']) await call('CreateUser', { UserName });
  await call('CreateGroup', { GroupName: 'g' });
  await call('AddUserToGroup', { GroupName: 'g', UserName: 'u' });
  await call('PutUserPolicy', { UserName: 'u', PolicyName: 'p', PolicyDocument: POLICY });
  const { AccessKey } = await call('CreateAccessKey', { UserName: 'u' });
  await assert.rejects(call('UpdateUser', { UserName: 'u', NewUserName: 'Other' }), {
    code: 'EntityAlreadyExists',
  });
  assert.deepEqual(forgotten, []);
  await call('UpdateUser', { UserName: 'u', NewUserName: 'v' });
  assert.deepEqual(forgotten, [AccessKey.AccessKeyId]);
  await call('UpdateGroup', { GroupName: 'g', NewGroupName: 'h' });
  const { Users } = await call('GetGroup', { GroupName: 'h' });
  assert.deepEqual(
    Users.map(({ UserName }) => UserName),
    ['v'],
  );
  assert.deepEqual((await call('ListUserPolicies', { UserName: 'v' })).PolicyNames, ['p']);
  const { AccessKeyMetadata } = await call('ListAccessKeys', { UserName: 'v' });
  assert.equal(AccessKeyMetadata.length, 1);
  await assert.rejects(call('GetUser', { UserName: 'u' }), { code: 'NoSuchEntity' });
});

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

test('an account tells its counts, and reports on its users once it is asked to', async () => {
  await using world = await openHarness();
  const { call } = world;
  await call('CreateUser', { UserName: 'u' });
  const { SummaryMap } = await call('GetAccountSummary', {});
  assert.deepEqual([SummaryMap?.['Users'], SummaryMap?.['UsersQuota']], [1, 5000]);
  await assert.rejects(call('GetCredentialReport', {}), { code: 'ReportNotPresent', status: 410 });
  assert.equal((await call('GenerateCredentialReport', {})).State, 'STARTED');
  assert.equal((await call('GenerateCredentialReport', {})).State, 'COMPLETE');
  const { Content = new Uint8Array(0) } = await call('GetCredentialReport', {});
  const [header = '', line = ''] = Buffer.from(Content).toString().split('\n');
  assert.equal(header.split(',').length, line.split(',').length);
  assert.match(line, /^u,arn:aws:iam::\d{12}:user\/u,/);
});

test('an account tells all that policies hang on, page by page', async () => {
  await using world = await openHarness();
  const { call } = world;
  await call('CreateUser', { UserName: 'u' });
  await call('CreateGroup', { GroupName: 'g' });
  await call('AddUserToGroup', { GroupName: 'g', UserName: 'u' });
  await call('PutGroupPolicy', { GroupName: 'g', PolicyName: 'inline', PolicyDocument: POLICY });
  const { Policy } = await call('CreatePolicy', { PolicyName: 'p', PolicyDocument: POLICY });
  const trust = POLICY.replace(
    '"Action":"*","Resource":"*"',
    '"Action":"sts:AssumeRole","Principal":"*"',
  );
  await call('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust });
  await call('AttachRolePolicy', { RoleName: 'r', PolicyArn: Policy?.Arn ?? '' });
  await call('PutUserPermissionsBoundary', {
    UserName: 'u',
    PermissionsBoundary: Policy?.Arn ?? '',
  });
  const all = await call('GetAccountAuthorizationDetails', {});
  assert.deepEqual(all.UserDetailList?.[0]?.GroupList, ['g']);
  assert.equal(all.GroupDetailList?.[0]?.GroupPolicyList?.[0]?.PolicyName, 'inline');
  assert.equal(all.RoleDetailList?.[0]?.AttachedManagedPolicies?.[0]?.PolicyName, 'p');
  assert.equal(all.Policies?.[0]?.AttachmentCount, 1);
  assert.equal(all.Policies[0].PermissionsBoundaryUsageCount, 1);
  assert.equal(all.Policies[0].PolicyVersionList?.[0]?.IsDefaultVersion, true);
  const roles = await call('GetAccountAuthorizationDetails', { Filter: ['Role'] });
  assert.deepEqual([roles.UserDetailList, roles.RoleDetailList?.length], [[], 1]);
  const first = await call('GetAccountAuthorizationDetails', { MaxItems: 3 });
  assert.equal(first.IsTruncated, true);
  const Marker = first.Marker ?? '';
  const rest = await call('GetAccountAuthorizationDetails', { Marker });
  assert.deepEqual([rest.UserDetailList?.length, rest.Policies?.length], [1, 0]);
});

test('policies tell the keys that they ask for', async () => {
  await using world = await openHarness();
  const { call } = world;
  const document = JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Action: '*',
      Resource: 'arn:aws:s3:::b/${aws:username}/*',
      Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    },
  });
  const custom = await call('GetContextKeysForCustomPolicy', { PolicyInputList: [document] });
  assert.deepEqual(custom.ContextKeyNames, ['aws:SourceIp', 'aws:username']);
  await call('CreateUser', { UserName: 'u' });
  await call('PutUserPolicy', { UserName: 'u', PolicyName: 'p', PolicyDocument: document });
  const PolicySourceArn = `arn:aws:iam::${ACCOUNT}:user/u`;
  const own = await call('GetContextKeysForPrincipalPolicy', { PolicySourceArn });
  assert.deepEqual(own, custom);
  await assert.rejects(call('GetContextKeysForCustomPolicy', { PolicyInputList: ['no'] }), {
    code: 'InvalidInput',
  });
});
