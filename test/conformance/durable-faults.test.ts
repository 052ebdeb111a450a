/** Executions when a server died amid them, the store refuses something, or their function answers strangely. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateFunctionCommand,
  type OperationUpdate,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import {
  ask,
  begin,
  checkpoint,
  durableWorld,
  eventOf,
  idleWorld,
  invoked,
  look,
  rest,
  start,
  step,
  until,
  wait,
} from './durable-world.ts';
import { functionInput, type World } from './lambda-control-harness.ts';

const YEAR_SECONDS = 31_536_000;
const ENDS = { returns: { Status: 'SUCCEEDED' } };

/** As a server leaves it that dies while the function runs. */
async function dieAmidInvocation({ database }: World, arn: string): Promise<void> {
  const id = arn.split('/').at(-1) ?? '';
  await database.transact((tx) =>
    tx.run("UPDATE durable_executions SET invocation_id = 'gone' WHERE id = $1", id),
  );
}

test('an execution that was stopped amid an invocation rests after a crash, too', async () => {
  await using world = await idleWorld();
  const arn = await start(world);
  await dieAmidInvocation(world, arn);
  await world.client.send(new StopDurableExecutionCommand({ DurableExecutionArn: arn }));
  world.start();
  await rest(world);
  const { Status, Error: error } = await look(world, arn);
  assert.deepEqual([Status, error], ['STOPPED', {}]);
  assert.equal(world.invocations.length, 0);
});

test('an execution that was about to pause when the server died is paused', async () => {
  await using world = await idleWorld();
  const arn = await start(world);
  await dieAmidInvocation(world, arn);
  assert.equal(await ask(world, arn, 'pause'), 202);
  assert.equal((await look(world, arn)).Status, 'PAUSING');
  world.start();
  await rest(world);
  assert.equal((await look(world, arn)).Status, 'PAUSED');
  world.script = () => ENDS;
  assert.equal(await ask(world, arn, 'resume'), 202);
  await rest(world);
  assert.equal((await look(world, arn)).Status, 'SUCCEEDED');
});

test('what was claimed runs where the store refused the claim of another', async () => {
  await using world = await durableWorld(YEAR_SECONDS);
  world.script = async (invocation) => {
    const event = eventOf(invocation);
    if (event.InitialExecutionState.Operations.length > 1) return ENDS;
    await checkpoint(world, event, wait('w', 60));
    return { returns: { Status: 'PENDING' } };
  };
  const arns = [await begin(world), await begin(world)];
  world.database.takesYet = 1;
  await until(async () => {
    await world.clock.advance(1000);
    return world.invocations.length >= 4;
  });
  await rest(world);
  for (const arn of arns) assert.equal((await look(world, arn)).Status, 'SUCCEEDED');
  assert.equal(world.database.takesYet < 0, true);
});

test('an error whose lines are no text ends its execution as any other', async () => {
  await using world = await durableWorld();
  const StackTrace = ['line', { toString: 1, valueOf: 1 }];
  world.script = () => ({ returns: { Status: 'FAILED', Error: { ErrorType: 'E', StackTrace } } });
  const told = await look(world, await begin(world));
  assert.deepEqual([told.Status, told.Error], ['FAILED', { ErrorType: 'E', StackTrace: ['line'] }]);
});

test('a step that a function does not begin again is no reason to ask it without end', async () => {
  await using world = await durableWorld();
  world.script = async (invocation) => {
    const event = eventOf(invocation);
    if (event.InitialExecutionState.Operations.length === 1) {
      const options = { StepOptions: { NextAttemptDelaySeconds: 1 } };
      await checkpoint(world, event, { ...step, Action: 'RETRY', ...options });
    }
    return world.invocations.length > 20 ? ENDS : { returns: { Status: 'PENDING' } };
  };
  const arn = await begin(world);
  await world.clock.advance(1000);
  await rest(world);
  const { Status, Error: error } = await look(world, arn);
  assert.equal(Status, 'FAILED');
  assert.match(error?.ErrorMessage ?? '', /no pending operations/);
});

test('an execution stores 100 MB, and no more; what it has stored ends as ever', async () => {
  await using world = await durableWorld();
  const Payload = 'x'.repeat(1_048_576);
  let stored = 0;
  world.script = async (invocation) => {
    let event = eventOf(invocation);
    let message = '';
    while (stored < 110 && message === '') {
      const update = { ...step, Id: `s${stored}`, Action: 'SUCCEED', Payload } as const;
      try {
        const { CheckpointToken = '' } = await checkpoint(world, event, update);
        event = { ...event, CheckpointToken };
        stored += 1;
      } catch (error) {
        message = String(error);
      }
    }
    await checkpoint(world, event, { Id: 'e', Type: 'EXECUTION', Action: 'SUCCEED' });
    return { returns: { Status: 'SUCCEEDED', Result: message } };
  };
  const arn = await begin(world);
  assert.equal(stored, 100);
  assert.equal((await look(world, arn)).Status, 'SUCCEEDED');
});

test('no more than a thousand invocations run at once, chained ones among them', async () => {
  await using world = await durableWorld(YEAR_SECONDS);
  await world.client.send(new CreateFunctionCommand(await functionInput('two')));
  await world.settle();
  const free = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  let ended = 0;
  world.script = async (invocation) => {
    if (invocation.functionName === 'one') {
      const event = eventOf(invocation);
      if (event.InitialExecutionState.Operations.length === 1) {
        await checkpoint(world, event, ...Array.from({ length: 1100 }, chained));
      }
      return ended === 1100 ? ENDS : { returns: { Status: 'PENDING' } };
    }
    running += 1;
    most = Math.max(most, running);
    await free.promise;
    running -= 1;
    ended += 1;
    return { returns: null };
  };
  const arn = await start(world);
  await invoked(world, 1001);
  await world.quiet();
  free.resolve();
  await until(async () => (await look(world, arn)).EndTimestamp !== undefined);
  assert.equal(most, 1000);
});

function chained(_: unknown, at: number): OperationUpdate {
  const ChainedInvokeOptions = { FunctionName: 'two' };
  return { Id: `i${at}`, Type: 'CHAINED_INVOKE', Action: 'START', ChainedInvokeOptions };
}
