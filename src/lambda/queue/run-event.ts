/** One attempt at one event, and what follows from it. */
import { AwsError } from '#aws/errors.ts';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Invoker, Outcome } from '#ports/peers/invoker.ts';
import type { RoleDirectory } from '#ports/peers/role-directory.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import { StoreFailed, type Database, type Transaction } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import { untilDone } from '#ports/world/until-done.ts';

import { EVENT_AGE_MS_MAX_MIN, SYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { FunctionAddress } from '../model/address.ts';
import type { EventInvokeRecord } from '../model/records.ts';
import type { QueuedEvent } from '../store-queue.ts';
import { endEvent, postpone } from '../store-queue.ts';
import { functions } from '../store.ts';
import type { Attempt, Decision, RetryPolicy } from './decide.ts';
import { DEFAULT_RETRY_POLICY, decide, isExpired } from './decide.ts';
import { isLoopToStop } from './recursion.ts';
import { count, datum, eventInvokeConfigOf, follow } from './follow.ts';
import type { End } from './invocation-record.ts';

export interface RunnerDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly metrics: MetricSink;
  readonly deliverer: Deliverer;
  readonly roles?: RoleDirectory;
  readonly invoker: () => Invoker;
  /** Told of each end after its commit; the simulator counts them. */
  readonly onEnd?: (end: AsyncEnd) => void;
}

export interface AsyncEnd {
  readonly id: string;
  readonly address: FunctionAddress;
  /** How it ended; `Dropped` where its function was gone, `HandedOver` where a durable execution began with it. */
  readonly condition: End['condition'] | 'Dropped' | 'HandedOver';
  readonly invokeCount: number;
}

/** What became of an attempt: the event's end, another attempt later, or that Lambda refused to run it. */
export type RunEnd = 'over' | 'postponed' | 'refused';

/**
 * Tries a claimed event once and writes what became of it, however long the store refuses that.
 * @throws StoreFailed; the signal's reason
 */
export async function runEvent(
  dependencies: RunnerDependencies,
  event: QueuedEvent,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { clock, log, metrics } = dependencies;
  const ageMs = clock.steadyMs() - event.acceptedAtMs;
  metrics.put([datum(event.address, clock.now(), ['AsyncEventAge', ageMs, 'Milliseconds'])]);
  const attempt = await attemptOf(dependencies, event, ageMs, signal);
  const nowMs = clock.steadyMs();
  const patience = { clock, log, signal, what: 'to store the end of an asynchronous event' };
  return untilDone(patience, () =>
    dependencies.database.transact(async (tx) => {
      const config = await eventInvokeConfigOf(tx, event.address);
      const decision = decide(event, attempt, retryPolicyOf(config), nowMs);
      await settle(dependencies, tx, event, { decision, config });
      if (attempt.kind === 'refused') return 'refused';
      return decision.kind === 'retry' ? 'postponed' : 'over';
    }),
  );
}

/** An error of ours is trouble of Lambda's: the event is tried again later. */
async function attemptOf(
  dependencies: RunnerDependencies,
  event: QueuedEvent,
  ageMs: number,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    if (await isTooOld(dependencies, event, ageMs)) return { kind: 'expired' };
    const { address, traceHeader } = event;
    const isLoop = await isLoopToStop(dependencies.database, address, traceHeader);
    return isLoop ? { kind: 'recursive' } : await tryEvent(dependencies, event, signal);
  } catch (error) {
    if (signal.aborted || error instanceof StoreFailed) throw error;
    dependencies.log.error('an asynchronous event could not be tried', { id: event.id, error });
    return { kind: 'refused', isForGood: false };
  }
}

/** Asks for the configured age only where an event is as old as the smallest that can be configured. */
async function isTooOld(
  { database, clock }: RunnerDependencies,
  event: QueuedEvent,
  ageMs: number,
): Promise<boolean> {
  if (ageMs < EVENT_AGE_MS_MAX_MIN) return false;
  const config = await database.read((queries) => eventInvokeConfigOf(queries, event.address));
  return isExpired(event, retryPolicyOf(config), clock.steadyMs());
}

function retryPolicyOf(config: EventInvokeRecord | undefined): RetryPolicy {
  const { retriesMax, ageMsMax } = DEFAULT_RETRY_POLICY;
  const seconds = config?.maximumEventAgeSeconds;
  return {
    retriesMax: config?.maximumRetryAttempts ?? retriesMax,
    ageMsMax: seconds === undefined ? ageMsMax : seconds * 1000,
  };
}

async function tryEvent(
  dependencies: RunnerDependencies,
  event: QueuedEvent,
  signal: AbortSignal,
): Promise<Attempt> {
  const invocation = {
    ...event.address,
    requestId: event.id,
    payload: event.payload,
    source: 'invoke-async' as const,
    responseMode: 'buffered' as const,
    traceHeader: event.traceHeader,
    ...(event.tenantId === undefined ? {} : { tenantId: event.tenantId }),
  };
  let outcome: Outcome;
  try {
    outcome = await dependencies.invoker().invoke(invocation, signal);
  } catch (error) {
    // What Invoke answers before a function runs is a reason to wait.
    if (!(error instanceof AwsError)) throw error;
    const isGone = error.code === 'ResourceNotFoundException';
    return isGone ? { kind: 'gone' } : { kind: 'refused', isForGood: false };
  }
  if (outcome.kind === 'throttled') {
    const isForGood = await hasNoConcurrency(dependencies.database, event.address);
    return { kind: 'refused', isForGood };
  }
  const { executedVersion } = outcome;
  if (outcome.kind === 'failed') {
    // It may have ended with the server: then it has not been tried.
    signal.throwIfAborted();
    const { functionError } = outcome;
    return { kind: 'failed', executedVersion, functionError, payload: textOf(outcome.payload) };
  }
  if (outcome.isHandedOver === true) return { kind: 'handed-over' };
  const bytes = await collectBytes(outcome.payload, SYNCHRONOUS_PAYLOAD_BYTES_MAX * 2);
  return { kind: 'succeeded', executedVersion, payload: textOf(bytes) };
}

/** True for a function that reserves nothing for itself: it will not run until that changes. */
async function hasNoConcurrency(database: Database, address: FunctionAddress): Promise<boolean> {
  const record = await database.read((queries) =>
    functions.get(queries, address, address.functionName),
  );
  return record?.reservedConcurrency === 0;
}

async function settle(
  dependencies: RunnerDependencies,
  tx: Transaction,
  event: QueuedEvent,
  { decision, config }: { decision: Decision; config: EventInvokeRecord | undefined },
): Promise<void> {
  if (decision.kind === 'retry') {
    await postpone(tx, event, decision);
    return;
  }
  if (!(await endEvent(tx, event))) return;
  const { id, address } = event;
  const isEnd = decision.kind === 'end';
  const word = decision.kind === 'drop' ? 'Dropped' : 'HandedOver';
  const condition = isEnd ? decision.condition : word;
  const invokeCount = isEnd ? decision.invokeCount : event.attempts;
  tx.afterCommit(() => dependencies.onEnd?.({ id, address, condition, invokeCount }));
  if (condition === 'HandedOver') return;
  if (condition !== 'Success') count(dependencies, tx, event, 'AsyncEventsDropped');
  if (condition === 'RecursiveInvocation') {
    count(dependencies, tx, event, 'RecursiveInvocationsDropped');
  }
  if (isEnd) await follow(dependencies, tx, { event, end: decision, config });
}
