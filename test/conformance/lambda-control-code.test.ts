/** What functions are made of: archives, images, signatures. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import {
  CreateCodeSigningConfigCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  PublishLayerVersionCommand,
  PutFunctionCodeSigningConfigCommand,
  UpdateCodeSigningConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

import type { FunctionVersion } from '#lambda/model/function-version.ts';

import {
  ACCOUNT,
  ROLE,
  failureOf,
  functionInput,
  handlerZip,
  startWorld,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

test('image functions are kept and shown, take no zip, and are refused when invoked', async () => {
  // lambda_api: TestLambdaImages::test_lambda_image_and_image_config_crud
  await using world = await startWorld();
  const { client } = world;
  const ImageUri = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/repo:latest`;
  const ImageConfig = {
    EntryPoint: ['sh'],
    Command: ['-c', 'echo test'],
    WorkingDirectory: '/app1',
  };
  const made = await client.send(
    new CreateFunctionCommand({
      FunctionName: 'one',
      Role: ROLE,
      PackageType: 'Image',
      Code: { ImageUri },
      ImageConfig,
    }),
  );
  assert.equal(made.CodeSize, 0);
  for (const elsewhere of ['repo', 'docker.io/library/repo:1', ImageUri.replace(':latest', '')]) {
    const command = new CreateFunctionCommand({
      FunctionName: 'two',
      Role: ROLE,
      PackageType: 'Image',
      Code: { ImageUri: elsewhere },
    });
    assert.equal(
      (await failureOf(client.send(command))).message,
      `Source image ${elsewhere} is not valid. Provide a valid source image.`,
    );
  }
  assert.equal(made.Runtime, undefined);
  assert.deepEqual(made.ImageConfigResponse, { ImageConfig });
  await world.settle();
  const got = await client.send(new GetFunctionCommand({ FunctionName: 'one' }));
  assert.deepEqual(got.Code, {
    RepositoryType: 'ECR',
    ImageUri,
    ResolvedImageUri: ImageUri.replace(':latest', `@sha256:${made.CodeSha256}`),
  });
  const ZipFile = await handlerZip();
  const refused = await failureOf(
    client.send(new UpdateFunctionCodeCommand({ FunctionName: 'one', ZipFile })),
  );
  assert.equal(
    refused.message,
    'Please provide ImageUri when updating a function with packageType Image.',
  );
  const cleared = await client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: 'one', ImageConfig: {} }),
  );
  assert.equal(cleared.ImageConfigResponse, undefined);
  await world.settle();
  for (const InvocationType of ['RequestResponse', 'Event', 'DryRun'] as const) {
    const invoked = client.send(new InvokeCommand({ FunctionName: 'one', InvocationType }));
    const { name, status, message } = await failureOf(invoked);
    assert.deepEqual([name, status], ['InvalidRuntimeException', 502]);
    assert.match(message, /container images are kept, and cannot be run/);
  }
});

test('a zip that is larger than other requests may be is taken', async () => {
  await using world = await startWorld();
  const input = await functionInput('large');
  const noise = randomBytes(14 * 1024 * 1024).toString('base64');
  const ZipFile = await handlerZip(`exports.handler = async () => 1; // ${noise}`);
  const made = await world.client.send(new CreateFunctionCommand({ ...input, Code: { ZipFile } }));
  assert.equal(made.CodeSize, ZipFile.byteLength);
});

const PROFILE = `arn:aws:signer:us-east-1:${ACCOUNT}:/signing-profiles/p/0123456789`;

async function signingConfig({ client }: World, UntrustedArtifactOnDeployment: 'Enforce' | 'Warn') {
  const made = await client.send(
    new CreateCodeSigningConfigCommand({
      AllowedPublishers: { SigningProfileVersionArns: [PROFILE] },
      CodeSigningPolicies: { UntrustedArtifactOnDeployment },
    }),
  );
  return made.CodeSigningConfig?.CodeSigningConfigArn ?? '';
}

test('unsigned code and layers are refused where a configuration enforces signatures', async () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
  await using world = await startWorld();
  const { client } = world;
  const CodeSigningConfigArn = await signingConfig(world, 'Enforce');
  const input = await functionInput('one');
  const refused = await failureOf(
    client.send(new CreateFunctionCommand({ ...input, CodeSigningConfigArn })),
  );
  assert.deepEqual(refused, {
    name: 'CodeVerificationFailedException',
    status: 400,
    type: 'User',
    message:
      'Lambda cannot deploy the function. The function or layer might be signed using a signature that the ' +
      'client is not configured to accept. Check the provided signature for unsigned.',
  });
  await client.send(new CreateFunctionCommand(input));
  await world.settle();
  const FunctionName = 'one';
  const put = new PutFunctionCodeSigningConfigCommand({ FunctionName, CodeSigningConfigArn });
  await client.send(put);
  const Content = { ZipFile: await handlerZip() };
  const layer = await client.send(new PublishLayerVersionCommand({ LayerName: 'l', Content }));
  const Layers = [layer.LayerVersionArn ?? ''];
  const ZipFile = await handlerZip('2');
  const code = new UpdateFunctionCodeCommand({ FunctionName, ZipFile });
  assert.equal((await failureOf(client.send(code))).name, 'CodeVerificationFailedException');
  const layered = new UpdateFunctionConfigurationCommand({ FunctionName, Layers });
  assert.equal((await failureOf(client.send(layered))).name, 'CodeVerificationFailedException');
  // What runs goes on, and what brings no code is no deployment.
  const described = { FunctionName, Description: 'no code', Layers: [] };
  await client.send(new UpdateFunctionConfigurationCommand(described));
  assert.equal((await client.send(new InvokeCommand({ FunctionName }))).StatusCode, 200);
});

test('unsigned code is taken and counted where a configuration only warns', async () => {
  await using world = await startWorld();
  const { client } = world;
  const CodeSigningConfigArn = await signingConfig(world, 'Warn');
  const input = await functionInput('one');
  await client.send(new CreateFunctionCommand({ ...input, CodeSigningConfigArn }));
  await world.settle();
  const ZipFile = await handlerZip('2');
  await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'one', ZipFile }));
  const counted = world.metrics.filter(({ name }) => name === 'SignatureValidationErrors');
  assert.deepEqual(
    counted.map(({ value, dimensions }) => [value, dimensions]),
    [
      [1, { FunctionName: 'one' }],
      [1, { FunctionName: 'one' }],
    ],
  );
  await world.settle();
  const CodeSigningPolicies = { UntrustedArtifactOnDeployment: 'Enforce' as const };
  const change = { CodeSigningConfigArn, CodeSigningPolicies };
  await client.send(new UpdateCodeSigningConfigCommand(change));
  const next = new UpdateFunctionCodeCommand({ FunctionName: 'one', ZipFile });
  assert.equal((await failureOf(client.send(next))).name, 'CodeVerificationFailedException');
});

test('what prepares for functions is told of one that is stored before it may run, and of all that are there', async () => {
  await using world = await startWorld();
  const { catalog } = world.control;
  assert.deepEqual(await catalog.runtimesInUse?.(), []);
  const stored = Promise.withResolvers<FunctionVersion>();
  using _listening = catalog.onStored?.(stored.resolve);
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  const version = await stored.promise;
  const resolution = await catalog.resolve(version, 0);
  assert.deepEqual([version.functionName, resolution.kind], ['one', 'not-ready']);
  assert.deepEqual(await catalog.runtimesInUse?.(), [version.runtime]);
});
