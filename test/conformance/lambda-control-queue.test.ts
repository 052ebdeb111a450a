import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

import { textOf, utf8 } from '#kernel/bytes.ts';

import {
  ACCOUNT,
  REGION,
  functionArn,
  functionInput,
  handlerZip,
  rowsOf,
  startWorld,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

async function worldWithOne(): Promise<World> {
  const world = await startWorld();
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  await world.settle();
  return world;
}

const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:ends`;

test('a failing event is tried after 60 and 120 seconds, and ends at its destination', async () => {
  // lambda_destinations: TestLambdaDestinationSqs::test_lambda_destination_default_retries
  await using world = await worldWithOne();
  await world.client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'one',
      DestinationConfig: { OnFailure: { Destination: QUEUE }, OnSuccess: { Destination: QUEUE } },
    }),
  );
  world.script = () => ({ fails: { errorMessage: 'no', errorType: 'Exception' } });
  world.start();
  const { $metadata } = await world.client.send(
    new InvokeCommand({
      FunctionName: 'one',
      InvocationType: 'Event',
      Payload: utf8('{"raise_error": 1}'),
    }),
  );
  await world.quiet();
  assert.equal(world.invocations.length, 1);
  await world.clock.advance(59_900);
  await world.quiet();
  assert.equal(world.invocations.length, 1);
  await world.clock.advance(200);
  await world.quiet();
  assert.equal(world.invocations.length, 2);
  await world.clock.advance(119_700);
  await world.quiet();
  assert.equal(world.invocations.length, 2);
  assert.equal(world.deliveries.length, 0);
  await world.clock.advance(400);
  await world.quiet();
  assert.equal(world.invocations.length, 3);
  const [delivery] = world.deliveries;
  assert.equal(delivery?.targetArn, QUEUE);
  assert.equal(delivery?.sourceService, 'lambda.amazonaws.com');
  // One trace, told to the queue as to each attempt.
  const traces = new Set(world.invocations.map(({ traceHeader }) => traceHeader));
  assert.deepEqual([...traces], [delivery?.options?.traceHeader]);
  assert.match(delivery?.options?.traceHeader ?? '', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  const record = JSON.parse(textOf(delivery?.payload ?? utf8('')));
  assert.match(record.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(record, {
    version: '1.0',
    timestamp: record.timestamp,
    requestContext: {
      requestId: $metadata.requestId,
      functionArn: `${functionArn('one')}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: { raise_error: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorMessage: 'no', errorType: 'Exception' },
  });
  await world.clock.advance(3_600_000);
  await world.quiet();
  assert.equal(world.invocations.length, 3);
  assert.equal(world.deliveries.length, 1);
});

test('a failing event is tried after 60 and 120 seconds, though the clock is set back or ahead', async () => {
  await using world = await worldWithOne();
  world.script = () => ({ fails: { errorMessage: 'no', errorType: 'Exception' } });
  world.start();
  const InvocationType = 'Event';
  await world.client.send(new InvokeCommand({ FunctionName: 'one', InvocationType }));
  await world.quiet();
  for (const [index, [byMs, waitMs]] of [
    [-3_600_000, 60_000],
    [7_200_000, 119_900],
  ].entries()) {
    world.clock.jump(byMs ?? 0);
    await world.clock.advance((waitMs ?? 0) - 100);
    await world.quiet();
    assert.equal(world.invocations.length, index + 1);
    await world.clock.advance(200);
    await world.quiet();
    assert.equal(world.invocations.length, index + 2);
  }
});

test('an event ends early where its next attempt would come too late', async () => {
  // lambda_destinations: TestLambdaDestinationSqs::test_maxeventage
  await using world = await worldWithOne();
  await world.client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'one',
      MaximumEventAgeInSeconds: 60,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: QUEUE } },
    }),
  );
  world.script = () => ({ fails: { errorType: 'Exception' } });
  const send = () =>
    world.client.send(new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event' }));
  await send();
  await world.clock.advance(1);
  await world.quiet();
  world.start();
  await world.quiet();
  const first = JSON.parse(textOf(world.deliveries[0]?.payload ?? utf8('{}')));
  assert.equal(first.requestContext.condition, 'EventAgeExceeded');
  assert.equal(first.requestContext.approximateInvokeCount, 1);
  assert.equal(first.responseContext.functionError, 'Unhandled');
});

test('throttled events wait longer and longer, and end when they are too old', async () => {
  await using world = await worldWithOne();
  await world.client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'one',
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: QUEUE } },
    }),
  );
  world.script = () => ({ throttles: 'ConcurrentInvocationLimitExceeded' });
  world.start();
  await world.client.send(new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event' }));
  const times: number[] = [];
  const startMs = world.clock.now();
  for (let second = 0; second <= 61; second += 1) {
    await world.quiet();
    while (times.length < world.invocations.length)
      times.push((world.clock.now() - startMs) / 1000);
    await world.clock.advance(1000);
  }
  assert.deepEqual(times, [0, 1, 3, 7, 15, 31]);
  const record = JSON.parse(textOf(world.deliveries[0]?.payload ?? utf8('{}')));
  assert.equal(record.requestContext.condition, 'EventAgeExceeded');
  assert.equal(record.requestContext.approximateInvokeCount, 0);
  assert.equal(record.responseContext, undefined);
});

test('an event for a function without concurrency ends at once', async () => {
  // lambda: TestLambdaConcurrency::test_reserved_concurrency
  await using world = await worldWithOne();
  const { client } = world;
  await client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'one', ReservedConcurrentExecutions: 0 }),
  );
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'one',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: QUEUE } },
    }),
  );
  world.script = () => ({ throttles: 'ConcurrentInvocationLimitExceeded' });
  world.start();
  await client.send(
    new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event', Payload: utf8('{}') }),
  );
  await world.quiet();
  const record = JSON.parse(textOf(world.deliveries[0]?.payload ?? utf8('{}')));
  assert.equal(record.requestContext.condition, 'ZeroReservedConcurrency');
  assert.equal(record.requestContext.approximateInvokeCount, 0);
  assert.deepEqual(record.requestPayload, {});
  assert.equal('responseContext' in record, false);
});

test('an event bus gets the record as an event, a dead-letter queue the event itself', async () => {
  // lambda_destinations: TestLambdaDestinationEventbridge::test_invoke_lambda_eventbridge
  await using world = await worldWithOne();
  const bus = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/bus`;
  await world.client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'one',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: { Destination: bus }, OnFailure: { Destination: bus } },
    }),
  );
  await world.client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'one',
      DeadLetterConfig: { TargetArn: `${QUEUE}:gone` },
    }),
  );
  world.start();
  const send = (text: string) =>
    world.client.send(
      new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event', Payload: utf8(text) }),
    );
  world.script = () => ({ returns: { hello: 'world' } });
  await send('{"mode":"success"}');
  await world.quiet();
  const success = JSON.parse(textOf(world.deliveries[0]?.payload ?? utf8('{}')));
  assert.equal(success['detail-type'], 'Lambda Function Invocation Result - Success');
  assert.equal(success.source, 'lambda');
  assert.deepEqual(success.resources, [bus, `${functionArn('one')}:$LATEST`]);
  assert.deepEqual(success.detail.responsePayload, { hello: 'world' });
  world.script = () => ({
    fails: { errorMessage: 'intentional failure!', errorType: 'Exception' },
  });
  const { $metadata } = await send('{"mode":"failure"}');
  await world.quiet();
  const [, failure, letter] = world.deliveries;
  assert.equal(
    JSON.parse(textOf(failure?.payload ?? utf8('{}')))['detail-type'],
    'Lambda Function Invocation Result - Failure',
  );
  assert.equal(textOf(letter?.payload ?? utf8('')), '{"mode":"failure"}');
  // What a queue shows as the sender: the role, in a session of its own.
  assert.match(letter?.senderId ?? '', /^AROA0123456789ABCDEFG:awslambda_\d{1,3}_\d{17}$/);
  assert.equal(failure?.senderId, undefined);
  assert.deepEqual(letter?.options?.attributes, {
    RequestID: { type: 'String', value: $metadata.requestId },
    ErrorCode: { type: 'Number', value: '200' },
    ErrorMessage: { type: 'String', value: 'intentional failure!' },
  });
  const names = world.metrics.map((datum) => datum.name);
  assert.ok(names.includes('DeadLetterErrors'));
  assert.ok(names.includes('AsyncEventsDropped'));
});

test('events of a deleted function are dropped', async () => {
  await using world = await worldWithOne();
  await world.client.send(new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event' }));
  await world.client.send(new DeleteFunctionCommand({ FunctionName: 'one' }));
  world.start();
  await world.quiet();
  assert.deepEqual(
    world.ends.map((end) => (end as { condition: string }).condition),
    ['Dropped'],
  );
});

test('an event that waited runs the code that is there when it runs', async () => {
  // lambda: TestLambdaVersions::test_async_invoke_queue_upon_function_update
  await using world = await worldWithOne();
  const { client } = world;
  const versionNow = async () => {
    const found = await world.control.catalog.resolve(
      { accountId: ACCOUNT, region: REGION, functionName: 'one' },
      0,
    );
    return found.kind === 'found' ? found.version.codeDirectoryId : '';
  };
  const before = await versionNow();
  await client.send(new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event' }));
  await client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'one', ZipFile: await handlerZip('new') }),
  );
  let ran = '';
  world.script = async () => {
    ran = await versionNow();
    return { returns: null };
  };
  world.start();
  await world.quiet();
  assert.notEqual(ran, '');
  assert.notEqual(ran, before);
});

test("one function's long queue does not hold up another's event", async () => {
  await using world = await worldWithOne();
  const { client } = world;
  await client.send(new CreateFunctionCommand(await functionInput('two')));
  await world.settle();
  const open = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  world.script = async ({ functionName }) => {
    if (functionName === 'two') return { returns: 2 };
    running += 1;
    most = Math.max(most, running);
    await open.promise;
    running -= 1;
    return { returns: 1 };
  };
  const send = (FunctionName: string) =>
    client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event' }));
  for (let n = 0; n < 40; n += 1) await send('one');
  await send('two');
  world.start();
  await world.quiet();
  assert.deepEqual(
    world.ends.map((end) => (end as { address: { functionName: string } }).address.functionName),
    ['two'],
  );
  assert.equal(most, 10);
  open.resolve();
  await world.quiet();
  await world.quiet();
  await world.clock.advance(1000);
  await world.quiet();
  assert.equal(world.ends.length, 41);
});

test('an event whose runner died runs again once its lease is over', async () => {
  const never = new Promise<never>(() => undefined);
  await using world = await worldWithOne();
  const answer = await world.client.send(
    new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event' }),
  );
  // A claim of a process that is gone: nobody renews it.
  await world.database.transact((tx) =>
    tx.run(
      "UPDATE lambda_async_events SET owner = 'gone', claims = 1, due_at_ms = $1",
      world.clock.now() + 60_000,
    ),
  );
  world.start();
  await world.quiet();
  assert.deepEqual(
    world.ends.map((end) => (end as { id: string }).id),
    [answer.$metadata.requestId],
  );
  void never;
});

test('a long run keeps its claim, and runs once', async () => {
  await using world = await worldWithOne();
  const open = Promise.withResolvers<void>();
  world.script = async () => {
    await open.promise;
    return { returns: 1 };
  };
  world.start();
  await world.client.send(new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event' }));
  await world.clock.advance(14 * 60_000);
  await world.quiet();
  assert.equal(world.invocations.length, 1);
  open.resolve();
  await world.quiet();
  assert.equal(world.ends.length, 1);
});

test("another service's delivery needs the function's permission, and waits in its transaction", async () => {
  await using world = await worldWithOne();
  const { control, database, client } = world;
  const source = {
    sourceArn: 'arn:aws:s3:::pictures',
    sourceService: 's3.amazonaws.com',
    sourceAccountId: ACCOUNT,
  };
  const deliver = (targetArn: string, change = {}) =>
    database.transact((tx) =>
      control.deliverer.deliver({ ...source, targetArn, payload: utf8('{}'), ...change }, tx),
    );
  assert.equal(await deliver(functionArn('none')), 'missing');
  assert.equal(await deliver(functionArn('one')), 'forbidden');
  await client.send(
    new AddPermissionCommand({
      FunctionName: 'one',
      StatementId: 's3',
      Action: 'lambda:InvokeFunction',
      Principal: 's3.amazonaws.com',
      SourceArn: 'arn:aws:s3:::pict*',
      SourceAccount: ACCOUNT,
    }),
  );
  assert.equal(await deliver(functionArn('one')), 'deliverable');
  assert.equal(await deliver(functionArn('one'), { sourceArn: 'arn:aws:s3:::other' }), 'forbidden');
  assert.equal(await deliver(functionArn('one'), { sourceAccountId: '111111111111' }), 'forbidden');
  assert.equal(
    await deliver(functionArn('one'), { sourceService: 'sns.amazonaws.com' }),
    'forbidden',
  );
  assert.equal(
    await deliver(functionArn('one'), { payload: new Uint8Array(1_048_577) }),
    'unsupported',
  );
  await client.send(
    new AddPermissionCommand({
      FunctionName: 'one',
      StatementId: 'any',
      Action: 'lambda:*',
      Principal: '*',
    }),
  );
  await assert.rejects(
    database.transact(async (tx) => {
      await control.deliverer.deliver(
        { ...source, targetArn: functionArn('one'), payload: utf8('{}') },
        tx,
      );
      throw new Error('rolled back');
    }),
  );
  assert.equal((await rowsOf(world, 'SELECT * FROM lambda_async_events')).length, 1);
});

test('a database that fails for a while loses no event, and runs none twice', async () => {
  await using world = await worldWithOne();
  world.script = ({ payload }) => {
    world.database.isStumbling = textOf(payload) === '1';
    return { returns: null };
  };
  world.start();
  const invoke = (payload: string): Promise<unknown> =>
    world.client.send(
      new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event', Payload: utf8(payload) }),
    );
  await invoke('1');
  await world.quiet();
  await world.clock.advance(3000);
  await world.quiet();
  assert.ok(world.database.refusals > 1);
  world.database.isStumbling = false;
  await world.clock.advance(30_000);
  await world.quiet();
  await invoke('2');
  await world.quiet();
  assert.deepEqual(
    world.invocations.map(({ payload }) => textOf(payload)),
    ['1', '2'],
  );
  assert.equal(world.ends.length, 2);
  assert.deepEqual(await rowsOf(world, 'SELECT * FROM lambda_async_events'), []);
});
