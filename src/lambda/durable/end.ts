/** An execution's end, and what follows from it. */
import type { ErrorObject } from '#aws/models/lambda.types.gen.ts';
import { utf8 } from '#kernel/bytes.ts';
import { DAY_MS } from '#kernel/units.ts';

import { eventInvokeConfigOf, follow } from '../queue/index.ts';
import type { DurableDependencies } from './dependencies.ts';
import { TOPIC } from './dependencies.ts';
import { type Draft, openDraft } from './draft.ts';
import { endOfExecution, endOfOperation } from './history.ts';
import type { EndStatus, Execution, ExecutionOutcome } from './model.ts';
import { addressOf, isOver } from './model.ts';
import { settleOperations } from './store-operations.ts';
import type { Waiters } from './waiters.ts';

export type EndDependencies = DurableDependencies & { readonly waiters: Waiters };

/** How an execution ends. */
export interface Ending extends ExecutionOutcome {
  readonly status: EndStatus;
}

/** Ends an execution in its transaction: its parent, destinations and callers hear of it. */
export async function endExecution(
  dependencies: EndDependencies,
  draft: Draft,
  { status, ...outcome }: Ending,
): Promise<void> {
  const { nowMs, steadyMs } = draft.moment;
  const { invokeAtMs: _, ...execution } = draft.execution;
  const { pause: __, ...details } = execution.details;
  const deadlineMs = steadyMs + details.retentionDays * DAY_MS;
  draft.change({ ...execution, details, status, endedAtMs: nowMs, deadlineMs, outcome });
  await settleOperations(draft.tx, execution.id);
  const { id, name } = execution;
  await draft.tell({ ...endOfExecution(status, outcome), Id: id, Name: name });
  const ended = draft.execution;
  if (details.parent !== undefined) await tellParent(dependencies, draft, ended);
  if (details.isAsynchronous) await tellDestinations(dependencies, draft, ended);
  draft.tx.afterCommit(() => dependencies.waiters.settle(id, { kind: 'over', execution: ended }));
}

/** Ends the chained invocation that this was the execution of. */
async function tellParent(
  { wakeups }: EndDependencies,
  { tx, moment }: Draft,
  ended: Execution,
): Promise<void> {
  const { parent, timeoutSeconds } = ended.details;
  const draft = parent && (await openDraft(tx, moment, parent.executionId));
  if (parent === undefined || draft === undefined) return;
  const { status, outcome = {} } = ended;
  const told =
    status === 'TIMED_OUT'
      ? { error: chainedTimeout(timeoutSeconds) }
      : status === 'SUCCEEDED'
        ? { result: outcome.result ?? 'null' }
        : outcome;
  await endChained(draft, parent.operationId, { ...told, status: statusOf(status) });
  tx.afterCommit(() => wakeups.notify(TOPIC));
}

function statusOf(status: Execution['status']): EndStatus {
  return status === 'SUCCEEDED' || status === 'TIMED_OUT' || status === 'STOPPED'
    ? status
    : 'FAILED';
}

function chainedTimeout(seconds: number): ErrorObject {
  return {
    ErrorType: 'ChainedInvoke.Timeout',
    ErrorMessage: `CHAINED_INVOKE timed out after ${seconds} seconds.`,
  };
}

/** Writes the end of a chained invocation, where its execution still waits for it. */
export async function endChained(
  draft: Draft,
  operationId: string,
  { status, result, error }: Ending,
): Promise<void> {
  const stored = await draft.find(operationId);
  if (stored?.operation.Status !== 'STARTED' || isOver(draft.execution.status)) return;
  const operation = {
    ...stored.operation,
    Status: status,
    EndTimestamp: draft.moment.nowMs,
    ChainedInvokeDetails: {
      ...(result === undefined ? {} : { Result: result }),
      ...(error === undefined ? {} : { Error: error }),
    },
  };
  // Nobody reads again what was sent.
  const { payload: _, ...more } = stored.more;
  await draft.put({ order: stored.order, isClaimed: false, more, operation });
  await draft.tell(endOfOperation(operation));
  draft.wake();
  await draft.save();
}

/** Destinations and the dead-letter queue, as for any asynchronous event; it is not tried again. */
async function tellDestinations(
  dependencies: EndDependencies,
  draft: Draft,
  ended: Execution,
): Promise<void> {
  const { tx } = draft;
  const { details, outcome = {} } = ended;
  const address = { ...addressOf(ended), qualifier: details.qualifier };
  const config = await eventInvokeConfigOf(tx, address);
  const start = await draft.find(ended.id);
  const event = {
    id: details.requestId,
    address,
    payload: utf8(start?.operation.ExecutionDetails?.InputPayload ?? '{}'),
    acceptedAtMs: 0,
    claims: 0,
    attempts: 1,
    throttles: 0,
    traceHeader: details.traceHeader,
  };
  const isSuccess = ended.status === 'SUCCEEDED';
  const response = {
    executedVersion: ended.version,
    payload: isSuccess ? (outcome.result ?? 'null') : JSON.stringify(errorPayload(outcome.error)),
    ...(isSuccess ? {} : { functionError: 'Unhandled' }),
  };
  const condition = isSuccess ? 'Success' : 'RetriesExhausted';
  const end = { kind: 'end', condition, invokeCount: 1, response } as const;
  await follow(dependencies, tx, { event, end, config });
}

/** An error as whoever invoked the function is answered it. */
export function errorPayload(error: ErrorObject = {}): object {
  const { ErrorType, ErrorMessage, StackTrace, ErrorData } = error;
  return {
    ...(ErrorType === undefined ? {} : { errorType: ErrorType }),
    errorMessage: ErrorMessage ?? '',
    ...(StackTrace === undefined ? {} : { stackTrace: StackTrace }),
    ...(ErrorData === undefined ? {} : { errorData: ErrorData }),
  };
}
