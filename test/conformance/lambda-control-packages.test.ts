/** What AWS refuses of a function for what its package, its log or its snapshots are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type CreateFunctionCommandInput,
  type UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
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

const IMAGE_URI = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/shop:latest`;
const SNAPSHOTS = { Runtime: 'python3.13', SnapStart: { ApplyOn: 'PublishedVersions' } } as const;

async function refusalOf(sending: Promise<unknown>): Promise<string> {
  const { name, message } = await failureOf(sending);
  assert.equal(name, 'InvalidParameterValueException');
  return message;
}

test('an image is told neither runtime nor handler nor layers later, and an archive no command', async () => {
  await using world = await startWorld();
  const { client } = world;
  const image = { FunctionName: 'image', Role: ROLE, PackageType: 'Image' } as const;
  world.images.set(`${ACCOUNT}/us-east-1/shop latest`, imageOf({}, tarOf({ path: 'entry' })));
  await client.send(new CreateFunctionCommand({ ...image, Code: { ImageUri: IMAGE_URI } }));
  await client.send(new CreateFunctionCommand(await functionInput('zip')));
  await world.settle();
  const update = (input: UpdateFunctionConfigurationCommandInput) =>
    client.send(new UpdateFunctionConfigurationCommand(input));
  const Layers = [`arn:aws:lambda:us-east-1:${ACCOUNT}:layer:one:1`];
  for (const change of [{ Runtime: 'nodejs24.x' }, { Handler: 'a.b' }, { Layers }] as const) {
    assert.equal(
      await refusalOf(update({ FunctionName: 'image', ...change })),
      "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
    );
  }
  const ImageConfig = { Command: ['run'] };
  const command = /^Please don't provide ImageConfig when the intended function PackageType is Zip/;
  assert.match(await refusalOf(update({ FunctionName: 'zip', ImageConfig })), command);
  const made = new CreateFunctionCommand({ ...(await functionInput('other')), ImageConfig });
  assert.match(await refusalOf(client.send(made)), command);
  await update({ FunctionName: 'zip', ImageConfig: {} });
  await update({ FunctionName: 'image', ImageConfig, Layers: [] });
});

test('an archive in the request excludes one in a bucket', async () => {
  await using world = await startWorld();
  const { client } = world;
  const message = 'Please do not provide other FunctionCode parameters when providing a ZipFile.';
  const ZipFile = await handlerZip();
  const both = { ZipFile, S3Bucket: 'bucket', S3Key: 'key' };
  const input = await functionInput('one');
  const make = new CreateFunctionCommand({ ...input, Code: both });
  assert.equal(await refusalOf(client.send(make)), message);
  await client.send(new CreateFunctionCommand(input));
  await world.settle();
  const update = new UpdateFunctionCodeCommand({ FunctionName: 'one', ...both });
  assert.equal(await refusalOf(client.send(update)), message);
  const layer = new PublishLayerVersionCommand({ LayerName: 'one', Content: both });
  assert.equal(await refusalOf(client.send(layer)), message);
});

test('levels are for logs of JSON', async () => {
  await using world = await startWorld();
  const { client } = world;
  const message =
    'LogLevel is not supported when LogFormat is set to "Text". ' +
    'Remove LogLevel from your request or change the LogFormat to "Json" and try again.';
  const make = async (LoggingConfig: NonNullable<CreateFunctionCommandInput['LoggingConfig']>) =>
    client.send(new CreateFunctionCommand({ ...(await functionInput('one')), LoggingConfig }));
  assert.equal(await refusalOf(make({ ApplicationLogLevel: 'INFO' })), message);
  assert.equal(await refusalOf(make({ LogFormat: 'Text', SystemLogLevel: 'INFO' })), message);
  await make({ LogFormat: 'JSON', SystemLogLevel: 'WARN' });
  await world.settle();
  const text = { FunctionName: 'one', LoggingConfig: { LogFormat: 'Text' } } as const;
  const updated = await client.send(new UpdateFunctionConfigurationCommand(text));
  assert.equal(updated.LoggingConfig?.SystemLogLevel, undefined);
  await world.settle();
  const level = { FunctionName: 'one', LoggingConfig: { ApplicationLogLevel: 'DEBUG' } } as const;
  assert.equal(
    await refusalOf(client.send(new UpdateFunctionConfigurationCommand(level))),
    message,
  );
});

test('snapshots exclude provisioned concurrency and more than 512 MB of storage', async () => {
  await using world = await startWorld();
  const { client } = world;
  const FunctionName = 'one';
  const input = { ...(await functionInput(FunctionName)), ...SNAPSHOTS };
  const large = new CreateFunctionCommand({ ...input, EphemeralStorage: { Size: 513 } });
  assert.match(await refusalOf(client.send(large)), /is not supported for SnapStart enabled/);
  await client.send(new CreateFunctionCommand({ ...input, EphemeralStorage: { Size: 512 } }));
  await world.settle();
  await client.send(new PublishVersionCommand({ FunctionName }));
  const alias = { FunctionName, Name: 'live', FunctionVersion: '1' };
  await client.send(new CreateAliasCommand(alias));
  const provision = (Qualifier: string) =>
    client.send(
      new PutProvisionedConcurrencyConfigCommand({
        FunctionName,
        Qualifier,
        ProvisionedConcurrentExecutions: 1,
      }),
    );
  for (const qualifier of ['1', 'live']) {
    assert.equal(
      await refusalOf(provision(qualifier)),
      'Provisioned concurrency is not supported for SnapStart enabled functions.',
    );
  }
  const none = { FunctionName, SnapStart: { ApplyOn: 'None' } } as const;
  await client.send(new UpdateFunctionConfigurationCommand(none));
  await world.settle();
  await client.send(new PublishVersionCommand({ FunctionName }));
  assert.equal((await provision('2')).Status, 'IN_PROGRESS');
});
