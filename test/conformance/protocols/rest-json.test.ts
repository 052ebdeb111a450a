/** restJson1 and its event streams, through AWS's client for Lambda and Scheduler. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  ResourceNotFoundException,
  TagResourceCommand,
  TooManyRequestsException,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { utf8 } from '#kernel/bytes.ts';
import { modelledError } from '#aws/error-model.ts';
import { AwsError } from '#aws/errors.ts';
import { lambda } from '#aws/models/lambda.gen.ts';
import { clientSettings, disposable, listen, REQUEST_ID, type Received } from './loopback.ts';

const ROLE = 'arn:aws:iam::123456789012:role/r';

test('a structure goes in as JSON and its answer comes back', async () => {
  const received: Received[] = [];
  await using loopback = await listen('lambda', (call) => {
    received.push(call);
    return { FunctionName: 'f', MemorySize: 256, Environment: { Variables: { AB: 'ü' } } };
  });
  using client = disposable(new LambdaClient(clientSettings(loopback)));
  const output = await client.send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Role: ROLE,
      Code: { ZipFile: Uint8Array.of(0, 1, 255) },
      Environment: { Variables: { AB: 'ü', proto__x: 'y' } },
      MemorySize: 256,
      Publish: true,
    }),
  );
  assert.deepEqual(received, [
    {
      operation: 'CreateFunction',
      protocol: 'restJson1',
      input: {
        FunctionName: 'f',
        Role: ROLE,
        Code: { ZipFile: Uint8Array.of(0, 1, 255) },
        Environment: { Variables: { AB: 'ü', proto__x: 'y' } },
        MemorySize: 256,
        Publish: true,
      },
    },
  ]);
  assert.equal(output.MemorySize, 256);
  assert.deepEqual(output.Environment?.Variables, { AB: 'ü' });
  assert.equal(output.$metadata.httpStatusCode, 201);
  assert.equal(output.$metadata.requestId, REQUEST_ID);
});

test('labels, query and headers carry what they are bound to', async () => {
  const received: Received[] = [];
  await using loopback = await listen('lambda', (call) => {
    received.push(call);
    return {};
  });
  using client = disposable(new LambdaClient(clientSettings(loopback)));
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f';
  await client.send(new ListFunctionsCommand({ MaxItems: 7, Marker: 'a b&c' }));
  await client.send(new GetFunctionCommand({ FunctionName: arn, Qualifier: '$LATEST' }));
  await client.send(new TagResourceCommand({ Resource: arn, Tags: { 'a b': 'c' } }));
  await client.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['a', 'b:c'] }));
  await client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'f', ReservedConcurrentExecutions: 0 }),
  );
  assert.deepEqual(
    received.map(({ operation, input }) => [operation, input]),
    [
      ['ListFunctions', { MaxItems: 7, Marker: 'a b&c' }],
      ['GetFunction', { FunctionName: arn, Qualifier: '$LATEST' }],
      ['TagResource', { Resource: arn, Tags: { 'a b': 'c' } }],
      ['UntagResource', { Resource: arn, TagKeys: ['a', 'b:c'] }],
      ['PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 }],
    ],
  );
});

test('a payload passes as bytes, with its status and headers', async () => {
  await using loopback = await listen('lambda', ({ input }) => ({
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    LogResult: 'bG9n',
    Payload: input['Payload'],
  }));
  using client = disposable(new LambdaClient(clientSettings(loopback)));
  const output = await client.send(
    new InvokeCommand({ FunctionName: 'f', LogType: 'Tail', Payload: utf8('{"a":1}') }),
  );
  assert.equal(output.StatusCode, 200);
  assert.equal(output.ExecutedVersion, '$LATEST');
  assert.equal(output.LogResult, 'bG9n');
  assert.equal(output.Payload?.transformToString(), '{"a":1}');
});

test('an output without members is a success without a body', async () => {
  await using loopback = await listen('lambda', () => ({}));
  using client = disposable(new LambdaClient(clientSettings(loopback)));
  const output = await client.send(new DeleteFunctionCommand({ FunctionName: 'f' }));
  assert.ok((output.$metadata.httpStatusCode ?? 0) < 300);
});

test("errors are of the client's classes, with their members", async () => {
  await using loopback = await listen('lambda', ({ operation }) => {
    throw operation === 'GetFunction'
      ? modelledError(lambda, 'ResourceNotFoundException', 'Function not found: f')
      : modelledError(lambda, 'TooManyRequestsException', 'Rate Exceeded.', {
          Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
          retryAfterSeconds: '3',
        });
  });
  using client = disposable(new LambdaClient(clientSettings(loopback)));
  await assert.rejects(client.send(new GetFunctionCommand({ FunctionName: 'f' })), (error) => {
    assert.ok(error instanceof ResourceNotFoundException);
    assert.equal(error.message, 'Function not found: f');
    assert.equal(error.Type, 'User');
    assert.equal(error.$metadata.httpStatusCode, 404);
    return true;
  });
  await assert.rejects(client.send(new InvokeCommand({ FunctionName: 'f' })), (error) => {
    assert.ok(error instanceof TooManyRequestsException);
    assert.equal(error.Reason, 'ReservedFunctionConcurrentInvocationLimitExceeded');
    assert.equal(error.retryAfterSeconds, '3');
    assert.equal(error.$metadata.httpStatusCode, 429);
    return true;
  });
});

test('what breaks a constraint is refused before the operation runs', async () => {
  await using loopback = await listen('lambda', () => assert.fail('it ran'));
  using client = disposable(new LambdaClient(clientSettings(loopback)));
  const send = client.send(new InvokeCommand({ FunctionName: 'a@b' }));
  await assert.rejects(send, { name: 'ValidationException' });
});

test('a stream of events is read as it comes, and its exception at its end', async () => {
  const chunks = ['{"a"', ':1}'];
  await using loopback = await listen('lambda', ({ input }) => ({
    StatusCode: 200,
    EventStream: (async function* () {
      for (const chunk of chunks) yield { PayloadChunk: { Payload: utf8(chunk) } };
      if (input['FunctionName'] === 'broken') {
        throw new AwsError({ code: 'ServiceException', message: 'broken', status: 500 });
      }
      yield { InvokeComplete: { LogResult: 'bG9n' } };
    })(),
  }));
  using client = disposable(new LambdaClient(clientSettings(loopback)));
  const output = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'f' }));
  let text = '';
  let logResult: string | undefined;
  for await (const event of output.EventStream ?? []) {
    if (event.PayloadChunk) text += Buffer.from(event.PayloadChunk.Payload ?? []).toString();
    if (event.InvokeComplete) logResult = event.InvokeComplete.LogResult;
  }
  assert.equal(text, '{"a":1}');
  assert.equal(logResult, 'bG9n');
  const broken = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'broken' }));
  await assert.rejects(async () => {
    for await (const event of broken.EventStream ?? []) assert.ok(event);
  }, /broken|ServiceException/);
});

test('moments are seconds in JSON', async () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  await using loopback = await listen('scheduler', () => ({ Name: 's', CreationDate: at }));
  using client = disposable(new SchedulerClient(clientSettings(loopback)));
  const output = await client.send(new GetScheduleCommand({ Name: 's' }));
  assert.equal(output.CreationDate?.getTime(), at);
});
