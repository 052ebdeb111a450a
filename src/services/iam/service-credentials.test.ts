/** What belongs to services: their own roles, and users' passwords for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { createIam } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

const ACCOUNT = '000000000000';
const SERVICE = 'acm.amazonaws.com';
const NAME = 'AWSServiceRoleForCertificateManager';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: SERVICE }, Action: 'sts:AssumeRole' }],
});

const context = requestContext(ACCOUNT, { headers: { host: 'localhost:4566' } });

async function start() {
  const database = await openDatabase({ path: ':memory:' });
  const clock = new SimulatedClock();
  const random = new SeededRandom(1);
  const iam = createIam({ database, clock, random, forgetKey: () => undefined });
  await database.migrate(iam.schema);
  return async <Output>(name: string, input: object): Promise<Output> => {
    const operation = iam.service.operations[name];
    assert.ok(operation, `${name} is built`);
    // The wire parses inputs; the test gives what it would.
    return (await operation(context, input as never)) as Output;
  };
}

test("a service's role comes with its policy, once, and is changed by nobody", async () => {
  const call = await start();
  const make = { AWSServiceName: SERVICE };
  await call('CreateServiceLinkedRole', make);
  const { AttachedPolicies } = await call<{ AttachedPolicies: { PolicyName: string }[] }>(
    'ListAttachedRolePolicies',
    { RoleName: NAME },
  );
  assert.deepEqual(
    AttachedPolicies.map(({ PolicyName }) => PolicyName),
    ['CertificateManagerServiceRolePolicy'],
  );
  const refused = { code: 'UnmodifiableEntity', status: 400 };
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const changes = [
    ['DeleteRole', {}],
    ['AttachRolePolicy', { PolicyArn }],
    ['PutRolePolicy', { PolicyName: 'p', PolicyDocument: '{"Version":"2012-10-17"}' }],
    ['UpdateAssumeRolePolicy', { PolicyDocument: TRUST }],
  ] as const;
  for (const [name, more] of changes) {
    const changed = call(name, { RoleName: NAME, ...more });
    if (name === 'PutRolePolicy') await assert.rejects(changed);
    else await assert.rejects(changed, refused, name);
  }
  await assert.rejects(call('CreateServiceLinkedRole', make), { code: 'InvalidInput' });
  const { DeletionTaskId } = await call<{ DeletionTaskId: string }>('DeleteServiceLinkedRole', {
    RoleName: NAME,
  });
  const status = await call('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId });
  assert.deepEqual(status, { Status: 'SUCCEEDED' });
  await assert.rejects(call('GetRole', { RoleName: NAME }), { code: 'NoSuchEntity' });
});

test("a role that is no service's is not deleted as one, and takes no suffix unless it may", async () => {
  const call = await start();
  await call('CreateRole', { RoleName: 'mine', AssumeRolePolicyDocument: TRUST });
  await assert.rejects(call('DeleteServiceLinkedRole', { RoleName: 'mine' }), {
    code: 'InvalidInput',
  });
  const suffixed = { AWSServiceName: SERVICE, CustomSuffix: 'a' };
  // Recorded: test_service_role_lifecycle_custom_suffix_not_allowed.
  await assert.rejects(call('CreateServiceLinkedRole', suffixed), {
    code: 'InvalidInput',
    message: `Custom suffix is not allowed for ${SERVICE}`,
  });
  const { Role } = await call<{ Role: { RoleName: string } }>('CreateServiceLinkedRole', {
    AWSServiceName: 'connect.amazonaws.com',
    CustomSuffix: 'a',
  });
  assert.equal(Role.RoleName, 'AWSServiceRoleForAmazonConnect_a');
});

test('a user has two passwords for a service at most, and they go with the user', async () => {
  const call = await start();
  const UserName = 'ann';
  await call('CreateUser', { UserName });
  const make = { UserName, ServiceName: 'codecommit.amazonaws.com' };
  await call('CreateServiceSpecificCredential', make);
  await call('CreateServiceSpecificCredential', make);
  await assert.rejects(call('CreateServiceSpecificCredential', make), { code: 'LimitExceeded' });
  const other = { ...make, ServiceName: 'cassandra.amazonaws.com' };
  await call('CreateServiceSpecificCredential', other);
  const list = () =>
    call<{ ServiceSpecificCredentials: { ServiceUserName: string }[] }>(
      'ListServiceSpecificCredentials',
      make,
    );
  const names = (await list()).ServiceSpecificCredentials.map((one) => one.ServiceUserName);
  assert.deepEqual(names, [`ann-at-${ACCOUNT}`, `ann+1-at-${ACCOUNT}`]);
  await call('DeleteUser', { UserName });
  await call('CreateUser', { UserName });
  assert.deepEqual((await list()).ServiceSpecificCredentials, []);
});
