/** An execution of a durable function, told by its protocol alone: the client speaks for the function, too. */
import assert from 'node:assert/strict';
import { codeOf, functionArn, refused, ROLE, settled, type Teller, until } from './telling.ts';

const MISSING = 'ResourceNotFoundException';
const INVALID = 'InvalidParameterValueException';
const NO_EXECUTION = 'Durable Execution does not exist';
const NO_TOKEN = 'Invalid checkpoint token';
const FOREIGN_TOKEN = 'Checkpoint token is not valid for the durable execution ARN';
const FOREVER_SECONDS = 900;
/** With which the function's first checkpoint is asked for again. */
const CLIENT_TOKEN = 'handed-over';

/** Hands its token over as a step's name, and runs until its execution has ended. */
const HANDLER = `import { Lambda } from '@aws-sdk/client-lambda';
const lambda = new Lambda({});
export const handler = async ({ DurableExecutionArn, CheckpointToken }) => {
  await lambda.checkpointDurableExecution({
    DurableExecutionArn,
    CheckpointToken,
    ClientToken: '${CLIENT_TOKEN}',
    Updates: [{ Id: 'handed', Type: 'STEP', Action: 'START', Name: CheckpointToken }],
  });
  for (;;) {
    const { EndTimestamp } = await lambda.getDurableExecution({ DurableExecutionArn });
    if (EndTimestamp !== undefined) return { Status: 'PENDING' };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};`;

/** An execution from its beginning to its deletion. */
export async function tellExecutions(teller: Teller): Promise<void> {
  const { lambda, caller } = teller;
  const FunctionName = `${teller.name}-durable`;
  const absent = `${functionArn('absent')}:1/durable-execution/e/1`;
  await lambda.createFunction({
    FunctionName,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: ROLE,
    Timeout: FOREVER_SECONDS,
    Code: { ZipFile: await codeOf(HANDLER) },
    DurableConfig: { ExecutionTimeout: FOREVER_SECONDS },
  });
  await settled({ ...teller, name: FunctionName });
  const words = 'You cannot invoke a durable function using an unqualified ARN.';
  await refused(lambda.invoke({ FunctionName }), INVALID, words, 400);
  const begun = await lambda.invoke({
    FunctionName,
    Qualifier: '$LATEST',
    InvocationType: 'Event',
    DurableExecutionName: 'told',
  });
  const DurableExecutionArn = begun.DurableExecutionArn ?? '';
  assert.match(DurableExecutionArn, /-durable:\$LATEST\/durable-execution\/told\/[0-9a-f-]{36}$/);
  const told = { ...teller, DurableExecutionArn };
  await tellCheckpoints(told, absent);
  const listed = await lambda.listDurableExecutionsByFunction({ FunctionName });
  const [one] = listed.DurableExecutions ?? [];
  assert.deepEqual([one?.DurableExecutionName, one?.Status], ['told', 'RUNNING']);
  const nobody = { FunctionName: 'absent' };
  await refused(
    lambda.listDurableExecutionsByFunction(nobody),
    MISSING,
    /^Function not found/,
    404,
  );
  if (caller.operations.includes('PauseDurableExecution')) await tellPause(told, absent);
  const stop = { DurableExecutionArn, Error: { ErrorMessage: 'told' } };
  assert.ok((await lambda.stopDurableExecution(stop)).StopTimestamp !== undefined);
  const gone = { DurableExecutionArn: absent };
  await refused(lambda.stopDurableExecution(gone), MISSING, NO_EXECUTION, 404);
  const ended = await lambda.getDurableExecution({ DurableExecutionArn });
  assert.deepEqual([ended.Status, ended.Error?.ErrorMessage], ['STOPPED', 'told']);
  await refused(lambda.getDurableExecution(gone), MISSING, NO_EXECUTION, 404);
  await refused(lambda.getDurableExecutionHistory(gone), MISSING, NO_EXECUTION, 404);
  if (!caller.operations.includes('DeleteDurableExecution')) return;
  await caller.call('DeleteDurableExecution', { DurableExecutionArn });
  const again = caller.call('DeleteDurableExecution', { DurableExecutionArn });
  await refused(again, MISSING, NO_EXECUTION, 404);
}

type Told = Teller & { readonly DurableExecutionArn: string };

async function tellCheckpoints(
  { lambda, DurableExecutionArn }: Told,
  absent: string,
): Promise<void> {
  const { Events = [] } = await until(
    () => lambda.getDurableExecutionHistory({ DurableExecutionArn }),
    (found) => (found.Events ?? []).some(({ EventType }) => EventType === 'StepStarted'),
  );
  const handed = Events.find(({ EventType }) => EventType === 'StepStarted')?.Name ?? '';
  const again = { DurableExecutionArn, CheckpointToken: handed, Updates: [] };
  const heard = await lambda.checkpointDurableExecution({ ...again, ClientToken: CLIENT_TOKEN });
  assert.deepEqual(
    heard.NewExecutionState?.Operations?.map(({ Id }) => Id),
    ['handed'],
  );
  await refused(lambda.checkpointDurableExecution(again), INVALID, NO_TOKEN, 400);
  const current = { DurableExecutionArn, CheckpointToken: heard.CheckpointToken };
  const state = await lambda.getDurableExecutionState({ ...current, MaxItems: 1 });
  assert.equal(state.Operations?.[0]?.Type, 'EXECUTION');
  const elsewhere = { ...current, DurableExecutionArn: absent };
  await refused(lambda.getDurableExecutionState(elsewhere), INVALID, FOREIGN_TOKEN, 400);
  const Updates = ['yes', 'no'].map(
    (Id) => ({ Id, Type: 'CALLBACK', Action: 'START', CallbackOptions: HEARTBEAT }) as const,
  );
  const begun = await lambda.checkpointDurableExecution({ ...current, Updates });
  const [yes = '', no = ''] = (begun.NewExecutionState?.Operations ?? []).map(
    ({ CallbackDetails }) => CallbackDetails?.CallbackId,
  );
  await tellCallbacks(lambda, yes, no);
}

const HEARTBEAT = { HeartbeatTimeoutSeconds: FOREVER_SECONDS };

async function tellCallbacks(lambda: Told['lambda'], yes: string, no: string): Promise<void> {
  const none = { CallbackId: 'YQ==' };
  const NO_CALLBACK = 'Invalid callback id';
  const CLOSED = 'The callback is either timed out or already completed';
  await lambda.sendDurableExecutionCallbackHeartbeat({ CallbackId: yes });
  await refused(lambda.sendDurableExecutionCallbackHeartbeat(none), INVALID, NO_CALLBACK, 400);
  const Result = new TextEncoder().encode('"yes"');
  const success = { CallbackId: yes, Result };
  await lambda.sendDurableExecutionCallbackSuccess(success);
  const late = lambda.sendDurableExecutionCallbackSuccess(success);
  await refused(late, 'CallbackTimeoutException', CLOSED, 400);
  const failure = { CallbackId: no, Error: { ErrorMessage: 'no' } };
  await lambda.sendDurableExecutionCallbackFailure(failure);
  const over = lambda.sendDurableExecutionCallbackFailure(failure);
  await refused(over, 'CallbackTimeoutException', CLOSED, 400);
}

/** By name: the SDK for JavaScript does not know these yet. */
async function tellPause(
  { caller, lambda, DurableExecutionArn }: Told,
  absent: string,
): Promise<void> {
  const gone = { DurableExecutionArn: absent };
  await caller.call('PauseDurableExecution', { DurableExecutionArn, Reason: 'told' });
  const { Status } = await lambda.getDurableExecution({ DurableExecutionArn });
  assert.equal(Status, 'PAUSING');
  await refused(caller.call('PauseDurableExecution', gone), MISSING, NO_EXECUTION, 404);
  await caller.call('ResumeDurableExecution', { DurableExecutionArn });
  await refused(caller.call('ResumeDurableExecution', gone), MISSING, NO_EXECUTION, 404);
}
