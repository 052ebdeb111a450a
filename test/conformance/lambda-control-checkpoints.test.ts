/** What executions are told of themselves, and tell: checkpoints, states, lists and histories. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CheckpointDurableExecutionCommand,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  GetDurableExecutionStateCommand,
  InvokeCommand,
  ListDurableExecutionsByFunctionCommand,
  type OperationUpdate,
  SendDurableExecutionCallbackSuccessCommand,
} from '@aws-sdk/client-lambda';
import {
  begin,
  checkpoint,
  durableWorld,
  eventOf,
  invoked,
  look,
  pass,
  rest,
  start,
  step,
  wait,
} from './durable-world.ts';
import { ACCOUNT, failureOf, REGION } from './lambda-control-harness.ts';

const MINUTE_MS = 60_000;

test('updates that contradict themselves or the execution are refused whole', async () => {
  await using world = await durableWorld();
  const heard = Promise.withResolvers<void>();
  world.script = async () => {
    await heard.promise;
    return { returns: { Status: 'SUCCEEDED' } };
  };
  const arn = await start(world);
  await invoked(world, 1);
  const event = eventOf(world.invocations[0]);
  const context = { Id: 'c', Type: 'CONTEXT' } as const;
  const end = { Id: 'e', Type: 'EXECUTION', Action: 'SUCCEED' } as const;
  const target = (FunctionName: string): OperationUpdate => ({
    Id: 'i',
    Type: 'CHAINED_INVOKE',
    Action: 'START',
    ChainedInvokeOptions: { FunctionName },
  });
  for (const [message, ...updates] of [
    ['Cannot checkpoint multiple EXECUTION updates.', end, end],
    ['EXECUTION checkpoint must be the last update.', end, { ...step, Action: 'START' }],
    [
      'Cannot update the same operation twice in a single request.',
      { ...step, Action: 'START' },
      { ...step, Action: 'START' },
    ],
    ['Invalid parent operation id.', { ...step, Action: 'START', ParentId: 'nobody' }],
    ['Invalid action for the given operation type.', { ...step, Action: 'CANCEL' }],
    ['Cannot provide a Payload for FAIL action.', { ...step, Action: 'FAIL', Payload: '1' }],
    ['Cannot provide an Error for SUCCEED action.', { ...context, Action: 'SUCCEED', Error: {} }],
    ['Invalid StepOptions for the given action.', { ...step, Action: 'RETRY' }],
    ['Update for WAIT operation requires WaitOptions.', { Id: 'w', Type: 'WAIT', Action: 'START' }],
    [
      'Cannot cancel a WAIT that does not exist or has already completed.',
      { Id: 'w', Type: 'WAIT', Action: 'CANCEL' },
    ],
    [
      'STEP output payload size must be less than or equal to 1048576 bytes.',
      { ...step, Action: 'SUCCEED', Payload: 'x'.repeat(1_048_577) },
    ],
    [
      'Cannot start a CHAINED_INVOKE on a function in another account.',
      target(`arn:aws:lambda:${REGION}:999999999999:function:f`),
    ],
    [
      'Cannot start a CHAINED_INVOKE on a function in another region.',
      target(`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`),
    ],
  ] as readonly [string, ...OperationUpdate[]][]) {
    const failure = await failureOf(checkpoint(world, event, ...updates));
    assert.deepEqual([failure.name, failure.message], ['InvalidParameterValueException', message]);
  }
  const { NewExecutionState } = await checkpoint(world, event, {
    ...step,
    Action: 'SUCCEED',
    Payload: 'x'.repeat(1_048_576),
  });
  assert.equal(NewExecutionState?.Operations?.length, 1);
  heard.resolve();
  await rest(world);
  assert.equal((await look(world, arn)).Status, 'SUCCEEDED');
});

test('a checkpoint that was not heard is answered again, and no other token is taken', async () => {
  await using world = await durableWorld();
  const heard = Promise.withResolvers<void>();
  world.script = async () => {
    await heard.promise;
    return { returns: { Status: 'SUCCEEDED' } };
  };
  await start(world);
  await invoked(world, 1);
  const { DurableExecutionArn, CheckpointToken } = eventOf(world.invocations[0]);
  const Updates: OperationUpdate[] = [{ ...step, Action: 'START', Name: 'first' }];
  const request = { DurableExecutionArn, CheckpointToken, ClientToken: 'c', Updates };
  const first = await world.client.send(new CheckpointDurableExecutionCommand(request));
  const again = await world.client.send(new CheckpointDurableExecutionCommand(request));
  assert.equal(again.CheckpointToken, first.CheckpointToken);
  assert.deepEqual(again.NewExecutionState, first.NewExecutionState);
  for (const [other, message] of [
    [{ ClientToken: 'd' }, 'Invalid checkpoint token'],
    [{ CheckpointToken: 'YQ==' }, 'Invalid checkpoint token'],
    [
      { DurableExecutionArn: `${DurableExecutionArn}x` },
      'Checkpoint token is not valid for the durable execution ARN',
    ],
  ] as const) {
    const command = new CheckpointDurableExecutionCommand({ ...request, ...other });
    const failure = await failureOf(world.client.send(command));
    assert.deepEqual([failure.name, failure.message], ['InvalidParameterValueException', message]);
  }
  heard.resolve();
  await rest(world);
  const late = { DurableExecutionArn, CheckpointToken: first.CheckpointToken };
  const failure = await failureOf(world.client.send(new CheckpointDurableExecutionCommand(late)));
  assert.equal(failure.message, 'Invalid checkpoint token');
});

test('what an event cannot carry is told page by page, without what closed contexts hold', async () => {
  await using world = await durableWorld();
  const read = Promise.withResolvers<readonly (string | undefined)[]>();
  const payload = 'x'.repeat(1_000_000);
  world.script = async (invocation) => {
    const event = eventOf(invocation);
    const { DurableExecutionArn, CheckpointToken, InitialExecutionState } = event;
    if (InitialExecutionState.Operations.length === 1) {
      let token: string | undefined = CheckpointToken;
      const context = { Type: 'CONTEXT', Action: 'START' } as const;
      for (const updates of [
        [
          { ...context, Id: 'open' },
          { ...context, Id: 'closed' },
        ],
        [{ ...step, Id: 'within', ParentId: 'closed', Action: 'START' }],
        [{ ...context, Id: 'closed', Action: 'SUCCEED' }],
        ...[1, 2, 3, 4, 5, 6].map((n) => [
          { ...step, Id: `s${n}`, ParentId: 'open', Action: 'SUCCEED', Payload: payload } as const,
        ]),
        [wait('w', 1)],
      ] as readonly OperationUpdate[][]) {
        const answer = await checkpoint(
          world,
          { ...event, CheckpointToken: token ?? '' },
          ...updates,
        );
        token = answer.CheckpointToken;
      }
      return { returns: { Status: 'PENDING' } };
    }
    const ids: (string | undefined)[] = InitialExecutionState.Operations.map(({ Id }) => Id);
    for (let Marker = InitialExecutionState.NextMarker; Marker !== undefined;) {
      const page = { DurableExecutionArn, CheckpointToken, Marker, MaxItems: 2 };
      const answer = await world.client.send(new GetDurableExecutionStateCommand(page));
      ids.push(...(answer.Operations ?? []).map(({ Id }) => Id));
      Marker = answer.NextMarker;
    }
    read.resolve(ids);
    return { returns: { Status: 'SUCCEEDED' } };
  };
  await begin(world);
  await pass(world, 1000);
  const [, ...ids] = await read.promise;
  assert.deepEqual(ids, ['open', 'closed', 's1', 's2', 's3', 's4', 's5', 's6', 'w']);
});

test('what a checkpoint could not be told is told with those after it', async () => {
  await using world = await durableWorld();
  const Result = new TextEncoder().encode('x'.repeat(1_000_000));
  const told: unknown[][] = [];
  world.script = async (invocation) => {
    let event = eventOf(invocation);
    if (event.InitialExecutionState.Operations.length > 1)
      return { returns: { Status: 'SUCCEEDED' } };
    const say = async (...updates: OperationUpdate[]) => {
      const answer = await checkpoint(world, event, ...updates);
      event = { ...event, CheckpointToken: answer.CheckpointToken ?? '' };
      return answer.NewExecutionState?.Operations ?? [];
    };
    const asked = ['1', '2', '3', '4', '5', '6', '7'].map(
      (Id) => ({ Id, Type: 'CALLBACK', Action: 'START' }) as const,
    );
    for (const { CallbackDetails } of await say(...asked)) {
      const { CallbackId } = CallbackDetails ?? {};
      const answer = new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result });
      await world.client.send(answer);
    }
    const updates: OperationUpdate[][] = [[{ ...step, Action: 'START' }], [], []];
    for (const each of updates) told.push((await say(...each)).map(({ Id }) => Id));
    return { returns: { Status: 'PENDING' } };
  };
  await begin(world);
  assert.deepEqual(told, [['1', '2', '3', '4', 's'], ['5', '6', '7', 's'], []]);
});

test('executions are listed by their start, filtered, and page by page', async () => {
  await using world = await durableWorld();
  world.script = () => ({ returns: { Status: 'SUCCEEDED' } });
  const starts: number[] = [];
  for (const name of ['a', 'b', 'c']) {
    starts.push(world.clock.now());
    await begin(world, { DurableExecutionName: name });
    await pass(world, MINUTE_MS);
  }
  await begin(world, { FunctionName: 'one', Qualifier: '$LATEST', DurableExecutionName: 'd' });
  const names = async (more: object): Promise<unknown> => {
    const command = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'one', ...more });
    const { DurableExecutions: found = [], NextMarker } = await world.client.send(command);
    const page = found.map(({ DurableExecutionName }) => DurableExecutionName ?? '').join('');
    return NextMarker === undefined ? page : [page, await names({ ...more, Marker: NextMarker })];
  };
  assert.equal(await names({}), 'dcba');
  assert.equal(await names({ ReverseOrder: true }), 'abcd');
  assert.equal(await names({ Qualifier: '1' }), 'cba');
  assert.equal(await names({ Qualifier: '$LATEST' }), 'd');
  assert.equal(await names({ DurableExecutionName: 'b' }), 'b');
  assert.equal(await names({ Statuses: ['FAILED'] }), '');
  const [first = 0, , third = 0] = starts;
  const between = { StartedAfter: new Date(first), StartedBefore: new Date(third) };
  assert.equal(await names(between), 'b');
  assert.deepEqual(await names({ MaxItems: 2 }), ['dc', 'ba']);
  assert.deepEqual(await names({ MaxItems: 3, ReverseOrder: true }), ['abc', 'd']);
  for (const [more, message] of [
    [{ Marker: 'bogus' }, 'Invalid Marker'],
    [{ Statuses: ['FAILED', 'RUNNING'] }, 'Cannot filter by more than one status'],
  ] as const) {
    assert.equal((await failureOf(names(more))).message, message);
  }
});

test('the history is told from either end, with what users put in or without', async () => {
  await using world = await durableWorld();
  world.script = async (invocation) => {
    await checkpoint(world, eventOf(invocation), { ...step, Action: 'SUCCEED', Payload: '1' });
    return { returns: { Status: 'SUCCEEDED', Result: '2' } };
  };
  const DurableExecutionArn = await begin(world);
  const ids = async (more: object): Promise<unknown> => {
    const command = new GetDurableExecutionHistoryCommand({ DurableExecutionArn, ...more });
    const { Events = [], NextMarker } = await world.client.send(command);
    const page = Events.map(({ EventId }) => EventId).join('');
    return NextMarker === undefined ? page : [page, await ids({ ...more, Marker: NextMarker })];
  };
  assert.equal(await ids({}), '1234');
  assert.equal(await ids({ ReverseOrder: true }), '4321');
  assert.deepEqual(await ids({ MaxItems: 3 }), ['123', '4']);
  assert.deepEqual(await ids({ MaxItems: 3, ReverseOrder: true }), ['432', '1']);
  const bare = new GetDurableExecutionHistoryCommand({
    DurableExecutionArn,
    IncludeExecutionData: false,
  });
  const { Events = [] } = await world.client.send(bare);
  assert.deepEqual(Events[0]?.ExecutionStartedDetails, {
    ExecutionTimeout: 900,
    Input: { Truncated: true },
  });
  assert.deepEqual(Events[1]?.StepSucceededDetails?.Result, { Truncated: true });
  const compact = { DurableExecutionArn, IncludeExecutionData: false };
  const told = await world.client.send(new GetDurableExecutionCommand(compact));
  assert.deepEqual([told.Result, told.InputPayload], [undefined, undefined]);
});

test('a result that is too large for an answer is taken by a checkpoint, which is the last', async () => {
  await using world = await durableWorld();
  world.script = async (invocation) => {
    const end = {
      Id: 'result-1',
      Type: 'EXECUTION',
      Action: 'SUCCEED',
      Payload: '"large"',
    } as const;
    const { CheckpointToken } = await checkpoint(world, eventOf(invocation), end);
    assert.equal(CheckpointToken, undefined);
    return { returns: { Status: 'SUCCEEDED', Result: '' } };
  };
  const { Payload } = await world.client.send(new InvokeCommand({ FunctionName: 'one:1' }));
  assert.equal(Payload?.transformToString(), '"large"');
});
