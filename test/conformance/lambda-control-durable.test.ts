/** Executions of durable functions, on a fake clock and with functions that a test scripts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  type DurableConfig,
  InvokeCommand,
  ListDurableExecutionsByFunctionCommand,
  PutFunctionEventInvokeConfigCommand,
  SendDurableExecutionCallbackSuccessCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { textOf, utf8 } from '#kernel/bytes.ts';
import {
  ask,
  begin,
  checkpoint,
  durableWorld,
  eventOf,
  look,
  pass,
  rest,
  start,
  typesOf,
  wait,
} from './durable-world.ts';
import {
  ACCOUNT,
  failureOf,
  functionArn,
  functionInput,
  REGION,
  rowsOf,
  startWorld,
} from './lambda-control-harness.ts';

const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:ends`;

test('a durable function is invoked by a qualified name alone', async () => {
  await using world = await durableWorld();
  for (const InvocationType of ['RequestResponse', 'Event', 'DryRun'] as const) {
    const unqualified = new InvokeCommand({ FunctionName: 'one', InvocationType });
    const failure = await failureOf(world.client.send(unqualified));
    assert.equal(failure.name, 'InvalidParameterValueException');
    assert.equal(failure.message, 'You cannot invoke a durable function using an unqualified ARN.');
  }
  world.script = () => ({ returns: { Status: 'SUCCEEDED', Result: '"well"' } });
  const alias = { FunctionName: 'one', Name: 'live', FunctionVersion: '1' };
  await world.client.send(new CreateAliasCommand(alias));
  for (const [Qualifier, version] of [
    ['$LATEST', '$LATEST'],
    ['1', '1'],
    ['live', '1'],
  ] as const) {
    const { Payload, DurableExecutionArn } = await world.client.send(
      new InvokeCommand({ FunctionName: 'one', Qualifier }),
    );
    assert.equal(Payload?.transformToString(), '"well"');
    assert.ok(DurableExecutionArn?.startsWith(`${functionArn('one')}:${version}/`));
  }
});

test('nobody waits for an execution of more than 15 minutes', async () => {
  await using longer = await durableWorld(901);
  const waiting = new InvokeCommand({ FunctionName: 'one:1' });
  const failure = await failureOf(longer.client.send(waiting));
  assert.equal(
    failure.message,
    'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.',
  );
  longer.script = () => ({ returns: { Status: 'SUCCEEDED', Result: '1' } });
  assert.equal((await look(longer, await begin(longer))).Status, 'SUCCEEDED');
});

test('the function is told its input, and later what has changed', async () => {
  await using world = await durableWorld();
  world.script = async (invocation) => {
    const event = eventOf(invocation);
    const { Operations } = event.InitialExecutionState;
    if (Operations.length > 1) return { returns: { Status: 'SUCCEEDED', Result: '2' } };
    await checkpoint(world, event, wait('a', 60), wait('b', 90));
    return { returns: { Status: 'PENDING' } };
  };
  const arn = await begin(world, { Payload: '{"n":1}' });
  const [first] = eventOf(world.invocations[0]).InitialExecutionState.Operations;
  assert.equal(first?.Id, arn.split('/').at(-1));
  assert.deepEqual(Object(first).ExecutionDetails, { InputPayload: '{"n":1}' });
  assert.equal(typeof Object(first).StartTimestamp, 'number');
  await pass(world, 60_000);
  const second = eventOf(world.invocations[1]);
  assert.deepEqual(second.UpdatedOperationIds, ['a']);
  const { Operations } = second.InitialExecutionState;
  assert.deepEqual(
    Operations.map(({ Status }) => Status),
    ['STARTED', 'SUCCEEDED', 'STARTED'],
  );
  const { Status, Result, Version, FunctionArn } = await look(world, arn);
  assert.deepEqual([Status, Result, Version], ['SUCCEEDED', '2', '1']);
  assert.equal(FunctionArn, `${functionArn('one')}:1`);
});

test('an invocation that fails is repeated with growing pauses, and nine are enough', async () => {
  await using world = await durableWorld(86_400);
  world.script = () => ({ fails: { errorType: 'Sandbox.Timedout', errorMessage: 'too slow' } });
  const arn = await begin(world);
  for (const [index, pauseMs] of [1, 2, 4, 8, 16, 32, 64, 128].map((s) => s * 1000).entries()) {
    assert.equal(world.invocations.length, index + 1);
    await pass(world, pauseMs - 1);
    assert.equal(world.invocations.length, index + 1);
    await pass(world, 1);
  }
  assert.equal(world.invocations.length, 9);
  const { Status, Error: error } = await look(world, arn);
  assert.equal(Status, 'FAILED');
  assert.deepEqual(error, { ErrorType: 'Sandbox.Timedout', ErrorMessage: 'too slow' });
  assert.equal(new Set(world.invocations.map(({ requestId }) => requestId)).size, 9);
});

test('answers that are none end the execution', async () => {
  await using world = await durableWorld();
  for (const [returns, message] of [
    [{ n: 1 }, 'Invalid Status in invocation output.'],
    [{ Status: 'FAILED', Result: '1' }, 'Cannot provide a Result for FAILED status.'],
    [{ Status: 'SUCCEEDED', Error: {} }, 'Cannot provide an Error for SUCCEEDED status.'],
    [{ Status: 'PENDING' }, 'Cannot return PENDING status with no pending operations.'],
  ] as const) {
    world.script = () => ({ returns });
    const { FunctionError, Payload } = await world.client.send(
      new InvokeCommand({ FunctionName: 'one:1' }),
    );
    assert.equal(FunctionError, 'Unhandled');
    assert.deepEqual(JSON.parse(Payload?.transformToString() ?? ''), {
      errorType: 'InvalidParameterValueException',
      errorMessage: message,
    });
  }
});

test('who waits is told that the first invocation was throttled; later ones wait', async () => {
  await using world = await durableWorld();
  const throttled = { throttles: 'ConcurrentInvocationLimitExceeded' } as const;
  world.script = () => throttled;
  const named = new InvokeCommand({ FunctionName: 'one:1', DurableExecutionName: 'n' });
  const failure = await failureOf(world.client.send(named));
  assert.equal(failure.name, 'TooManyRequestsException');
  const listed = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'one' });
  assert.deepEqual((await world.client.send(listed)).DurableExecutions, []);
  const arn = await begin(world);
  assert.equal((await look(world, arn)).Status, 'RUNNING');
  world.script = () => ({ returns: { Status: 'SUCCEEDED' } });
  await pass(world, 1000);
  assert.equal((await look(world, arn)).Status, 'SUCCEEDED');
});

test('ends of asynchronous executions go to their destinations, untried again', async () => {
  await using world = await durableWorld();
  await world.client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'one',
      Qualifier: '1',
      DestinationConfig: { OnFailure: { Destination: QUEUE }, OnSuccess: { Destination: QUEUE } },
    }),
  );
  world.script = () => ({ returns: { Status: 'FAILED', Error: { ErrorMessage: 'no' } } });
  await begin(world, { Payload: '{"a":1}' });
  world.script = () => ({ returns: { Status: 'SUCCEEDED', Result: '{"b":2}' } });
  await begin(world);
  const [failed, succeeded] = world.deliveries.map(({ payload }) => JSON.parse(textOf(payload)));
  assert.deepEqual(
    [failed.requestContext.condition, failed.requestPayload, failed.responsePayload],
    ['RetriesExhausted', { a: 1 }, { errorMessage: 'no' }],
  );
  assert.deepEqual(
    [succeeded.requestContext.condition, succeeded.responsePayload],
    ['Success', { b: 2 }],
  );
  assert.equal(world.invocations.length, 2);
});

test('an event of another service begins one execution, and leaves the queue', async () => {
  await using world = await durableWorld();
  world.script = () => ({ returns: { Status: 'SUCCEEDED' } });
  const delivery = {
    sourceArn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/s',
    sourceService: 'scheduler.amazonaws.com',
    sourceAccountId: ACCOUNT,
    targetArn: `${functionArn('one')}:1`,
    payload: utf8('{"from":"there"}'),
  };
  const deliver = (targetArn: string) =>
    world.database.transact((tx) =>
      world.control.deliverer.deliver({ ...delivery, targetArn }, tx),
    );
  assert.equal(await deliver(functionArn('one')), 'unsupported');
  assert.equal(await deliver(delivery.targetArn), 'deliverable');
  await rest(world);
  const listed = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'one' });
  const { DurableExecutions: found = [] } = await world.client.send(listed);
  assert.deepEqual(
    found.map(({ Status }) => Status),
    ['SUCCEEDED'],
  );
  const { InputPayload } = await look(world, found[0]?.DurableExecutionArn ?? '');
  assert.equal(InputPayload, '{"from":"there"}');
  assert.deepEqual(
    world.ends.map((end) => Object(end).condition),
    ['HandedOver'],
  );
  assert.deepEqual(await rowsOf(world, 'SELECT id FROM lambda_async_events'), []);
});

test('an event that is tried again finds its execution, whichever version its alias leads to', async () => {
  await using world = await durableWorld();
  const arns = new Set<unknown>();
  for (const version of ['1', '$LATEST']) {
    const event = { accountId: ACCOUNT, region: REGION, functionName: 'one', qualifier: 'a' };
    const found = await world.control.catalog.resolve({ ...event, qualifier: version }, 0);
    assert.ok(found.kind === 'found');
    const invocation = {
      ...event,
      requestId: 'e',
      payload: utf8('{}'),
      source: 'invoke-async',
      responseMode: 'buffered',
    } as const;
    const { signal } = new AbortController();
    const outcome = await world.control.durableDoor.invoke(found.version, invocation, signal);
    arns.add('durableExecutionArn' in outcome && outcome.durableExecutionArn);
  }
  assert.equal(arns.size, 1);
});

test('an execution is invoked again for what happened while it ran', async () => {
  await using world = await durableWorld();
  world.script = async (invocation) => {
    const event = eventOf(invocation);
    const { Operations } = event.InitialExecutionState;
    if (Operations.length > 1) return { returns: { Status: 'SUCCEEDED' } };
    const callback = { Id: 'c', Type: 'CALLBACK', Action: 'START' } as const;
    const { NewExecutionState } = await checkpoint(world, event, callback);
    const CallbackId = NewExecutionState?.Operations?.[0]?.CallbackDetails?.CallbackId;
    await world.client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }));
    return { returns: { Status: 'PENDING' } };
  };
  const arn = await begin(world);
  assert.equal((await look(world, arn)).Status, 'SUCCEEDED');
  assert.equal(world.invocations.length, 2);
});

test('a name is of one execution, and of its payload', async () => {
  await using world = await durableWorld();
  world.script = () => ({ returns: { Status: 'SUCCEEDED' } });
  const named = { DurableExecutionName: 'n', Payload: '1' };
  const first = await begin(world, named);
  assert.equal(await begin(world, named), first);
  assert.equal(world.invocations.length, 1);
  const { name, status, message } = await failureOf(begin(world, { ...named, Payload: '2' }));
  assert.deepEqual([name, status], ['DurableExecutionAlreadyStartedException', 409]);
  assert.equal(message, `Execution already started: ${first}`);
  assert.equal(await begin(world, { ...named, FunctionName: 'one:$LATEST' }), first);
});

test('durable configuration says how long an execution may last', async () => {
  await using world = await startWorld();
  const input = { ...(await functionInput('one')), DurableConfig: { RetentionPeriodInDays: 1 } };
  const failure = await failureOf(world.client.send(new CreateFunctionCommand(input)));
  assert.deepEqual(
    [failure.name, failure.message],
    [
      'InvalidParameterValueException',
      'You cannot create a function with a durable configuration without an executionTimeout',
    ],
  );
});

test('a function is durable from its beginning on, or never', async () => {
  await using world = await durableWorld();
  await world.client.send(new CreateFunctionCommand(await functionInput('plain')));
  await world.settle();
  const update = (FunctionName: string, DurableConfig: DurableConfig) =>
    world.client.send(new UpdateFunctionConfigurationCommand({ FunctionName, DurableConfig }));
  const refused = await failureOf(update('plain', { ExecutionTimeout: 60 }));
  assert.deepEqual([refused.name, refused.status], ['InvalidParameterValueException', 400]);
  const KMSKeyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/k`;
  const given = { ExecutionTimeout: 60, KMSKeyArn };
  const { DurableConfig } = await update('one', given);
  assert.deepEqual(DurableConfig, { ...given, RetentionPeriodInDays: 2 });
  await world.settle();
  const arn = await start(world, { FunctionName: 'one:$LATEST' });
  assert.deepEqual((await look(world, arn)).DurableConfig, DurableConfig);
});

test('a paused execution is not invoked, and what it waits for goes on', async () => {
  await using world = await durableWorld(600);
  const paused: unknown[] = [];
  world.script = async (invocation) => {
    const event = eventOf(invocation);
    const { Operations } = event.InitialExecutionState;
    if (Operations.length > 1) return { returns: { Status: 'SUCCEEDED' } };
    await checkpoint(world, event, wait('w', 60));
    return { returns: { Status: 'PENDING' } };
  };
  const arn = await begin(world);
  const status = async (): Promise<unknown> => (await look(world, arn)).Status;
  assert.equal(await ask(world, arn, 'pause', { Reason: 'lunch', ClientToken: 'c' }), 202);
  assert.equal(await ask(world, arn, 'pause', { ClientToken: 'c' }), 202);
  assert.equal(await ask(world, arn, 'pause', { ClientToken: 'd' }), 409);
  paused.push(await status());
  await pass(world, 3_600_000);
  paused.push(await status());
  assert.deepEqual(paused, ['PAUSED', 'PAUSED']);
  assert.equal(world.invocations.length, 1);
  assert.equal(await ask(world, arn, 'resume', { ClientToken: 'e' }), 202);
  await rest(world);
  assert.equal(await status(), 'SUCCEEDED');
  assert.equal(await ask(world, arn, 'resume', { ClientToken: 'f' }), 409);
  assert.equal(await ask(world, arn, 'pause', {}), 409);
  assert.deepEqual(await typesOf(world, arn), [
    'ExecutionStarted',
    'WaitStarted',
    'InvocationCompleted',
    'ExecutionPaused',
    'WaitSucceeded',
    'ExecutionResumed',
    'InvocationCompleted',
    'ExecutionSucceeded',
  ]);
});

test('an execution that is paused amid an invocation is told no more, and invoked again', async () => {
  await using world = await durableWorld();
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  world.script = async (invocation) => {
    const event = eventOf(invocation);
    if (event.InitialExecutionState.Operations.length > 1) {
      return { returns: { Status: 'SUCCEEDED' } };
    }
    begun.resolve();
    await go.promise;
    const { CheckpointToken } = await checkpoint(world, event, {
      Id: 's',
      Type: 'STEP',
      Action: 'SUCCEED',
    });
    assert.equal(CheckpointToken, undefined);
    return { returns: { Status: 'FAILED', Error: {} } };
  };
  const arn = await start(world);
  await begun.promise;
  assert.equal(await ask(world, arn, 'pause', { ExecutionTimeoutPaused: false }), 202);
  assert.equal((await look(world, arn)).Status, 'PAUSING');
  go.resolve();
  await rest(world);
  assert.equal((await look(world, arn)).Status, 'PAUSED');
  assert.equal(await ask(world, arn, 'resume', {}), 202);
  await rest(world);
  assert.equal((await look(world, arn)).Status, 'SUCCEEDED');
  assert.equal(world.invocations.length, 2);
});

test('only what has ended is deleted', async () => {
  await using world = await durableWorld();
  world.script = async (invocation) => {
    await checkpoint(world, eventOf(invocation), wait('w', 60));
    return { returns: { Status: 'PENDING' } };
  };
  const arn = await begin(world);
  assert.equal(await ask(world, arn, 'delete'), 409);
  world.script = () => ({ returns: { Status: 'SUCCEEDED' } });
  await pass(world, 60_000);
  assert.equal(await ask(world, arn, 'delete'), 202);
  assert.equal((await failureOf(look(world, arn))).name, 'ResourceNotFoundException');
  for (const table of ['durable_executions', 'durable_operations', 'durable_events']) {
    assert.deepEqual(await rowsOf(world, `SELECT * FROM ${table}`), []);
  }
});
