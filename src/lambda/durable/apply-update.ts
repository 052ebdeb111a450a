/** One update of a checkpoint: how its operation stands then, and what the history tells of it. Pure. */
import type {
  Event,
  Operation,
  OperationUpdate,
  RetryDetails,
} from '#aws/models/lambda.types.gen.ts';
import { SECOND_MS } from '#kernel/units.ts';

import type { Moment, OperationChange } from './draft.ts';
import { aboutOperation, endOfOperation, told, toldError } from './history.ts';
import type { StoredOperation } from './model.ts';

export interface Applied {
  readonly change: OperationChange;
  readonly event: Event;
}

/** @param callbackId the id of a callback that the update begins */
export function applyUpdate(
  stored: StoredOperation | undefined,
  update: OperationUpdate,
  moment: Moment,
  callbackId: () => string,
): Applied {
  if (update.Type === 'STEP') return applyToStep(stored, update, moment);
  if (update.Type === 'CONTEXT') return applyToContext(stored, update, moment);
  if (update.Type === 'WAIT') return applyToWait(stored, update, moment);
  return startCallback(update, moment, callbackId());
}

/** The operation as an update begins it. */
export function begun(update: OperationUpdate, { nowMs }: Moment): Operation {
  const { Id, ParentId, Name, Type, SubType } = update;
  return {
    Id,
    ...(ParentId === undefined ? {} : { ParentId }),
    ...(Name === undefined ? {} : { Name }),
    Type,
    ...(SubType === undefined ? {} : { SubType }),
    StartTimestamp: nowMs,
    Status: 'STARTED',
  };
}

function changeOf(
  stored: StoredOperation | undefined,
  operation: Operation,
  rest: Partial<OperationChange> = {},
): OperationChange {
  return {
    ...(stored === undefined ? {} : { order: stored.order }),
    isClaimed: false,
    more: stored?.more ?? {},
    ...rest,
    operation,
  };
}

function applyToStep(
  stored: StoredOperation | undefined,
  update: OperationUpdate,
  moment: Moment,
): Applied {
  const { nowMs, steadyMs } = moment;
  const before = stored?.operation ?? begun(update, moment);
  const attempts = before.StepDetails?.Attempt ?? 0;
  const about = aboutOperation(before);
  if (update.Action === 'START') {
    const { Result, Error: error } = before.StepDetails ?? {};
    const StepDetails = { Attempt: attempts, ...resultOf(Result, error) };
    return {
      change: changeOf(stored, { ...before, Status: 'STARTED', StepDetails }),
      event: { ...about, EventType: 'StepStarted', StepStartedDetails: {} },
    };
  }
  const { Payload, Error: error } = update;
  const details = { Attempt: attempts + 1, ...resultOf(Payload, error) };
  const CurrentAttempt = attempts + 1;
  if (update.Action === 'RETRY') {
    const seconds = update.StepOptions?.NextAttemptDelaySeconds ?? 0;
    const delayMs = seconds * SECOND_MS;
    const StepDetails = { ...details, NextAttemptTimestamp: nowMs + delayMs };
    const retry = { CurrentAttempt, NextAttemptDelaySeconds: seconds };
    return {
      change: changeOf(
        stored,
        { ...before, Status: 'PENDING', StepDetails },
        { dueAtMs: steadyMs + delayMs },
      ),
      event: { ...about, ...attempted(update, error === undefined, retry) },
    };
  }
  const isSuccess = update.Action === 'SUCCEED';
  const Status = isSuccess ? 'SUCCEEDED' : 'FAILED';
  return {
    change: changeOf(stored, { ...before, Status, EndTimestamp: nowMs, StepDetails: details }),
    event: { ...about, ...attempted(update, isSuccess, { CurrentAttempt }) },
  };
}

function resultOf(Result: string | undefined, error: OperationUpdate['Error']): object {
  return {
    ...(Result === undefined ? {} : { Result }),
    ...(error === undefined ? {} : { Error: error }),
  };
}

/** An attempt that is to be made again without an error has succeeded: that of a condition that does not hold yet. */
function attempted(
  { Payload, Error: error }: OperationUpdate,
  isSuccess: boolean,
  retry: RetryDetails,
): Event {
  return isSuccess
    ? {
        EventType: 'StepSucceeded',
        StepSucceededDetails: { Result: told(Payload), RetryDetails: retry },
      }
    : {
        EventType: 'StepFailed',
        StepFailedDetails: { Error: toldError(error), RetryDetails: retry },
      };
}

function applyToContext(
  stored: StoredOperation | undefined,
  update: OperationUpdate,
  moment: Moment,
): Applied {
  const before = stored?.operation ?? begun(update, moment);
  const ReplayChildren =
    update.ContextOptions?.ReplayChildren ?? before.ContextDetails?.ReplayChildren;
  const ContextDetails = {
    ...(ReplayChildren === undefined ? {} : { ReplayChildren }),
    ...resultOf(update.Payload, update.Error),
  };
  if (update.Action === 'START') {
    return {
      change: changeOf(stored, { ...before, ContextDetails }),
      event: { ...aboutOperation(before), EventType: 'ContextStarted', ContextStartedDetails: {} },
    };
  }
  const Status = update.Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED';
  const operation = { ...before, Status, EndTimestamp: moment.nowMs, ContextDetails };
  return { change: changeOf(stored, operation), event: endOfOperation(operation) };
}

function applyToWait(
  stored: StoredOperation | undefined,
  update: OperationUpdate,
  moment: Moment,
): Applied {
  const before = stored?.operation ?? begun(update, moment);
  const about = aboutOperation(before);
  if (update.Action === 'CANCEL') {
    const operation = { ...before, Status: 'CANCELLED', EndTimestamp: moment.nowMs };
    const details = update.Error === undefined ? {} : { Error: toldError(update.Error) };
    return {
      change: changeOf(stored, operation),
      event: { ...about, EventType: 'WaitCancelled', WaitCancelledDetails: details },
    };
  }
  const waitSeconds = update.WaitOptions?.WaitSeconds ?? 0;
  const ScheduledEndTimestamp = moment.nowMs + waitSeconds * SECOND_MS;
  const operation = { ...before, WaitDetails: { ScheduledEndTimestamp } };
  const dueAtMs = moment.steadyMs + waitSeconds * SECOND_MS;
  const WaitStartedDetails = { Duration: waitSeconds, ScheduledEndTimestamp };
  return {
    change: changeOf(stored, operation, { dueAtMs, more: { waitSeconds } }),
    event: { ...about, EventType: 'WaitStarted', WaitStartedDetails },
  };
}

function startCallback(update: OperationUpdate, moment: Moment, CallbackId: string): Applied {
  const { TimeoutSeconds = 0, HeartbeatTimeoutSeconds = 0 } = update.CallbackOptions ?? {};
  const { steadyMs } = moment;
  const more = {
    ...(TimeoutSeconds > 0 ? { timeoutAtMs: steadyMs + TimeoutSeconds * SECOND_MS } : {}),
    ...(HeartbeatTimeoutSeconds > 0
      ? {
          heartbeatSeconds: HeartbeatTimeoutSeconds,
          heartbeatAtMs: steadyMs + HeartbeatTimeoutSeconds * SECOND_MS,
        }
      : {}),
  };
  const operation = { ...begun(update, moment), CallbackDetails: { CallbackId } };
  const CallbackStartedDetails = {
    CallbackId,
    ...(HeartbeatTimeoutSeconds > 0 ? { HeartbeatTimeout: HeartbeatTimeoutSeconds } : {}),
    ...(TimeoutSeconds > 0 ? { Timeout: TimeoutSeconds } : {}),
  };
  return {
    change: changeOf(undefined, operation, { more, ...callbackDue(more) }),
    event: { ...aboutOperation(operation), EventType: 'CallbackStarted', CallbackStartedDetails },
  };
}

/** When a callback times out, by whichever of its timeouts comes first. */
export function callbackDue({
  timeoutAtMs = Infinity,
  heartbeatAtMs = Infinity,
}: StoredOperation['more']): { readonly dueAtMs?: number } {
  const dueAtMs = Math.min(timeoutAtMs, heartbeatAtMs);
  return dueAtMs === Infinity ? {} : { dueAtMs };
}
