import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '#kernel/assert.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { ACCOUNT, openHarness } from './harness.test.ts';
import { requestContext } from '../../../test/support/request-context.ts';

const BOUNDARY = 'iam:PermissionsBoundary';

async function open() {
  const world = await openHarness();
  const needsOf = async (operation: string, input: object, principal?: Principal) => {
    const context = { ...requestContext(ACCOUNT), ...(principal && { principal }) };
    const { permissions } = world;
    return present(permissions, 'IAM has them').needsOf({
      operation,
      context,
      input: { ...input },
    });
  };
  const { call, [Symbol.asyncDispose]: close } = world;
  return { call, needsOf, [Symbol.asyncDispose]: close };
}

test('who gives somebody a policy is asked about the boundary that somebody has', async () => {
  await using world = await open();
  const { call, needsOf } = world;
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  await call('CreateUser', { UserName: 'bounded', PermissionsBoundary });
  await call('CreateUser', { UserName: 'free' });
  const boundaryOf = async (operation: string, UserName: string) =>
    (await needsOf(operation, { UserName, PolicyName: 'p' }))[0]?.keys?.[BOUNDARY];
  for (const operation of [
    'AttachUserPolicy',
    'DetachUserPolicy',
    'PutUserPolicy',
    'DeleteUserPolicy',
    'DeleteUserPermissionsBoundary',
  ]) {
    assert.equal(await boundaryOf(operation, 'bounded'), PermissionsBoundary, operation);
    assert.equal(await boundaryOf(operation, 'free'), undefined, operation);
  }
  assert.equal(await boundaryOf('GetUser', 'bounded'), undefined);
  // Whoever sets one is asked about that which he sets.
  const other = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const input = { UserName: 'bounded', PermissionsBoundary: other };
  const [put] = await needsOf('PutUserPermissionsBoundary', input);
  assert.equal(put?.keys?.[BOUNDARY], other);
});

test('a new name or path has to be allowed as the old one has', async () => {
  await using world = await open();
  const { call, needsOf } = world;
  await call('CreateUser', { UserName: 'u', Path: '/dev/' });
  const resources = async (operation: string, input: object) =>
    (await needsOf(operation, input)).map(({ resource }) => resource);
  const old = `arn:aws:iam::${ACCOUNT}:user/dev/u`;
  const moved = await resources('UpdateUser', { UserName: 'u', NewPath: '/admin/' });
  assert.deepEqual(moved, [old, `arn:aws:iam::${ACCOUNT}:user/admin/u`]);
  const renamed = await resources('UpdateUser', { UserName: 'u', NewUserName: 'v' });
  assert.deepEqual(renamed, [old, `arn:aws:iam::${ACCOUNT}:user/dev/v`]);
  const group = await resources('UpdateGroup', { GroupName: 'g', NewGroupName: 'h' });
  assert.deepEqual(group, [`arn:aws:iam::${ACCOUNT}:group/g`, `arn:aws:iam::${ACCOUNT}:group/h`]);
  assert.deepEqual(await resources('UpdateRole', { RoleName: 'r' }), [
    `arn:aws:iam::${ACCOUNT}:role/r`,
  ]);
});

test('tokens of users open every service but IAM; those of roles open it, too', async () => {
  await using world = await open();
  const { needsOf } = world;
  const user = { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/u`, userId: 'AIDAU' };
  const arn = `arn:aws:sts::${ACCOUNT}:federated-user/f`;
  await needsOf('ListUsers', {}, user);
  const role = `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`;
  await needsOf('ListUsers', {}, { ...user, arn: role, session: {} });
  for (const principal of [
    { ...user, session: {} },
    { ...user, arn, session: { issuerArn: user.arn } },
    { ...user, arn: `arn:aws:iam::${ACCOUNT}:root`, session: {} },
  ]) {
    await assert.rejects(needsOf('ListUsers', {}, principal), {
      code: 'InvalidClientTokenId',
      status: 403,
      message: 'The security token included in the request is invalid',
    });
  }
});
