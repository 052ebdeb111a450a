/**
 * Loops of functions, stopped at the seventeenth passage.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  type InvokeCommandInput,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
} from '@aws-sdk/client-lambda';

import { textOf, utf8 } from '#kernel/bytes.ts';

import { begin, durableWorld, rest } from './durable-world.ts';
import {
  ACCOUNT,
  REGION,
  functionArn,
  functionInput,
  startWorld,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

async function worldWithOne(): Promise<World> {
  const world = await startWorld();
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  await world.settle();
  return world;
}

/** Invokes as a client of AWS's does within a function. */
function invokeWithin({ client }: World, input: InvokeCommandInput, traceHeader?: string) {
  const command = new InvokeCommand(input);
  if (traceHeader !== undefined) {
    command.middlewareStack.add(
      (next) => (args) => {
        // Requests of the SDK have headers.
        const { headers } = args.request as { headers: Record<string, string> };
        headers['x-amzn-trace-id'] = traceHeader;
        return next(args);
      },
      { step: 'build' },
    );
  }
  return client.send(command);
}

test('a loop through Lambda is stopped at the seventeenth passage, unless it is allowed', async () => {
  // lambda_api: TestLambdaRecursion
  await using world = await worldWithOne();
  const { control, database, client } = world;
  const OnFailure = { Destination: `arn:aws:sqs:${REGION}:${ACCOUNT}:stopped` };
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'one',
      DestinationConfig: { OnFailure },
    }),
  );
  const targetArn = functionArn('one');
  const source = {
    sourceArn: targetArn,
    sourceService: 'lambda.amazonaws.com',
    sourceAccountId: ACCOUNT,
  };
  const deliver = (traceHeader?: string) =>
    database.transact((tx) =>
      control.deliverer.deliver(
        {
          ...source,
          targetArn,
          payload: utf8('{}'),
          options: traceHeader === undefined ? {} : { traceHeader },
        },
        tx,
      ),
    );
  // The function hands each event to itself, as a client of AWS's does within a function.
  const roundsMax = 20;
  let rounds = 0;
  world.script = async ({ traceHeader }) => {
    rounds += 1;
    if (rounds < roundsMax) await deliver(traceHeader);
    return { returns: null };
  };
  world.start();
  await deliver();
  for (let turn = 0; turn < roundsMax; turn += 1) await world.quiet();
  assert.equal(rounds, 16);
  assert.partialDeepStrictEqual(world.ends.at(-1), {
    condition: 'RecursiveInvocation',
    invokeCount: 0,
  });
  const dropped = world.metrics.filter(({ name }) => name === 'RecursiveInvocationsDropped');
  assert.equal(dropped.length, 1);
  const [stopped] = world.deliveries;
  assert.equal(stopped?.targetArn, OnFailure.Destination);
  assert.match(textOf(stopped?.payload ?? utf8('')), /"condition":"RecursiveInvocation"/);
  rounds = 0;
  const allowed = { FunctionName: 'one', RecursiveLoop: 'Allow' } as const;
  await client.send(new PutFunctionRecursionConfigCommand(allowed));
  await deliver();
  for (let turn = 0; turn < roundsMax; turn += 1) await world.quiet();
  assert.equal(rounds, roundsMax);
});

test('an invocation that comes round too often is refused in the words of the model', async () => {
  await using world = await worldWithOne();
  let rounds = 0;
  const invoke = (traceHeader?: string) =>
    invokeWithin(world, { FunctionName: 'one' }, traceHeader);
  world.script = async ({ traceHeader }) => {
    rounds += 1;
    if (rounds > 20) return { returns: 'endless' };
    return {
      returns: await invoke(traceHeader ?? 'Root=1-a-b').catch((error: Error) => error.name),
    };
  };
  await invoke();
  // The first had no chain to be counted in.
  assert.equal(rounds, 17);
  const dropped = world.metrics.filter(({ name }) => name === 'RecursiveInvocationsDropped');
  assert.equal(dropped.length, 1);
});

test('a durable function that begins itself without end is stopped as others are', async () => {
  await using world = await durableWorld();
  let rounds = 0;
  let refusal = '';
  const input = { FunctionName: 'one:1', InvocationType: 'Event' } as const;
  world.script = async ({ traceHeader }) => {
    rounds += 1;
    if (rounds <= 20) {
      await invokeWithin(world, input, traceHeader).catch((error: Error) => (refusal = error.name));
    }
    return { returns: { Status: 'SUCCEEDED' } };
  };
  await begin(world);
  for (let turn = 0; turn < 20; turn += 1) await rest(world);
  assert.equal(rounds, 17);
  assert.equal(refusal, 'RecursiveInvocationException');
});
