import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

import { failureOf, functionInput, startWorld } from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

async function worldOfTenants(): Promise<World> {
  const world = await startWorld();
  const input = await functionInput('many');
  const TenancyConfig = { TenantIsolationMode: 'PER_TENANT' } as const;
  const made = await world.client.send(new CreateFunctionCommand({ ...input, TenancyConfig }));
  assert.deepEqual(made.TenancyConfig, TenancyConfig);
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  await world.settle();
  return world;
}

test('an invocation names its tenant, and an asynchronous one keeps it in the store', async () => {
  await using world = await worldOfTenants();
  const FunctionName = 'many';
  await world.client.send(new InvokeCommand({ FunctionName, TenantId: 'blue' }));
  const streamed = new InvokeWithResponseStreamCommand({ FunctionName, TenantId: 'a:b/c @d' });
  await world.client.send(streamed);
  const InvocationType = 'Event' as const;
  await world.client.send(new InvokeCommand({ FunctionName, InvocationType, TenantId: 'green' }));
  world.start();
  await world.quiet();
  assert.deepEqual(
    world.invocations.map(({ tenantId }) => tenantId),
    ['blue', 'a:b/c @d', 'green'],
  );
});

test('an event or a dry run without its tenant is refused, and so is a tenant of no isolation', async () => {
  await using world = await worldOfTenants();
  for (const InvocationType of ['Event', 'DryRun'] as const) {
    const missing = new InvokeCommand({ FunctionName: 'many', InvocationType });
    assert.deepEqual(await failureOf(world.client.send(missing)), {
      name: 'InvalidParameterValueException',
      status: 400,
      type: 'User',
      message:
        'The invoked function is enabled with tenancy configuration. ' +
        'Add a valid tenant ID in your request and try again.',
    });
    const extra = new InvokeCommand({ FunctionName: 'one', InvocationType, TenantId: 'blue' });
    const { name } = await failureOf(world.client.send(extra));
    assert.equal(name, 'InvalidParameterValueException');
  }
  for (const TenantId of ['semi;colon', 'x'.repeat(257)]) {
    const bad = new InvokeCommand({ FunctionName: 'many', TenantId });
    const { status } = await failureOf(world.client.send(bad));
    assert.equal(status, 400);
  }
  await world.client.send(new InvokeCommand({ FunctionName: 'many', TenantId: 'x'.repeat(256) }));
});

test('what cannot name a tenant is refused to a function that isolates them', async () => {
  await using world = await worldOfTenants();
  const FunctionName = 'many';
  await world.client.send(new PublishVersionCommand({ FunctionName }));
  const commands = [
    new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }),
    new PutProvisionedConcurrencyConfigCommand({
      FunctionName,
      Qualifier: '1',
      ProvisionedConcurrentExecutions: 1,
    }),
    new UpdateFunctionConfigurationCommand({
      FunctionName,
      Runtime: 'python3.13',
      SnapStart: { ApplyOn: 'PublishedVersions' },
    }),
  ];
  for (const command of commands) {
    const sent = world.client.send(command as CreateFunctionUrlConfigCommand);
    const { name, message } = await failureOf(sent);
    assert.equal(name, 'InvalidParameterValueException');
    assert.match(message, /is not supported for functions with tenant isolation mode/);
  }
});
