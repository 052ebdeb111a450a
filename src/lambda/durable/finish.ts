/** What follows from an invocation's end, in one transaction. */
import type { ErrorObject } from '#aws/models/lambda.types.gen.ts';
import { isObject, parseJson } from '#kernel/json.ts';

import { systemErrorDelayMs } from '../limits.ts';
import type { Draft } from './draft.ts';
import { endExecution, type EndDependencies } from './end.ts';
import { toldError } from './history.ts';
import {
  FAILURE_DELAY_MS_MAX,
  FAILURE_DELAY_MS_MIN,
  FAILURES_MAX,
  IDLE_ANSWERS_MAX,
} from './limits.ts';
import { isOver, resultBytesMax } from './model.ts';
import { enterPause } from './pause.ts';
import { idsChanged, standingsOf } from './store-operations.ts';

/** How an invocation went. */
export type InvocationEnd =
  | { readonly kind: 'answered'; readonly payload: string }
  /** The function failed, or broke off. */
  | { readonly kind: 'failed'; readonly error: ErrorObject }
  /** It did not run, and may later. */
  | { readonly kind: 'refused' }
  /** It never will. */
  | { readonly kind: 'gone'; readonly error: ErrorObject };

/** Ends the invocation of that id, where it still is the execution's own. */
export async function finishInvocation(
  dependencies: EndDependencies,
  draft: Draft,
  invocationId: string,
  end: InvocationEnd,
): Promise<void> {
  if (draft.execution.invocationId !== invocationId) return;
  const { invocationId: _, ...execution } = draft.execution;
  const { invocation, ...details } = execution.details;
  draft.change({ ...execution, details });
  const { nowMs } = draft.moment;
  if (end.kind === 'answered' || end.kind === 'failed') {
    await draft.tell({
      EventType: 'InvocationCompleted',
      InvocationCompletedDetails: {
        StartTimestamp: invocation?.startedAtMs ?? nowMs,
        EndTimestamp: nowMs,
        RequestId: invocationId,
        ...(end.kind === 'failed' ? { Error: toldError(end.error) } : {}),
      },
    });
  }
  // One that was paused amid its invocation is invoked again later, whatever that has come to.
  if (execution.status === 'PAUSED') draft.wake();
  else if (!isOver(execution.status)) {
    await decide(dependencies, draft, end, invocation?.changes ?? 0);
    if (draft.execution.status === 'PAUSING') await enterPause(draft);
  }
  await draft.save();
}

async function decide(
  dependencies: EndDependencies,
  draft: Draft,
  end: InvocationEnd,
  changesBefore: number,
): Promise<void> {
  const { failures, throttles } = draft.execution.details;
  const { steadyMs } = draft.moment;
  if (end.kind === 'gone') {
    await endExecution(dependencies, draft, { status: 'FAILED', error: end.error });
  } else if (end.kind === 'refused') {
    draft.note({ throttles: throttles + 1 });
    const invokeAtMs = steadyMs + systemErrorDelayMs(throttles);
    draft.change({ ...draft.execution, invokeAtMs });
  } else if (end.kind === 'answered') {
    await takeAnswer(dependencies, draft, end.payload, changesBefore);
  } else if (failures + 1 >= FAILURES_MAX) {
    await endExecution(dependencies, draft, { status: 'FAILED', error: end.error });
  } else {
    draft.note({ failures: failures + 1, throttles: 0 });
    const delayMs = FAILURE_DELAY_MS_MIN * 2 ** failures;
    const invokeAtMs = steadyMs + Math.min(FAILURE_DELAY_MS_MAX, delayMs);
    draft.change({ ...draft.execution, invokeAtMs });
  }
}

async function takeAnswer(
  dependencies: EndDependencies,
  draft: Draft,
  payload: string,
  changesBefore: number,
): Promise<void> {
  const answer = readAnswer(payload);
  const fail = (message: string): Promise<void> =>
    endExecution(dependencies, draft, { status: 'FAILED', error: invalidOutput(message) });
  if (typeof answer === 'string') return fail(answer);
  if (answer.status === 'PENDING') return wait(draft, changesBefore, fail);
  const { status, result, error } = answer;
  const bytesMax = resultBytesMax(draft.execution);
  if (Buffer.byteLength(result ?? '') > bytesMax) {
    return fail(`Execution output payload size must be less than or equal to ${bytesMax} bytes.`);
  }
  return endExecution(dependencies, draft, {
    status,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
  });
}

/**
 * Waits for the operations that are under way; what changed since the function was last told of it, or while it
 * decided to wait, is told at once.
 */
async function wait(
  draft: Draft,
  changesBefore: number,
  fail: (message: string) => Promise<void>,
): Promise<void> {
  const { id, details } = draft.execution;
  draft.note({ failures: 0, throttles: 0 });
  const unseen = await idsChanged(draft.tx, id, details.seenChanges);
  if (unseen.length > 0) {
    draft.note({ idleAnswers: 0 });
    return draft.wake();
  }
  const { isReady, isWaiting } = await standingsOf(draft.tx, id);
  // What is ready and seen may have been so too late for this invocation, not for each.
  if (isReady && details.idleAnswers + 1 < IDLE_ANSWERS_MAX) {
    draft.note({ idleAnswers: details.idleAnswers + 1 });
    return draft.wake();
  }
  if (isWaiting) {
    draft.note({ idleAnswers: 0 });
    return undefined;
  }
  if (details.changes > changesBefore && details.idleAnswers === 0) {
    draft.note({ idleAnswers: 1 });
    return draft.wake();
  }
  if (details.idleAnswers + 1 >= IDLE_ANSWERS_MAX) {
    return fail('Cannot return PENDING status with no pending operations.');
  }
  draft.note({ idleAnswers: details.idleAnswers + 1 });
  return draft.wake();
}

type Answer =
  | { readonly status: 'PENDING' }
  | {
      readonly status: 'SUCCEEDED' | 'FAILED';
      readonly result?: string;
      readonly error?: ErrorObject;
    };

/** What an invocation answered, or what is wrong with it. */
function readAnswer(payload: string): Answer | string {
  const answer = parseJson(payload);
  if (!isObject(answer)) return 'Invalid Status in invocation output.';
  const { Status, Result, Error: error } = answer;
  if (Status === 'PENDING') return { status: 'PENDING' };
  if (Status !== 'SUCCEEDED' && Status !== 'FAILED') return 'Invalid Status in invocation output.';
  const hasResult = typeof Result === 'string';
  const hasError = isObject(error);
  if (Status === 'FAILED' && hasResult) return 'Cannot provide a Result for FAILED status.';
  if (Status === 'SUCCEEDED' && hasError) return 'Cannot provide an Error for SUCCEEDED status.';
  return {
    status: Status,
    ...(hasResult ? { result: Result } : {}),
    ...(hasError ? { error: errorOf(error) } : {}),
  };
}

/** The members of an error that are of their kinds. */
function errorOf(error: Readonly<Record<string, unknown>>): ErrorObject {
  const { ErrorMessage, ErrorType, ErrorData, StackTrace } = error;
  return {
    ...(typeof ErrorMessage === 'string' ? { ErrorMessage } : {}),
    ...(typeof ErrorType === 'string' ? { ErrorType } : {}),
    ...(typeof ErrorData === 'string' ? { ErrorData } : {}),
    ...(Array.isArray(StackTrace) ? { StackTrace: linesOf(StackTrace) } : {}),
  };
}

/** Its lines of text: a function may send anything, of which not all can be made text. */
function linesOf(lines: readonly unknown[]): readonly string[] {
  return lines.filter((line) => typeof line === 'string');
}

function invalidOutput(ErrorMessage: string): ErrorObject {
  return { ErrorType: 'InvalidParameterValueException', ErrorMessage };
}

/** A function's error, as Lambda tells it, as an execution's. */
export function errorOfPayload(payload: string): ErrorObject {
  const error = parseJson(payload);
  if (!isObject(error)) return { ErrorMessage: payload };
  const { errorType, errorMessage, stackTrace, trace } = error;
  const lines = Array.isArray(stackTrace) ? stackTrace : trace;
  return {
    ...(typeof errorType === 'string' ? { ErrorType: errorType } : {}),
    ...(typeof errorMessage === 'string' ? { ErrorMessage: errorMessage } : {}),
    ...(Array.isArray(lines) ? { StackTrace: linesOf(lines) } : {}),
  };
}
