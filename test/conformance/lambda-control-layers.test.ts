import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  AddLayerVersionPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteLayerVersionCommand,
  GetAccountSettingsCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  ListLayerVersionsCommand,
  ListLayersCommand,
  PublishLayerVersionCommand,
  RemoveLayerVersionPermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

import {
  ACCOUNT,
  REGION,
  failureOf,
  functionInput,
  handlerZip,
  startWorld,
  zip,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

const LAYER = `arn:aws:lambda:${REGION}:${ACCOUNT}:layer:tools`;

async function publish(world: World, input: object = {}) {
  const Content = { ZipFile: await zip({ 'nodejs/index.js': 'x' }) };
  return world.client.send(
    new PublishLayerVersionCommand({ LayerName: 'tools', Content, ...input }),
  );
}

test('layers have numbered versions, whose numbers are given once', async () => {
  // lambda_api: TestLambdaLayer::test_layer_exceptions
  await using world = await startWorld();
  const { client } = world;
  const first = await publish(world, {
    CompatibleRuntimes: ['nodejs24.x'],
    CompatibleArchitectures: ['x86_64'],
    LicenseInfo: 'MIT',
  });
  assert.equal(first.$metadata.httpStatusCode, 201);
  assert.equal(first.Version, 1);
  assert.equal(first.LayerArn, LAYER);
  assert.equal(first.LayerVersionArn, `${LAYER}:1`);
  assert.equal(first.Description, '');
  assert.deepEqual(first.CompatibleRuntimes, ['nodejs24.x']);
  assert.equal((await fetch(first.Content?.Location ?? '')).status, 200);
  const second = await publish(world, { Description: 'second' });
  assert.deepEqual([second.CompatibleRuntimes, second.CompatibleArchitectures], [[], []]);
  const versions = async () =>
    (await client.send(new ListLayerVersionsCommand({ LayerName: 'tools' }))).LayerVersions?.map(
      (item) => item.Version,
    );
  assert.deepEqual(await versions(), [2, 1]);
  const remove = (VersionNumber: number) =>
    client.send(new DeleteLayerVersionCommand({ LayerName: 'tools', VersionNumber }));
  await remove(2);
  await remove(2);
  assert.equal((await publish(world)).Version, 3);
  assert.deepEqual(await versions(), [3, 1]);
  assert.equal((await failureOf(remove(0))).message, 'Layer Version Cannot be less than 1');
  const get = (VersionNumber: number, LayerName = 'tools') =>
    client.send(new GetLayerVersionCommand({ LayerName, VersionNumber }));
  assert.equal((await get(1, LAYER)).LicenseInfo, 'MIT');
  assert.equal((await failureOf(get(-1))).message, 'Layer Version Cannot be less than 1');
  for (const missing of [
    get(2),
    get(1, 'none'),
    client.send(new GetLayerVersionByArnCommand({ Arn: `${LAYER}:9` })),
  ]) {
    assert.equal((await failureOf(missing)).message, 'The resource you requested does not exist.');
  }
  const layers = await client.send(new ListLayersCommand({ CompatibleRuntime: 'nodejs24.x' }));
  assert.deepEqual(
    layers.Layers?.map((layer) => layer.LatestMatchingVersion?.Version),
    [1],
  );
  assert.deepEqual(
    (await client.send(new ListLayerVersionsCommand({ LayerName: 'none' }))).LayerVersions,
    [],
  );
});

test("a layer version's policy has revisions, and shares it with other accounts", async () => {
  // lambda_api: TestLambdaLayer::test_layer_policy_lifecycle, test_layer_policy_exceptions
  await using world = await startWorld();
  const { client } = world;
  await publish(world);
  const layer = { LayerName: 'tools', VersionNumber: 1 };
  const stranger = world.clientOf('111111111111');
  const foreign = () => stranger.send(new GetLayerVersionByArnCommand({ Arn: `${LAYER}:1` }));
  assert.equal((await failureOf(foreign())).name, 'AccessDeniedException');
  const policy = () => client.send(new GetLayerVersionPolicyCommand(layer));
  assert.equal(
    (await failureOf(policy())).message,
    'No policy is associated with the given resource.',
  );
  const add = (StatementId: string, input: object = {}) =>
    client.send(
      new AddLayerVersionPermissionCommand({
        ...layer,
        StatementId,
        Action: 'lambda:GetLayerVersion',
        Principal: '*',
        ...input,
      }),
    );
  const first = await add('s1');
  assert.equal(
    first.Statement,
    `{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"${LAYER}:1"}`,
  );
  assert.equal((await policy()).RevisionId, first.RevisionId);
  assert.equal((await foreign()).Version, 1);
  assert.equal((await failureOf(add('s1'))).name, 'ResourceConflictException');
  assert.equal(
    (await failureOf(add('s2', { RevisionId: 'wrong' }))).message,
    'The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id',
  );
  assert.equal(
    (await failureOf(add('s2', { VersionNumber: 2 }))).message,
    `Layer version ${LAYER}:2 does not exist.`,
  );
  await add('s2', { RevisionId: first.RevisionId });
  const remove = (StatementId: string) =>
    client.send(new RemoveLayerVersionPermissionCommand({ ...layer, StatementId }));
  assert.equal(
    (await failureOf(remove('doesnotexist'))).message,
    'Statement doesnotexist is not found in resource policy.',
  );
  await remove('s2');
  assert.deepEqual(JSON.parse((await policy()).Policy ?? '').Statement.length, 1);
});

test('a function has its layers merged in order, and refuses what cannot be', async () => {
  // lambda_api: TestLambdaLayer::test_layer_function_exceptions
  await using world = await startWorld();
  const { client } = world;
  await publish(world);
  await publish(world);
  const other = await publish(world, {
    LayerName: 'other',
    Content: { ZipFile: await zip({ 'nodejs/index.js': 'y', 'bin/a': 'z' }) },
  });
  const Layers = [`${LAYER}:1`, other.LayerVersionArn ?? ''];
  const made = await client.send(
    new CreateFunctionCommand({ ...(await functionInput('one')), Layers }),
  );
  assert.deepEqual(
    made.Layers?.map((layer) => layer.Arn),
    Layers,
  );
  await world.settle();
  const found = await world.control.catalog.resolve(
    { accountId: ACCOUNT, region: REGION, functionName: 'one' },
    0,
  );
  assert.equal(found.kind, 'found');
  const tree = await world.directories.find(
    (found.kind === 'found' && found.version.layersDirectoryId) || '',
  );
  assert.equal(tree?.bytes, 2);
  await world.settle();
  const use = (layers: string[]) =>
    failureOf(
      client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'one', Layers: layers })),
    );
  const twice =
    'Two different versions of the same layer are not allowed to be referenced in the same function.';
  assert.equal(
    (await use([`${LAYER}:1`, `${LAYER}:2`])).message,
    `${twice} ${LAYER}:1 and ${LAYER}:2 are versions of the same layer.`,
  );
  assert.equal(
    (await use([`${LAYER}:1`, `${LAYER}:1`])).message,
    `${twice} ${LAYER}:1 and ${LAYER}:1 are versions of the same layer.`,
  );
  assert.equal((await use([`${LAYER}:9`])).message, `Layer version ${LAYER}:9 does not exist.`);
  assert.equal(
    (await use([`${LAYER.replace('us-east-1', 'us-west-2')}:1`])).message,
    'Layers are not in the same region as the function. Layers are expected to be in region us-east-1.',
  );
  const cleared = await client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: 'one', Layers: [] }),
  );
  assert.equal(cleared.Layers, undefined);
});

test('code that nothing uses is swept after an hour, and what is used stays', async () => {
  await using world = await startWorld();
  const { client, directories, blobs } = world;
  const count = async () =>
    [await idsOf(directories.list()), await idsOf(blobs.list())].map((ids) => ids.length);
  const idsOf = async (source: AsyncIterable<string>) => {
    const ids: string[] = [];
    for await (const id of source) ids.push(id);
    return ids;
  };
  await blobs.put(
    (async function* () {
      yield Buffer.from('left by a crash');
    })(),
  );
  await client.send(new CreateFunctionCommand(await functionInput('one')));
  await client.send(new CreateFunctionCommand(await functionInput('two')));
  assert.deepEqual(await count(), [1, 2]);
  world.start();
  await world.settle();
  await world.quiet();
  assert.deepEqual(await count(), [1, 1]);
  await client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'one', ZipFile: await handlerZip('new') }),
  );
  await client.send(new DeleteFunctionCommand({ FunctionName: 'two' }));
  assert.deepEqual(await count(), [2, 2]);
  await world.clock.advance(3_599_000);
  await world.quiet();
  assert.deepEqual(await count(), [2, 2]);
  await world.clock.advance(3_602_000);
  await world.quiet();
  assert.deepEqual(await count(), [1, 1]);
});

test('account settings count code, functions and concurrency', async () => {
  // lambda_api: TestLambdaAccountSettings::test_account_settings_total_code_size
  await using world = await startWorld();
  const settings = () => world.client.send(new GetAccountSettingsCommand({}));
  assert.deepEqual((await settings()).AccountLimit, {
    TotalCodeSize: 80_530_636_800,
    CodeSizeUnzipped: 262_144_000,
    CodeSizeZipped: 52_428_800,
    ConcurrentExecutions: 1000,
    UnreservedConcurrentExecutions: 1000,
  });
  const input = await functionInput('one');
  await world.client.send(new CreateFunctionCommand({ ...input, Publish: true }));
  const layer = await publish(world);
  const { AccountUsage } = await settings();
  assert.deepEqual(AccountUsage, {
    FunctionCount: 1,
    TotalCodeSize: 2 * input.Code.ZipFile.byteLength + (layer.Content?.CodeSize ?? 0),
  });
});
