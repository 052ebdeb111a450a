/** What falls due for the operations of an execution. */
import type { ErrorObject, Operation } from '#aws/models/lambda.types.gen.ts';

import type { Draft } from './draft.ts';
import { aboutOperation, endOfOperation } from './history.ts';
import type { StoredOperation } from './model.ts';
import { operationsDue } from './store-operations.ts';

/** @see https://github.com/aws/aws-durable-execution-sdk-python/pull/515, which has them from the service */
const CALLBACK_TIMEOUT = {
  ErrorType: 'Callback.Timeout',
  ErrorMessage: 'Callback timed out',
};
const HEARTBEAT_TIMEOUT = {
  ErrorType: 'Callback.Heartbeat',
  ErrorMessage: 'Callback timed out on heartbeat',
};

/** Operations that are looked at in one transaction: each may have a MiB, and there may be thousands. */
const RUNG_MAX = 32;

/**
 * Ends waits, pauses before retries and callbacks whose time has come, those that are due longest first; the others stay
 * due. Answers the chained invocations that are to begin, `callsMax` at the most, which stay as they are.
 */
export async function ringTimers(
  draft: Draft,
  callsMax: number,
): Promise<readonly StoredOperation[]> {
  const { tx, execution, moment } = draft;
  const due = await operationsDue(tx, execution.id, moment.steadyMs, RUNG_MAX);
  const chained = due.filter(({ operation }) => operation.Type === 'CHAINED_INVOKE');
  for (const stored of due) {
    const { operation } = stored;
    if (operation.Type === 'WAIT') await endWait(draft, stored);
    else if (operation.Type === 'STEP') await readyStep(draft, stored);
    else if (operation.Type === 'CALLBACK') await endCallback(draft, stored, timeoutOf(stored));
  }
  if (due.length > chained.length) draft.wake();
  return chained.slice(0, callsMax);
}

async function endWait(draft: Draft, stored: StoredOperation): Promise<void> {
  const { order, more, operation } = stored;
  const ended = { ...operation, Status: 'SUCCEEDED', EndTimestamp: draft.moment.nowMs };
  await draft.put({ order, more, isClaimed: false, operation: ended });
  const { waitSeconds: Duration } = more;
  const details = Duration === undefined ? {} : { Duration };
  const event = { EventType: 'WaitSucceeded', WaitSucceededDetails: details };
  await draft.tell({ ...aboutOperation(ended), ...event });
}

async function readyStep(draft: Draft, stored: StoredOperation): Promise<void> {
  const { order, more, operation } = stored;
  const { NextAttemptTimestamp: _, ...StepDetails } = operation.StepDetails ?? {};
  const ready: Operation = { ...operation, Status: 'READY', StepDetails };
  await draft.put({ order, more, isClaimed: false, operation: ready });
}

/** How a callback ends: with a result, with an error, or for want of both in time. */
export interface CallbackEnd {
  readonly Status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly Result?: string;
  readonly Error?: ErrorObject;
}

function timeoutOf({ more, dueAtMs }: StoredOperation): CallbackEnd {
  const isLast = more.timeoutAtMs !== undefined && more.timeoutAtMs === dueAtMs;
  return { Status: 'TIMED_OUT', Error: isLast ? CALLBACK_TIMEOUT : HEARTBEAT_TIMEOUT };
}

/** Ends a callback; whoever does that wakes the execution. */
export async function endCallback(
  draft: Draft,
  { order, more, operation }: StoredOperation,
  { Status, ...end }: CallbackEnd,
): Promise<void> {
  const CallbackDetails = { ...operation.CallbackDetails, ...end };
  const ended = { ...operation, Status, EndTimestamp: draft.moment.nowMs, CallbackDetails };
  await draft.put({ order, more, isClaimed: false, operation: ended });
  await draft.tell(endOfOperation(ended));
}
