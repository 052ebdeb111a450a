/** What becomes of an asynchronous event after an attempt. Pure. */
import {
  EVENT_AGE_MS_MAX,
  EVENT_RETRIES_MAX,
  FUNCTION_ERROR_DELAYS_MS,
  systemErrorDelayMs,
} from '../limits.ts';
import type { FunctionFailure, Postponement, QueuedEvent } from '../store-queue.ts';

/** How an attempt went. */
export type Attempt =
  | { readonly kind: 'succeeded'; readonly executedVersion: string; readonly payload: string }
  | ({ readonly kind: 'failed' } & FunctionFailure)
  /** Throttled, or Lambda's own trouble: the function did not run. */
  | { readonly kind: 'refused'; readonly isForGood: boolean }
  /** Nobody tried: the event came round in a loop too often. */
  | { readonly kind: 'recursive' }
  /** Nobody tried: the event was too old. */
  | { readonly kind: 'expired' }
  /** The function, version or alias is gone. */
  | { readonly kind: 'gone' }
  /** A durable execution has begun with it. */
  | { readonly kind: 'handed-over' };

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export type Condition =
  | 'Success'
  | 'RetriesExhausted'
  | 'EventAgeExceeded'
  | 'ZeroReservedConcurrency'
  /** Our word: AWS does not tell how it calls the end of a loop. */
  | 'RecursiveInvocation';

export type Decision =
  | ({ readonly kind: 'retry' } & Postponement)
  | {
      readonly kind: 'end';
      readonly condition: Condition;
      /** How often the function ran. */
      readonly invokeCount: number;
      readonly response?: Omit<FunctionFailure, 'functionError'> & {
        readonly functionError?: string;
      };
    }
  | { readonly kind: 'drop' }
  /** What follows from it follows from the end of its execution. */
  | { readonly kind: 'hand-over' };

export interface RetryPolicy {
  readonly retriesMax: number;
  readonly ageMsMax: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  retriesMax: EVENT_RETRIES_MAX,
  ageMsMax: EVENT_AGE_MS_MAX,
};

/** True once the event may not be tried any more. */
export function isExpired(event: QueuedEvent, policy: RetryPolicy, nowMs: number): boolean {
  return nowMs - event.acceptedAtMs >= policy.ageMsMax;
}

/**
 * A function's error is tried again after 60 and 120 s; what could not run, after 1 s and then twice as long
 * each time, up to 5 min.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function decide(
  event: QueuedEvent,
  attempt: Attempt,
  policy: RetryPolicy,
  nowMs: number,
): Decision {
  const deadlineMs = event.acceptedAtMs + policy.ageMsMax;
  if (attempt.kind === 'gone') return { kind: 'drop' };
  if (attempt.kind === 'handed-over') return { kind: 'hand-over' };
  if (attempt.kind === 'succeeded') {
    const { executedVersion, payload } = attempt;
    const response = { executedVersion, payload };
    return { kind: 'end', condition: 'Success', invokeCount: event.attempts + 1, response };
  }
  if (attempt.kind === 'recursive') return endWithLast(event, 'RecursiveInvocation');
  if (attempt.kind === 'expired') return endWithLast(event, 'EventAgeExceeded');
  if (attempt.kind === 'refused') {
    if (attempt.isForGood) return endWithLast(event, 'ZeroReservedConcurrency');
    const { attempts, throttles, lastFailure } = event;
    const delayedMs = nowMs + systemErrorDelayMs(throttles);
    const dueAtMs = Math.min(delayedMs, Math.max(nowMs, deadlineMs));
    const last = lastFailure === undefined ? {} : { lastFailure };
    return { kind: 'retry', dueAtMs, attempts, throttles: throttles + 1, ...last };
  }
  const attempts = event.attempts + 1;
  const { executedVersion, functionError, payload } = attempt;
  const lastFailure = { executedVersion, functionError, payload };
  const delayMs = FUNCTION_ERROR_DELAYS_MS[attempts - 1];
  if (attempts > policy.retriesMax || delayMs === undefined) {
    const condition = 'RetriesExhausted';
    return { kind: 'end', condition, invokeCount: attempts, response: lastFailure };
  }
  if (nowMs + delayMs > deadlineMs) {
    const condition = 'EventAgeExceeded';
    return { kind: 'end', condition, invokeCount: attempts, response: lastFailure };
  }
  return { kind: 'retry', dueAtMs: nowMs + delayMs, attempts, throttles: 0, lastFailure };
}

function endWithLast(event: QueuedEvent, condition: Condition): Decision {
  const response = event.lastFailure === undefined ? {} : { response: event.lastFailure };
  return { kind: 'end', condition, invokeCount: event.attempts, ...response };
}
