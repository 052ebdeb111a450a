/** What functions are made of: archives, images, signatures. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import {
  CreateCodeSigningConfigCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  type ImageConfig,
  InvokeCommand,
  ListFunctionsCommand,
  PublishLayerVersionCommand,
  PutFunctionCodeSigningConfigCommand,
  UpdateCodeSigningConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

import type { FunctionVersion } from '#lambda/model/function-version.ts';

import { streamOfBytes } from '#kernel/bytes.ts';
import { DAY_MS } from '#kernel/units.ts';
import { imageOf } from '../support/images.ts';
import { tarOf } from '../support/tarball.ts';
import {
  ACCOUNT,
  ROLE,
  failureOf,
  functionInput,
  handlerZip,
  startWorld,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

const REPOSITORY = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/repo`;
const CONFIGURATION = {
  config: {
    Entrypoint: ['/entry', '--flag'],
    Cmd: ['app.handler', 'more'],
    Env: ['OF_IMAGE=1', 'EMPTY', 'EQUALS=a=b'],
    WorkingDir: '/var/task',
  },
};

/** Puts an image under a tag of the repository, and under its digest. */
function putImage({ images }: World, tag: string, image: ReturnType<typeof imageOf>): void {
  const name = `${ACCOUNT}/us-east-1/repo`;
  images.set(`${name} ${tag}`, image).set(`${name} ${image.digest}`, image);
}

function imageFunction(FunctionName: string, ImageUri: string, ImageConfig?: ImageConfig) {
  return new CreateFunctionCommand({
    FunctionName,
    Role: ROLE,
    PackageType: 'Image',
    Code: { ImageUri },
    ...(ImageConfig === undefined ? {} : { ImageConfig }),
  });
}

test('image functions are kept and shown, and take no zip', async () => {
  // lambda_api: TestLambdaImages::test_lambda_image_and_image_config_crud
  await using world = await startWorld();
  const { client } = world;
  const ImageUri = `${REPOSITORY}:latest`;
  const image = imageOf(CONFIGURATION, tarOf({ path: 'entry', content: 'program', mode: 0o755 }));
  putImage(world, 'latest', image);
  const ImageConfig = {
    EntryPoint: ['sh'],
    Command: ['-c', 'echo test'],
    WorkingDirectory: '/app1',
  };
  const made = await client.send(imageFunction('one', ImageUri, ImageConfig));
  assert.equal(made.CodeSize, 0);
  assert.equal(`sha256:${made.CodeSha256}`, image.digest);
  assert.equal(made.Runtime, undefined);
  assert.deepEqual(made.ImageConfigResponse, { ImageConfig });
  await world.settle();
  const got = await client.send(new GetFunctionCommand({ FunctionName: 'one' }));
  assert.deepEqual(got.Code, {
    RepositoryType: 'ECR',
    ImageUri,
    ResolvedImageUri: `${REPOSITORY}@${image.digest}`,
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
});

test('an image runs what its configuration says, or the function instead', async () => {
  await using world = await startWorld();
  const { client, control } = world;
  const extension = { path: 'opt/extensions/one', content: 'x', mode: 0o755 };
  putImage(world, 'plain', imageOf(CONFIGURATION, tarOf({ path: 'entry' })));
  putImage(world, 'extended', imageOf(CONFIGURATION, tarOf(extension)));
  const relative = { config: { WorkingDir: 'app' } };
  putImage(world, 'bare', imageOf(relative, tarOf({ path: 'entry' })));
  await client.send(imageFunction('plain', `${REPOSITORY}:plain`));
  await client.send(imageFunction('changed', `${REPOSITORY}:plain`, { Command: ['other'] }));
  await client.send(imageFunction('extended', `localhost:4566/${ACCOUNT}/us-east-1/repo:extended`));
  await client.send(imageFunction('bare', `${REPOSITORY}:bare`));
  await world.settle();
  const found = async (functionName: string) => {
    const address = { accountId: ACCOUNT, region: 'us-east-1', functionName };
    const resolution = await control.catalog.resolve(address, 0);
    assert.ok(resolution.kind === 'found');
    return resolution.version;
  };
  const plain = await found('plain');
  assert.equal(plain.handler, 'app.handler');
  assert.deepEqual(plain.image, {
    command: ['/entry', '--flag', 'app.handler', 'more'],
    workingDirectory: '/var/task',
    environmentVariables: { OF_IMAGE: '1', EMPTY: '', EQUALS: 'a=b' },
    hasExtensions: false,
  });
  const changed = await found('changed');
  assert.deepEqual(
    [changed.handler, changed.image?.command],
    ['other', ['/entry', '--flag', 'other']],
  );
  assert.equal(changed.codeDirectoryId, plain.codeDirectoryId);
  assert.equal((await found('extended')).image?.hasExtensions, true);
  assert.deepEqual((await found('bare')).image, {
    command: [],
    workingDirectory: '/app',
    environmentVariables: {},
    hasExtensions: false,
  });
});

test('images that are not there, of another account or Region, or of no known kind are refused', async () => {
  await using world = await startWorld();
  const { client, images } = world;
  const name = `${ACCOUNT}/us-east-1/repo`;
  const image = imageOf(CONFIGURATION, tarOf({ path: 'entry' }));
  const withLayer = (mediaType: string, bytes = Buffer.from('no archive')) => ({
    ...image,
    layers: image.layers.map((layer) => ({
      ...layer,
      mediaType,
      open: () => streamOfBytes(bytes),
    })),
  });
  images.set(`${name} list`, { kind: 'unsupported' });
  images.set(`${name} strange`, withLayer('application/vnd.in-toto+json'));
  images.set(`${name} damaged`, withLayer('application/vnd.oci.image.layer.v1.tar'));
  const cases: readonly (readonly [string, RegExp, string?])[] = [
    ...['repo', 'docker.io/library/repo:1', REPOSITORY].map(
      (uri) => [uri, /^Source image \S+ is not valid\. Provide a valid source image\.$/] as const,
    ),
    [REPOSITORY.replace('us-east-1', 'eu-west-1') + ':1', /is not valid\. Provide a valid source/],
    [
      `${REPOSITORY}:none`,
      /^Source image \S+:none does not exist\. Provide a valid source image\.$/,
    ],
    [
      `${REPOSITORY}:list`,
      /^The image manifest, config or layer media type for the source image \S+:list is not supported\.$/,
    ],
    [`${REPOSITORY}:strange`, /layer media type for the source image \S+:strange is not supported/],
    [`${REPOSITORY}:damaged`, /^The layers of the source image \S+ cannot be unpacked/],
    [
      `111122223333.dkr.ecr.us-east-1.amazonaws.com/repo:1`,
      /^Lambda does not have permission to access the ECR image\. Check the ECR permissions\.$/,
      'AccessDeniedException',
    ],
  ];
  for (const [uri, message, code = 'InvalidParameterValueException'] of cases) {
    const failure = await failureOf(client.send(imageFunction('one', uri)));
    assert.equal(failure.name, code, uri);
    assert.match(failure.message, message);
  }
  assert.deepEqual((await client.send(new ListFunctionsCommand({}))).Functions, []);
});

test('an image is unpacked once, and swept when no version has it', async () => {
  await using world = await startWorld();
  const { client, directories } = world;
  const listed = async (): Promise<number> => (await Array.fromAsync(directories.list())).length;
  const layer = tarOf({ path: 'entry' });
  const image = imageOf(CONFIGURATION, layer);
  let opened = 0;
  const counted = image.layers.map((one) => ({
    ...one,
    open: () => {
      opened += 1;
      return one.open();
    },
  }));
  putImage(world, 'latest', { ...image, layers: counted });
  await Promise.all(
    ['a', 'b', 'c'].map((it) => client.send(imageFunction(it, `${REPOSITORY}:latest`))),
  );
  await client.send(imageFunction('d', `${REPOSITORY}@${image.digest}`));
  // Once for its heads, once for its contents.
  assert.ok(opened <= 2, String(opened));
  assert.equal(await listed(), 1);
  await world.settle();
  for (const FunctionName of ['a', 'b', 'c'])
    await client.send(new DeleteFunctionCommand({ FunctionName }));
  world.start();
  await world.clock.advance(3 * DAY_MS);
  await world.quiet();
  assert.equal(await listed(), 1);
  await client.send(new DeleteFunctionCommand({ FunctionName: 'd' }));
  await world.clock.advance(3 * DAY_MS);
  await world.quiet();
  assert.equal(await listed(), 0);
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
