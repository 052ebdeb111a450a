/** The three answers to a callback, which whoever has its id may give. */
import type { Operations } from '#aws/models/lambda.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { textOf } from '#kernel/bytes.ts';
import { SECOND_MS } from '#kernel/units.ts';

import { callbackDue } from '../apply-update.ts';
import { checkErrorSize } from '../check-updates.ts';
import type { DurableDependencies } from '../dependencies.ts';
import { TOPIC } from '../dependencies.ts';
import { Draft, momentOf } from '../draft.ts';
import { callbackClosed, invalidCallback } from '../errors.ts';
import { lookUp } from '../find.ts';
import type { StoredOperation } from '../model.ts';
import { isOver } from '../model.ts';
import { parseCallbackId } from '../names.ts';
import { type CallbackEnd, endCallback } from '../timers.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackSuccess.html */
export function sendDurableExecutionCallbackSuccess(
  dependencies: DurableDependencies,
): Operations['SendDurableExecutionCallbackSuccess'] {
  return async (context, { CallbackId, Result }) => {
    const text = Result === undefined || Result.byteLength === 0 ? undefined : textOf(Result);
    const result = text === undefined ? {} : { Result: text };
    await answer(dependencies, context, CallbackId, { Status: 'SUCCEEDED', ...result });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackFailure.html */
export function sendDurableExecutionCallbackFailure(
  dependencies: DurableDependencies,
): Operations['SendDurableExecutionCallbackFailure'] {
  return async (context, { CallbackId, Error: error = {} }) => {
    checkErrorSize(error);
    await answer(dependencies, context, CallbackId, { Status: 'FAILED', Error: error });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackHeartbeat.html */
export function sendDurableExecutionCallbackHeartbeat(
  dependencies: DurableDependencies,
): Operations['SendDurableExecutionCallbackHeartbeat'] {
  return async (context, { CallbackId }) => {
    await withCallback(dependencies, context, CallbackId, async (draft, stored) => {
      const { order, changed, operation, more } = stored;
      const { heartbeatSeconds } = more;
      if (heartbeatSeconds === undefined) return;
      const heartbeatAtMs = draft.moment.steadyMs + heartbeatSeconds * SECOND_MS;
      const later = { ...more, heartbeatAtMs };
      const due = callbackDue(later);
      await draft.put({ order, changed, operation, isClaimed: false, more: later, ...due });
    });
    return {};
  };
}

async function answer(
  dependencies: DurableDependencies,
  context: RequestContext,
  callbackId: string,
  end: CallbackEnd,
): Promise<void> {
  await withCallback(dependencies, context, callbackId, async (draft, stored) => {
    await endCallback(draft, stored, end);
    draft.wake();
  });
}

/** @throws AwsError InvalidParameterValueException; CallbackTimeoutException for one that is over, or none */
async function withCallback(
  { database, clock, wakeups }: DurableDependencies,
  context: RequestContext,
  callbackId: string,
  work: (draft: Draft, stored: StoredOperation) => Promise<void>,
): Promise<void> {
  await database.transact(async (tx) => {
    const name = parseCallbackId(callbackId);
    if (name === undefined) throw invalidCallback();
    const execution = await lookUp(tx, context, name.executionArn);
    if (execution === undefined) throw callbackClosed();
    const draft = new Draft(tx, momentOf(clock), execution);
    const stored = await draft.find(name.operationId);
    if (stored?.operation.CallbackDetails?.CallbackId !== callbackId) throw callbackClosed();
    const isLate = stored.dueAtMs !== undefined && stored.dueAtMs <= draft.moment.steadyMs;
    if (isLate || isOver(stored.operation.Status) || isOver(execution.status)) {
      throw callbackClosed();
    }
    await work(draft, stored);
    await draft.save();
    tx.afterCommit(() => wakeups.notify(TOPIC));
  });
}
