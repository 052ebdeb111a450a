/** Runs a function with a batch, once. */
import { AwsError } from '#aws/errors.ts';
import { collectBytes } from '#kernel/bytes.ts';
import type { InvocationSource, Invoker, Outcome } from '#ports/peers/invoker.ts';
import { StoreFailed } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';

import { SYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { FunctionAddress } from '../model/address.ts';
import type { InvocationsInHand } from './invocations-in-hand.ts';

export type BatchOutcome =
  | { readonly kind: 'returned'; readonly executedVersion: string; readonly payload: Uint8Array }
  | {
      readonly kind: 'failed';
      readonly executedVersion: string;
      readonly functionError: string;
      readonly payload: Uint8Array;
    }
  /** The function did not run: throttled, not ready, or gone. */
  | { readonly kind: 'refused'; readonly isGone: boolean };

export interface BatchInvocation {
  readonly target: FunctionAddress;
  readonly requestId: string;
  readonly payload: Uint8Array;
  readonly source: InvocationSource;
  readonly traceHeader?: string;
}

export interface InvokeBatchDependencies {
  readonly invoker: () => Invoker;
  readonly log: Log;
  readonly invocations: InvocationsInHand;
}

/**
 * Invokes and waits for the whole answer. What Invoke refuses is an outcome, and so is an error of ours: the batch
 * is tried again later.
 * @throws StoreFailed; the signal's reason
 */
export async function invokeBatch(
  { invoker, log, invocations }: InvokeBatchDependencies,
  { target, ...invocation }: BatchInvocation,
  signal: AbortSignal,
): Promise<BatchOutcome> {
  const { requestId } = invocation;
  const whole = { ...target, ...invocation, responseMode: 'buffered' as const };
  let outcome: Outcome;
  try {
    outcome = await invocations.during({ target, requestId }, () =>
      invoker().invoke(whole, signal),
    );
  } catch (error) {
    if (error instanceof AwsError) {
      return { kind: 'refused', isGone: error.code === 'ResourceNotFoundException' };
    }
    if (signal.aborted || error instanceof StoreFailed) throw error;
    const { functionName } = target;
    log.error('a batch could not be tried', { functionName, requestId, error });
    return { kind: 'refused', isGone: false };
  }
  if (outcome.kind === 'throttled') return { kind: 'refused', isGone: false };
  const { executedVersion } = outcome;
  if (outcome.kind === 'failed') {
    // It may have ended with the server: then it has not been tried.
    signal.throwIfAborted();
    const { functionError, payload } = outcome;
    return { kind: 'failed', executedVersion, functionError, payload };
  }
  const payload = await collectBytes(outcome.payload, SYNCHRONOUS_PAYLOAD_BYTES_MAX * 2);
  return { kind: 'returned', executedVersion, payload };
}
