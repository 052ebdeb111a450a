import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AddPermissionCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda';

import { collectBytes, textOf, utf8 } from '#kernel/bytes.ts';
import type { FunctionCall } from '#ports/peers/function-caller.ts';

import { ACCOUNT, functionArn, functionInput, ROLE, startWorld } from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

const SOURCE = 'arn:aws:execute-api:us-east-1:000000000000:a1/*/GET/x';

async function worldWithFunction(): Promise<World> {
  const world = await startWorld();
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  await world.settle();
  world.script = ({ payload }) => ({ returns: textOf(payload) });
  return world;
}

function call(world: World, more: Partial<FunctionCall> = {}) {
  const invocation = { requestId: 'r', payload: utf8('"hello"'), source: 'api-gateway' } as const;
  const whole = {
    functionArn: functionArn('one'),
    sourceService: 'apigateway.amazonaws.com',
    sourceArn: SOURCE,
    sourceAccountId: ACCOUNT,
    invocation,
    ...more,
  };
  return world.control.functionCaller.call(whole, new AbortController().signal);
}

test('a service calls a function whose policy lets it in, and no other', async () => {
  await using world = await worldWithFunction();
  assert.equal((await call(world)).kind, 'forbidden');
  await world.client.send(
    new AddPermissionCommand({
      FunctionName: 'one',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: 'arn:aws:execute-api:us-east-1:000000000000:a1/*',
    }),
  );
  const outcome = await call(world);
  assert.ok(outcome.kind === 'returned');
  assert.equal(textOf(await collectBytes(outcome.payload, 100)), '"\\"hello\\""');
  const sourceArn = 'arn:aws:execute-api:us-east-1:000000000000:a2/*/GET/x';
  assert.equal((await call(world, { sourceArn })).kind, 'forbidden');
  assert.equal((await call(world, { sourceService: 's3.amazonaws.com' })).kind, 'forbidden');
  assert.equal(world.invocations.length, 1);
});

test('a role of the account calls its functions without a policy', async () => {
  await using world = await worldWithFunction();
  assert.equal((await call(world, { roleArn: ROLE })).kind, 'returned');
  const sourceAccountId = '111111111111';
  assert.equal((await call(world, { roleArn: ROLE, sourceAccountId })).kind, 'forbidden');
  const theirs = 'arn:aws:iam::111111111111:role/r';
  assert.equal((await call(world, { roleArn: theirs })).kind, 'forbidden');
});

test('a function that is not there is missing, whoever calls', async () => {
  await using world = await worldWithFunction();
  const gone = [functionArn('two'), `${functionArn('one')}:live`, `${functionArn('one')}:7`];
  for (const arn of [...gone, 'arn:aws:sqs:us-east-1:000000000000:q', 'no ARN']) {
    assert.equal((await call(world, { functionArn: arn })).kind, 'missing', arn);
    assert.equal((await call(world, { functionArn: arn, roleArn: ROLE })).kind, 'missing', arn);
  }
});

test('an event of more than 6 MB is refused before the function runs', async () => {
  await using world = await worldWithFunction();
  const payload = new Uint8Array(6 * 1024 * 1024 + 1);
  const invocation = { requestId: 'r', payload, source: 'api-gateway' } as const;
  await assert.rejects(call(world, { roleArn: ROLE, invocation }), {
    code: 'RequestTooLargeException',
  });
  assert.equal(world.invocations.length, 0);
});
