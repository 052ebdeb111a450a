/** Requests that are well formed, and that AWS refuses for what they ask. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import {
  failureOf,
  functionArn,
  functionInput,
  handlerZip,
  startWorld,
  zip,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

/** A world with the function `one`, whose version 1 is published. */
async function worldOfOne(): Promise<World> {
  const world = await startWorld();
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  await world.settle();
  await world.client.send(new PublishVersionCommand({ FunctionName: 'one' }));
  await world.settle();
  return world;
}

test('a version has one spelling: neither 01 nor 0 is one, least of all $LATEST', async () => {
  await using world = await worldOfOne();
  const { client } = world;
  for (const number of ['0', '00', '01', '2']) {
    const named = { FunctionName: 'one', Qualifier: number };
    const missing = `Function not found: ${functionArn('one')}:${number}`;
    const alias = { FunctionName: 'one', Name: 'live', FunctionVersion: number };
    for (const call of [
      client.send(new GetFunctionConfigurationCommand(named)),
      client.send(new InvokeCommand(named)),
      client.send(new CreateAliasCommand(alias)),
      client.send(
        new PutProvisionedConcurrencyConfigCommand({
          ...named,
          ProvisionedConcurrentExecutions: 1,
        }),
      ),
    ]) {
      const { name, message } = await failureOf(call);
      assert.deepEqual([name, message], ['ResourceNotFoundException', missing]);
    }
    const { StatusCode } = await client.send(new DeleteFunctionCommand(named));
    assert.equal(StatusCode, 204, 'what is not there is deleted in silence');
  }
  await client.send(
    new CreateAliasCommand({ FunctionName: 'one', Name: 'live', FunctionVersion: '1' }),
  );
  const routed = new UpdateAliasCommand({
    FunctionName: 'one',
    Name: 'live',
    RoutingConfig: { AdditionalVersionWeights: { '0': 0.5 } },
  });
  assert.equal((await failureOf(client.send(routed))).name, 'ResourceNotFoundException');
  const latest = await client.send(new InvokeCommand({ FunctionName: 'one' }));
  assert.equal(latest.ExecutedVersion, '$LATEST', 'it outlived the deletion of 0');
});

test('a client context is an object of JSON in base64', async () => {
  await using world = await worldOfOne();
  const { client } = world;
  for (const context of ['%%%', 'plain', base64('"text"'), base64('[1]'), base64('{')]) {
    const input = { FunctionName: 'one', ClientContext: context };
    for (const call of [
      client.send(new InvokeCommand(input)),
      client.send(new InvokeWithResponseStreamCommand(input)),
    ]) {
      const { name, message, status } = await failureOf(call);
      assert.deepEqual([name, status], ['InvalidRequestContentException', 400]);
      assert.equal(message, 'Client context must be a valid Base64-encoded JSON object.');
    }
  }
  await client.send(new InvokeCommand({ FunctionName: 'one', ClientContext: base64('{"a":1}') }));
  assert.equal(world.invocations.at(-1)?.clientContext, base64('{"a":1}'));
});

test("a URL's kind of authorisation goes with InvokeFunctionUrl alone", async () => {
  await using world = await worldOfOne();
  const permission = {
    FunctionName: 'one',
    StatementId: 'url',
    Principal: '*',
    FunctionUrlAuthType: 'NONE' as const,
  };
  const wrong = new AddPermissionCommand({ ...permission, Action: 'lambda:InvokeFunction' });
  const { name, message } = await failureOf(world.client.send(wrong));
  assert.equal(name, 'InvalidParameterValueException');
  assert.equal(
    message,
    'FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action',
  );
  await world.client.send(
    new AddPermissionCommand({ ...permission, Action: 'lambda:InvokeFunctionUrl' }),
  );
});

test('a bucket takes the failures of events, and not their successes', async () => {
  await using world = await worldOfOne();
  const put = (DestinationConfig: object) =>
    world.client.send(
      new PutFunctionEventInvokeConfigCommand({ FunctionName: 'one', DestinationConfig }),
    );
  const bucket = { Destination: 'arn:aws:s3:::kept' };
  const { name, message } = await failureOf(put({ OnSuccess: bucket }));
  assert.equal(name, 'InvalidParameterValueException');
  assert.equal(
    message,
    'The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:s3:::kept), ' +
      'onFailure=null) is invalid.',
  );
  const both = { OnSuccess: bucket, OnFailure: bucket };
  assert.equal((await failureOf(put(both))).name, 'InvalidParameterValueException');
  await put({ OnFailure: bucket });
});

test('a zip without an entry is no package, for functions, layers and out of a bucket', async () => {
  await using world = await startWorld();
  const empty = await zip({});
  world.objects.set('bucket/empty.zip', empty);
  const stored = { S3Bucket: 'bucket', S3Key: 'empty.zip' };
  const input = await functionInput('one');
  for (const call of [
    world.client.send(new CreateFunctionCommand({ ...input, Code: { ZipFile: empty } })),
    world.client.send(new CreateFunctionCommand({ ...input, Code: stored })),
    world.client.send(
      new PublishLayerVersionCommand({ LayerName: 'l', Content: { ZipFile: empty } }),
    ),
  ]) {
    const { name, message } = await failureOf(call);
    assert.equal(name, 'InvalidParameterValueException');
    assert.equal(message, 'Uploaded file must be a non-empty zip');
  }
});

test('layers count each by itself, and have less than 250 MB together with the code', async () => {
  await using world = await startWorld();
  const { client } = world;
  const most = 262_144_000;
  const code = 'exports.handler = async () => 1;';
  const input = await functionInput('one');
  // Both have the same file, so that one hides the other's.
  const arns: string[] = [];
  const layer = async (LayerName: string, unzippedBytes: number): Promise<void> => {
    const Content = { ZipFile: await zip({ 'same.txt': LayerName }) };
    const made = await client.send(new PublishLayerVersionCommand({ LayerName, Content }));
    arns.push(made.LayerVersionArn ?? '');
    const sha256 = made.Content?.CodeSha256 ?? '';
    await world.database.transact((tx) =>
      tx.run('UPDATE lambda_code SET unzipped_bytes = $1 WHERE sha256 = $2', unzippedBytes, sha256),
    );
  };
  const refusal = async (call: Promise<unknown>): Promise<string> => {
    const { name, message } = await failureOf(call);
    assert.equal(name, 'InvalidParameterValueException');
    return message;
  };
  await layer('a', most / 2);
  await layer('b', most / 2);
  await layer('c', most / 2 - 1);
  await layer('d', most / 2 - 1 - code.length);
  const [a = '', b = '', c = '', d = ''] = arns;
  const create = (...Layers: string[]) =>
    client.send(new CreateFunctionCommand({ ...input, Layers }));
  assert.equal(
    await refusal(create(a, b)),
    `Layers consume more than the available size of ${most} bytes`,
  );
  const together = (bytes: number): string =>
    `Function code combined with layers exceeds the maximum allowed size of ${most} bytes. ` +
    `The actual size is ${bytes} bytes.`;
  assert.equal(await refusal(create(a, c)), together(most - 1 + code.length));
  await create(a, d);
  await world.settle();
  const longer = { FunctionName: 'one', ZipFile: await handlerZip(`${code} `) };
  assert.equal(await refusal(client.send(new UpdateFunctionCodeCommand(longer))), together(most));
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
