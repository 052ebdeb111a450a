import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  CreateAliasCommand,
  CreateCodeSigningConfigCommand,
  CreateFunctionCommand,
  DeleteCodeSigningConfigCommand,
  DeleteFunctionCodeSigningConfigCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionRecursionConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  GetRuntimeManagementConfigCommand,
  ListCodeSigningConfigsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionsByCodeSigningConfigCommand,
  ListProvisionedConcurrencyConfigsCommand,
  ListTagsCommand,
  PutFunctionCodeSigningConfigCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  PutRuntimeManagementConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateCodeSigningConfigCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';

import {
  ACCOUNT,
  REGION,
  failureOf,
  functionArn,
  functionInput,
  startWorld,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

const FunctionName = 'one';

async function worldWithAlias(): Promise<World> {
  const world = await startWorld();
  await world.client.send(
    new CreateFunctionCommand({ ...(await functionInput(FunctionName)), Publish: true }),
  );
  await world.settle();
  await world.client.send(
    new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }),
  );
  return world;
}

test('event invoke configurations are put whole, updated in parts, and bound to a qualifier', async () => {
  // lambda_api: TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions
  await using world = await worldWithAlias();
  const { client } = world;
  const put = (input: object) =>
    client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, ...input }));
  const first = await put({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 });
  const { $metadata: _, LastModified, ...shown } = first;
  assert.ok(LastModified instanceof Date);
  const empty = { OnFailure: {}, OnSuccess: {} };
  assert.deepEqual(shown, {
    DestinationConfig: empty,
    FunctionArn: `${functionArn('one')}:$LATEST`,
    MaximumEventAgeInSeconds: 60,
    MaximumRetryAttempts: 2,
  });
  const updated = await client.send(
    new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 0 }),
  );
  assert.deepEqual([updated.MaximumEventAgeInSeconds, updated.MaximumRetryAttempts], [60, 0]);
  const over = await put({ MaximumRetryAttempts: 1 });
  assert.deepEqual([over.MaximumEventAgeInSeconds, over.MaximumRetryAttempts], [undefined, 1]);
  assert.equal(
    (await put({ FunctionName: 'one:live', MaximumRetryAttempts: 1 })).FunctionArn,
    `${functionArn('one')}:live`,
  );
  await put({ Qualifier: '1', MaximumRetryAttempts: 1 });
  const { FunctionEventInvokeConfigs } = await client.send(
    new ListFunctionEventInvokeConfigsCommand({ FunctionName }),
  );
  assert.deepEqual(
    FunctionEventInvokeConfigs?.map((config) => config.FunctionArn),
    ['$LATEST', '1', 'live'].map((qualifier) => `${functionArn('one')}:${qualifier}`),
  );
  const refused = async (input: object) => (await failureOf(put(input))).message;
  assert.equal(
    await refused({}),
    'You must specify at least one of error handling or destination setting.',
  );
  assert.equal(
    await refused({ FunctionName: 'doesnotexist', MaximumRetryAttempts: 1 }),
    "The function doesn't exist.",
  );
  assert.equal(
    await refused({ Qualifier: 'nope', MaximumRetryAttempts: 1 }),
    "The function doesn't exist.",
  );
  const onSuccess = (Destination: string) => ({
    DestinationConfig: { OnSuccess: { Destination } },
  });
  assert.equal(
    await refused(onSuccess(functionArn('doesnotexist'))),
    `The destination ARN ${functionArn('doesnotexist')} is invalid.`,
  );
  assert.equal(
    await refused(onSuccess(functionArn('one'))),
    "You can't specify the function as a destination for itself.",
  );
  const iam = functionArn('one').replace('lambda', 'iam');
  assert.equal(
    await refused(onSuccess(iam)),
    `The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=${iam}), onFailure=null) is invalid.`,
  );
  await client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: '1' }));
  const missing = `The function ${functionArn('one')}:1 doesn't have an EventInvokeConfig`;
  assert.equal(
    (
      await failureOf(
        client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: '1' })),
      )
    ).message,
    missing,
  );
  assert.equal(
    (
      await failureOf(
        client.send(
          new UpdateFunctionEventInvokeConfigCommand({
            FunctionName,
            Qualifier: '1',
            MaximumRetryAttempts: 0,
          }),
        ),
      )
    ).message,
    missing,
  );
});

test('reserved concurrency leaves 100 to the rest', async () => {
  // lambda_api: TestLambdaReservedConcurrency::test_function_concurrency_exceptions; lambda: test_lambda_concurrency_update
  await using world = await worldWithAlias();
  const { client } = world;
  const put = (ReservedConcurrentExecutions: number, name = FunctionName) =>
    client.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions }),
    );
  assert.equal((await put(3)).ReservedConcurrentExecutions, 3);
  assert.deepEqual((await client.send(new GetFunctionCommand({ FunctionName }))).Concurrency, {
    ReservedConcurrentExecutions: 3,
  });
  const found = await world.control.catalog.resolve(
    { accountId: ACCOUNT, region: REGION, functionName: FunctionName },
    0,
  );
  assert.equal(found.kind === 'found' && found.reservedConcurrency, 3);
  await put(900);
  assert.equal(
    world.control.catalog.reservedConcurrencyTotal?.({ accountId: ACCOUNT, region: REGION }),
    900,
  );
  assert.equal(
    (await failureOf(put(901))).message,
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
  );
  assert.equal(
    (await failureOf(put(1, 'doesnotexist'))).message,
    `Function not found: ${functionArn('doesnotexist')}:$LATEST`,
  );
  assert.match(
    (await failureOf(put(1, 'one:live'))).message,
    /^This operation is permitted on Lambda functions only\./,
  );
  await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  const none = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
  assert.equal(none.ReservedConcurrentExecutions, undefined);
});

test('provisioned concurrency belongs to a version or to one alias of it', async () => {
  // lambda: TestLambdaConcurrency::test_provisioned_concurrency, test_provisioned_concurrency_on_alias
  await using world = await worldWithAlias();
  const { client } = world;
  const put = (Qualifier: string, ProvisionedConcurrentExecutions = 5) =>
    client.send(
      new PutProvisionedConcurrencyConfigCommand({
        FunctionName,
        Qualifier,
        ProvisionedConcurrentExecutions,
      }),
    );
  const get = (Qualifier: string) =>
    client.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }));
  assert.equal((await failureOf(get('1'))).name, 'ProvisionedConcurrencyConfigNotFoundException');
  assert.equal(
    (await failureOf(put('$LATEST'))).message,
    'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
  );
  const asked = await put('live');
  assert.equal(asked.$metadata.httpStatusCode, 202);
  assert.deepEqual(
    [
      asked.Status,
      asked.AllocatedProvisionedConcurrentExecutions,
      asked.RequestedProvisionedConcurrentExecutions,
    ],
    ['IN_PROGRESS', 0, 5],
  );
  await world.settle();
  const ready = await get('live');
  assert.deepEqual(
    [
      ready.Status,
      ready.AllocatedProvisionedConcurrentExecutions,
      ready.AvailableProvisionedConcurrentExecutions,
    ],
    ['READY', 5, 5],
  );
  assert.equal(
    (await failureOf(put('1'))).message,
    'Version is pointed by a Provisioned Concurrency alias',
  );
  const { catalog } = world.control;
  const scope = { accountId: ACCOUNT, region: REGION };
  assert.equal(catalog.reservedConcurrencyTotal?.(scope), 5, 'others have less');
  await client.send(
    new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 7 }),
  );
  await world.quiet();
  assert.equal(catalog.reservedConcurrencyTotal?.(scope), 7, 'it is within the reservation');
  await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  const found = await catalog.resolve(
    { accountId: ACCOUNT, region: REGION, functionName: FunctionName, qualifier: 'live' },
    0,
  );
  assert.deepEqual(found.kind === 'found' && found.provisioned, {
    qualifier: 'live',
    requested: 5,
  });
  const demands = await catalog.provisionedDemands?.();
  assert.deepEqual(
    demands?.map(({ qualifier, requested, version }) => [qualifier, requested, version.version]),
    [['live', 5, '1']],
  );
  const { ProvisionedConcurrencyConfigs } = await client.send(
    new ListProvisionedConcurrencyConfigsCommand({ FunctionName }),
  );
  assert.deepEqual(
    ProvisionedConcurrencyConfigs?.map((config) => config.FunctionArn),
    [`${functionArn('one')}:live`],
  );
  assert.match(
    (await failureOf(put('live', 901))).message,
    /below its minimum value of \[100\]\.$/,
  );
  await client.send(
    new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 10 }),
  );
  assert.match(
    (await failureOf(put('live', 11))).message,
    /^Requested Provisioned Concurrency should not be greater than/,
  );
  await client.send(
    new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: 'live' }),
  );
  assert.equal(
    (await failureOf(get('live'))).name,
    'ProvisionedConcurrencyConfigNotFoundException',
  );
  await put('1');
  assert.match((await failureOf(put('live'))).message, /already Provisioned version$/);
});

test('code signing configurations are kept, and not deleted under a function', async () => {
  // lambda_api: TestCodeSigningConfig::test_function_code_signing_config
  await using world = await worldWithAlias();
  const { client } = world;
  const AllowedPublishers = {
    SigningProfileVersionArns: [`arn:aws:signer:${REGION}:${ACCOUNT}:/signing-profiles/test`],
  };
  const made = await client.send(
    new CreateCodeSigningConfigCommand({
      Description: 'd',
      AllowedPublishers,
      CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' },
    }),
  );
  const CodeSigningConfigArn = made.CodeSigningConfig?.CodeSigningConfigArn ?? '';
  assert.match(CodeSigningConfigArn, /:code-signing-config:csc-[0-9a-f]{17}$/);
  const updated = await client.send(
    new UpdateCodeSigningConfigCommand({
      CodeSigningConfigArn,
      CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' },
    }),
  );
  assert.equal(
    updated.CodeSigningConfig?.CodeSigningPolicies?.UntrustedArtifactOnDeployment,
    'Warn',
  );
  assert.equal(updated.CodeSigningConfig?.Description, 'd');
  const none = await client.send(new GetFunctionCodeSigningConfigCommand({ FunctionName }));
  assert.equal(none.CodeSigningConfigArn, undefined);
  await client.send(
    new PutFunctionCodeSigningConfigCommand({ FunctionName, CodeSigningConfigArn }),
  );
  const uses = await client.send(
    new ListFunctionsByCodeSigningConfigCommand({ CodeSigningConfigArn }),
  );
  assert.deepEqual(uses.FunctionArns, [functionArn('one')]);
  assert.equal(
    (await failureOf(client.send(new DeleteCodeSigningConfigCommand({ CodeSigningConfigArn }))))
      .name,
    'ResourceConflictException',
  );
  await client.send(new DeleteFunctionCodeSigningConfigCommand({ FunctionName }));
  await client.send(new DeleteCodeSigningConfigCommand({ CodeSigningConfigArn }));
  assert.deepEqual(
    (await client.send(new ListCodeSigningConfigsCommand({}))).CodeSigningConfigs,
    [],
  );
  const gone = await failureOf(
    client.send(new PutFunctionCodeSigningConfigCommand({ FunctionName, CodeSigningConfigArn })),
  );
  assert.equal(gone.name, 'CodeSigningConfigNotFoundException');
});

test('tags belong to whole functions, fifty at most', async () => {
  // lambda_api: TestLambdaTag::test_tag_lifecycle, test_tag_exceptions, TestLambdaTags::test_tag_limits
  await using world = await worldWithAlias();
  const { client } = world;
  const Resource = functionArn('one');
  const tag = (Tags: Record<string, string>, arn = Resource) =>
    client.send(new TagResourceCommand({ Resource: arn, Tags }));
  const tags = async () => (await client.send(new ListTagsCommand({ Resource }))).Tags;
  await tag({ A: '1', B: '2' });
  await tag({ B: '3' });
  await client.send(new UntagResourceCommand({ Resource, TagKeys: ['A', 'none'] }));
  assert.deepEqual(await tags(), { B: '3' });
  assert.deepEqual((await client.send(new GetFunctionCommand({ FunctionName }))).Tags, { B: '3' });
  const many = Object.fromEntries(Array.from({ length: 49 }, (_, n) => [`k${n}`, 'v']));
  await tag(many);
  assert.equal(
    (await failureOf(tag({ more: 'v' }))).message,
    'Number of tags exceeds resource tag limit.',
  );
  assert.equal(
    (await failureOf(tag({ a: 'b' }, `${Resource}:live`))).message,
    'Tags on function aliases and versions are not supported. Please specify a function ARN.',
  );
  assert.equal(
    (await failureOf(tag({ a: 'b' }, functionArn('none')))).message,
    `Function not found: ${functionArn('none')}`,
  );
  const provider = `arn:aws:lambda:${REGION}:${ACCOUNT}:capacity-provider:p`;
  assert.equal(
    (await failureOf(tag({ a: 'b' }, provider))).message,
    `Capacity provider not found: ${provider}`,
  );
});

test('recursion and runtime management are kept', async () => {
  // lambda_api: TestLambdaRecursion
  await using world = await worldWithAlias();
  const { client } = world;
  assert.equal(
    (await client.send(new GetFunctionRecursionConfigCommand({ FunctionName }))).RecursiveLoop,
    'Terminate',
  );
  await client.send(
    new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: 'Allow' }),
  );
  assert.equal(
    (await client.send(new GetFunctionRecursionConfigCommand({ FunctionName }))).RecursiveLoop,
    'Allow',
  );
  const runtime = () => client.send(new GetRuntimeManagementConfigCommand({ FunctionName }));
  assert.equal((await runtime()).UpdateRuntimeOn, 'Auto');
  const RuntimeVersionArn = `arn:aws:lambda:${REGION}::runtime:${'a'.repeat(64)}`;
  await client.send(
    new PutRuntimeManagementConfigCommand({
      FunctionName,
      UpdateRuntimeOn: 'Manual',
      RuntimeVersionArn,
    }),
  );
  assert.equal((await runtime()).RuntimeVersionArn, RuntimeVersionArn);
});
