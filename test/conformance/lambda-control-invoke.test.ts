import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  InvokeAsyncCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import type { InvokeCommandInput } from '@aws-sdk/client-lambda';

import { textOf, utf8 } from '#kernel/bytes.ts';

import {
  ACCOUNT,
  REGION,
  failureOf,
  functionArn,
  functionInput,
  handlerZip,
  rowsOf,
  startWorld,
  TRACE,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

async function worldWithOne(): Promise<World> {
  const world = await startWorld();
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  await world.settle();
  return world;
}

test('a synchronous invocation answers payload, version and log', async () => {
  // lambda: TestLambdaFeatures::test_invocation_with_logs, test_invocation_type_request_response
  await using world = await worldWithOne();
  world.script = ({ payload }) => ({ returns: JSON.parse(textOf(payload)) });
  const Payload = utf8('{"a":[1.50,"é"]}');
  const ClientContext = Buffer.from('{"custom":{}}').toString('base64');
  const answer = await world.client.send(
    new InvokeCommand({ FunctionName: 'one', Payload, LogType: 'Tail', ClientContext }),
  );
  assert.equal(answer.StatusCode, 200);
  assert.equal(answer.ExecutedVersion, '$LATEST');
  assert.equal(answer.FunctionError, undefined);
  assert.equal(textOf(answer.Payload ?? utf8('')), '{"a":[1.5,"é"]}');
  const [invocation] = world.invocations;
  assert.equal(
    Buffer.from(answer.LogResult ?? '', 'base64').toString(),
    `START RequestId: ${invocation?.requestId}`,
  );
  assert.equal(invocation?.clientContext, ClientContext);
  assert.equal(answer.$metadata.requestId, invocation?.requestId);
  assert.equal(textOf(invocation?.payload ?? utf8('')), textOf(Payload));
});

test("a function's error is an answer", async () => {
  // lambda: TestLambdaErrors::test_lambda_handler_error
  await using world = await worldWithOne();
  world.script = () => ({ fails: { errorType: 'Error', errorMessage: 'no' } });
  const answer = await world.client.send(new InvokeCommand({ FunctionName: 'one' }));
  assert.equal(answer.StatusCode, 200);
  assert.equal(answer.FunctionError, 'Unhandled');
  assert.equal(textOf(answer.Payload ?? utf8('')), '{"errorType":"Error","errorMessage":"no"}');
  assert.equal(textOf(world.invocations[0]?.payload ?? utf8('')), '{}');
});

test('a throttled invocation says why, and when to come again', async () => {
  // lambda: TestLambdaConcurrency::test_reserved_concurrency
  await using world = await worldWithOne();
  world.script = () => ({ throttles: 'ConcurrentInvocationLimitExceeded' });
  const error = await world.client
    .send(new InvokeCommand({ FunctionName: 'one' }))
    .catch((e: unknown) => e as Record<string, unknown>);
  const { name, message, Reason, Type, retryAfterSeconds } = error as Record<string, unknown>;
  assert.deepEqual(
    { name, message, Reason, Type, retryAfterSeconds },
    {
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ConcurrentInvocationLimitExceeded',
      Type: 'User',
      retryAfterSeconds: '1',
    },
  );
});

test('what cannot be invoked is refused in the words of Invoke', async () => {
  // lambda: TestLambdaFeatures::test_invoke_exceptions, TestLambdaAliases::test_lambda_alias_moving
  await using world = await worldWithOne();
  for (const InvocationType of ['RequestResponse', 'Event', 'DryRun'] as const) {
    const failure = await failureOf(
      world.client.send(new InvokeCommand({ FunctionName: 'doesnotexist', InvocationType })),
    );
    assert.equal(failure.message, `Function not found: ${functionArn('doesnotexist')}:$LATEST`);
  }
  const alias = await failureOf(
    world.client.send(new InvokeCommand({ FunctionName: 'one', Qualifier: 'non-existent-alias' })),
  );
  assert.equal(alias.message, `Function not found: ${functionArn('one')}:non-existent-alias`);
  const stranger = world.clientOf('111111111111');
  const foreign = () => stranger.send(new InvokeCommand({ FunctionName: functionArn('one') }));
  assert.equal((await failureOf(foreign())).name, 'AccessDeniedException');
  await world.client.send(
    new AddPermissionCommand({
      FunctionName: 'one',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: '111111111111',
    }),
  );
  assert.equal((await foreign()).StatusCode, 200);
});

test('payloads are bounded, and have to be JSON', async () => {
  // lambda: TestLambdaErrors::test_lambda_invoke_payload_encoding_error
  await using world = await worldWithOne();
  const invoke = (bytes: number, InvocationType: 'Event' | 'RequestResponse') => {
    const Payload = utf8(`"${'x'.repeat(bytes - 2)}"`);
    return world.client.send(new InvokeCommand({ FunctionName: 'one', InvocationType, Payload }));
  };
  const limits = [
    ['RequestResponse', 6_291_456],
    ['Event', 1_048_576],
  ] as const;
  for (const [type, bytesMax] of limits) {
    await invoke(bytesMax, type);
    const failure = await failureOf(invoke(bytesMax + 1, type));
    assert.deepEqual(failure, {
      name: 'RequestTooLargeException',
      message: `Request must be smaller than ${bytesMax} bytes for the InvokeFunction operation`,
      status: 413,
      type: 'User',
    });
  }
  const Payload = Uint8Array.of(
    0x6e,
    0x87,
    0x72,
    0x9e,
    0xe9,
    0xb5,
    0xd7,
    0x49,
    0xee,
    0x9b,
    0x6d,
    0x74,
  );
  const failure = await failureOf(
    world.client.send(new InvokeCommand({ FunctionName: 'one', Payload })),
  );
  assert.equal(failure.name, 'InvalidRequestContentException');
  assert.equal(
    failure.message,
    'Could not parse request body into json: Could not parse payload into json: Invalid UTF-8 start byte 0x87\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 3]',
  );
});

test('a response is streamed as it is written, and its end tells of an error', async () => {
  await using world = await worldWithOne();
  const stream = async () => {
    const answer = await world.client.send(
      new InvokeWithResponseStreamCommand({ FunctionName: 'one', LogType: 'Tail' }),
    );
    const texts: string[] = [];
    let complete;
    for await (const event of answer.EventStream ?? []) {
      if (event.PayloadChunk?.Payload !== undefined) texts.push(textOf(event.PayloadChunk.Payload));
      if (event.InvokeComplete !== undefined) complete = event.InvokeComplete;
    }
    return { answer, texts, complete };
  };
  world.script = () => ({ streams: ['a', 'b'], contentType: 'text/plain' });
  const whole = await stream();
  assert.equal(whole.answer.ExecutedVersion, '$LATEST');
  assert.equal(whole.answer.ResponseStreamContentType, 'text/plain');
  assert.deepEqual(whole.texts, ['a', 'b']);
  assert.equal(whole.complete?.ErrorCode, undefined);
  assert.ok(whole.complete?.LogResult);
  world.script = () => ({ streams: ['a'], breaks: '{"errorType":"Oops"}' });
  const broken = await stream();
  assert.deepEqual(broken.texts, ['a']);
  assert.equal(broken.complete?.ErrorCode, 'Unhandled');
  assert.equal(broken.complete?.ErrorDetails, '{"errorType":"Oops"}');
  world.script = () => ({ fails: { errorType: 'Error' } });
  const failed = await stream();
  assert.deepEqual(failed.texts, []);
  assert.equal(failed.complete?.ErrorCode, 'Unhandled');
});

test('an event is taken with a 202 and run once it is stored', async () => {
  // lambda: TestLambdaFeatures::test_invocation_type_event
  await using world = await worldWithOne();
  const answer = await world.client.send(
    new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event', Payload: utf8('{"n":1}') }),
  );
  assert.equal(answer.StatusCode, 202);
  assert.equal(answer.ExecutedVersion, undefined);
  assert.equal((await rowsOf(world, 'SELECT * FROM lambda_async_events')).length, 1);
  assert.equal(world.invocations.length, 0);
  world.start();
  await world.quiet();
  assert.equal(world.invocations.length, 1);
  assert.equal(world.invocations[0]?.source, 'invoke-async');
  assert.equal(world.invocations[0]?.requestId, answer.$metadata.requestId);
  assert.deepEqual(world.ends, [
    {
      id: answer.$metadata.requestId,
      address: { accountId: ACCOUNT, region: REGION, functionName: 'one' },
      condition: 'Success',
      invokeCount: 1,
    },
  ]);
  assert.equal((await rowsOf(world, 'SELECT * FROM lambda_async_events')).length, 0);
  const names = world.metrics.map((datum) => datum.name);
  assert.deepEqual(names, ['AsyncEventsReceived', 'AsyncEventAge']);
});

test('the old InvokeAsync, and dry runs of both operations that have them', async () => {
  await using world = await worldWithOne();
  const old = await world.client.send(
    new InvokeAsyncCommand({ FunctionName: 'one', InvokeArgs: utf8('{"a":1}') }),
  );
  assert.equal(old.Status, 202);
  const dry = await world.client.send(
    new InvokeCommand({ FunctionName: 'one', InvocationType: 'DryRun' }),
  );
  assert.equal(dry.StatusCode, 204);
  const streamed = await world.client.send(
    new InvokeWithResponseStreamCommand({ FunctionName: 'one', InvocationType: 'DryRun' }),
  );
  assert.equal(streamed.$metadata.httpStatusCode, 204);
  assert.equal(world.invocations.length, 0);
  world.start();
  await world.quiet();
  assert.equal(textOf(world.invocations[0]?.payload ?? utf8('')), '{"a":1}');
});

test('an alias with weights splits invocations, and the configuration of the alias counts', async () => {
  await using world = await startWorld();
  const { client, control } = world;
  await client.send(new CreateFunctionCommand({ ...(await functionInput('one')), Publish: true }));
  await world.settle();
  await client.send(
    new UpdateFunctionCodeCommand({
      FunctionName: 'one',
      ZipFile: await handlerZip('2'),
      Publish: true,
    }),
  );
  await client.send(
    new CreateAliasCommand({
      FunctionName: 'one',
      Name: 'live',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { 2: 0.25 } },
    }),
  );
  await world.settle();
  const versionAt = async (fraction: number) => {
    const found = await control.catalog.resolve(
      { accountId: ACCOUNT, region: REGION, functionName: 'one', qualifier: 'live' },
      fraction,
    );
    return found.kind === 'found' ? found.version.version : found.kind;
  };
  assert.deepEqual(
    [await versionAt(0), await versionAt(0.249), await versionAt(0.25), await versionAt(0.999)],
    ['2', '2', '1', '1'],
  );
});

test('a function that is still being created is not invoked; one that is being updated is', async () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html: "Any invocations or other API actions
  // that operate on the function will fail" while it is Pending, and while it is updated
  // "it is possible to invoke the function".
  await using world = await startWorld();
  const { client, clock } = world;
  const FunctionName = 'one';
  await client.send(new CreateFunctionCommand(await functionInput(FunctionName)));
  const message =
    'The operation cannot be performed at this time. ' +
    'The function is currently in the following state: Pending';
  for (const InvocationType of ['RequestResponse', 'Event', 'DryRun'] as const) {
    const failure = await failureOf(
      client.send(new InvokeCommand({ FunctionName, InvocationType })),
    );
    assert.equal(failure.name, 'ResourceConflictException');
    assert.equal(failure.status, 409);
    assert.equal(failure.message, message);
  }
  await clock.advance(100);
  assert.equal((await client.send(new InvokeCommand({ FunctionName }))).StatusCode, 200);
  await client.send(
    new UpdateFunctionCodeCommand({ FunctionName, ZipFile: await handlerZip('2') }),
  );
  assert.equal((await client.send(new InvokeCommand({ FunctionName }))).StatusCode, 200);
});

test('a name of an execution is refused where the function is not durable', async () => {
  await using world = await worldWithOne();
  const named = new InvokeCommand({ FunctionName: 'one', DurableExecutionName: 'order-1' });
  const { name, message } = await failureOf(world.client.send(named));
  assert.equal(name, 'InvalidParameterValueException');
  assert.match(message, /is not durable/);
  assert.equal(world.invocations.length, 0);
});

/** Sends a command and answers the trace of its answer. */
async function traceOf(world: World, input: Partial<InvokeCommandInput>): Promise<string> {
  const command = new InvokeCommand({ FunctionName: 'one', ...input });
  let trace = '';
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers: Record<string, string> };
      trace = headers['x-amzn-trace-id'] ?? '';
      return result;
    },
    { step: 'deserialize' },
  );
  await world.client.send(command);
  return trace;
}

test('the trace comes back in a header, as the function is told it', async () => {
  await using world = await worldWithOne();
  assert.equal(await traceOf(world, {}), TRACE);
  world.start();
  const ofEvent = await traceOf(world, { InvocationType: 'Event' });
  await world.quiet();
  const [, event] = world.invocations;
  assert.match(ofEvent, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/);
  assert.equal(`${event?.traceHeader};Sampled=0`, ofEvent);
});
