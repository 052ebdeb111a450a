/** What the control plane writes down of provisioned concurrency, for the bill; and how weights split it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { provisionedLedger } from '#lambda/control/index.ts';
import { ACCOUNT, failureOf, functionInput, startWorld } from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

const FunctionName = 'one';

/** Version 1 with 128 MB, version 2 with 256 MB, and an alias of version 1. */
async function worldWithVersions(): Promise<World> {
  const world = await startWorld();
  const { client } = world;
  const input = { ...(await functionInput(FunctionName)), MemorySize: 128, Publish: true };
  await client.send(new CreateFunctionCommand(input));
  await world.settle();
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 256 }));
  await world.settle();
  await client.send(new PublishVersionCommand({ FunctionName }));
  await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  return world;
}

function provision(world: World, ProvisionedConcurrentExecutions: number, Qualifier = 'live') {
  const input = { FunctionName, Qualifier, ProvisionedConcurrentExecutions };
  return world.client.send(new PutProvisionedConcurrencyConfigCommand(input));
}

/** Memory kept ready, with its time in seconds since the first of them; `-` while it lasts. */
async function ledgerOf(world: World): Promise<string[]> {
  const all = { accountId: ACCOUNT, fromMs: 0, untilMs: Infinity };
  const periods = await world.database.read((queries) => provisionedLedger.periods(queries, all));
  const [first] = periods;
  const seconds = (ms: number): number => (ms - (first?.enabledAtMs ?? 0)) / 1000;
  return periods.map(({ qualifier, enabledAtMs, fromMs, untilMs, x86Mib }) => {
    const until = untilMs === undefined ? '-' : seconds(untilMs);
    return `${qualifier} ${seconds(enabledAtMs)}: ${seconds(fromMs)} to ${until}: ${x86Mib} MiB`;
  });
}

test('each change of what is kept ready begins a period, with the memory of its version', async () => {
  await using world = await worldWithVersions();
  const { client, clock } = world;
  await provision(world, 2);
  await clock.advance(1000);
  await provision(world, 3);
  await clock.advance(1000);
  await provision(world, 3);
  await client.send(new UpdateAliasCommand({ FunctionName, Name: 'live', Description: 'x' }));
  assert.deepEqual(await ledgerOf(world), ['live 0: 0 to 1: 256 MiB', 'live 0: 1 to -: 384 MiB']);
  await client.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }));
  await clock.advance(1000);
  const name = { FunctionName, Qualifier: 'live' };
  await client.send(new DeleteProvisionedConcurrencyConfigCommand(name));
  await clock.advance(1000);
  await provision(world, 1);
  await clock.advance(1000);
  await client.send(new DeleteFunctionCommand({ FunctionName }));
  assert.deepEqual(await ledgerOf(world), [
    'live 0: 0 to 1: 256 MiB',
    'live 0: 1 to 2: 384 MiB',
    'live 0: 2 to 3: 768 MiB',
    'live 4: 4 to 5: 256 MiB',
  ]);
});

test("an alias's weights split what is kept ready, and what it costs", async () => {
  await using world = await worldWithVersions();
  await provision(world, 4);
  const RoutingConfig = { AdditionalVersionWeights: { '2': 0.25 } };
  await world.client.send(new UpdateAliasCommand({ FunctionName, Name: 'live', RoutingConfig }));
  const demands = (await world.control.catalog.provisionedDemands?.()) ?? [];
  assert.deepEqual(
    demands.map(({ version, qualifier, requested }) => [version.version, qualifier, requested]),
    [
      ['1', 'live', 3],
      ['2', 'live', 1],
    ],
  );
  const [now] = (await ledgerOf(world)).slice(-1);
  assert.match(now ?? '', / to -: 640 MiB$/);
  // Both versions run in what is kept for the alias.
  const address = { accountId: ACCOUNT, region: 'us-east-1', functionName: FunctionName };
  for (const fraction of [0.1, 0.9]) {
    const found = await world.control.catalog.resolve({ ...address, qualifier: 'live' }, fraction);
    assert.equal(found.kind === 'found' && found.provisioned?.qualifier, 'live');
  }
});

test('an alias with weights cannot be provisioned', async () => {
  await using world = await worldWithVersions();
  const RoutingConfig = { AdditionalVersionWeights: { '2': 0.25 } };
  await world.client.send(new UpdateAliasCommand({ FunctionName, Name: 'live', RoutingConfig }));
  const failure = await failureOf(provision(world, 1));
  assert.equal(failure.name, 'InvalidParameterValueException');
  assert.equal(failure.message, 'Invalid alias configuration for Provisioned Concurrency');
});
