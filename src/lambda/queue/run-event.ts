/** One attempt at one event, and what follows from it. */
import { AwsError } from '#aws/errors.ts';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import type { Deliverer, DeliveryCheck } from '#ports/peers/deliverer.ts';
import type { Invoker, Outcome } from '#ports/peers/invoker.ts';
import type { MetricDatum, MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Queries, Transaction } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

import { SYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { FunctionAddress } from '../model/address.ts';
import { LATEST, qualifierKind } from '../model/address.ts';
import type { EventInvokeRecord } from '../model/records.ts';
import type { QueuedEvent } from '../store-queue.ts';
import { endEvent, postpone } from '../store-queue.ts';
import { aliases, eventInvokeConfigs, functions, versionNumber, versions } from '../store.ts';
import type { Attempt, Decision, RetryPolicy } from './decide.ts';
import { DEFAULT_RETRY_POLICY, decide, isExpired } from './decide.ts';
import type { End } from './invocation-record.ts';
import {
  deadLetterAttributes,
  destinationObjectKey,
  destinationPayload,
  functionArnOf,
} from './invocation-record.ts';

export interface RunnerDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: MetricSink;
  readonly deliverer: Deliverer;
  readonly invoker: () => Invoker;
  /** Told of each end after its commit; the simulator counts them. */
  readonly onEnd?: (end: AsyncEnd) => void;
}

export interface AsyncEnd {
  readonly id: string;
  readonly address: FunctionAddress;
  /** How it ended; `Dropped` where its function was gone. */
  readonly condition: End['condition'] | 'Dropped';
  readonly invokeCount: number;
}

/**
 * Tries a claimed event once and writes what became of it.
 * Answers true where Lambda refused to run it.
 */
export async function runEvent(
  dependencies: RunnerDependencies,
  event: QueuedEvent,
  signal: AbortSignal,
): Promise<boolean> {
  const { database, clock, metrics } = dependencies;
  const config = await database.read((queries) => configOf(queries, event.address));
  const policy = retryPolicyOf(config);
  const ageMs = clock.now() - event.acceptedAtMs;
  metrics.put([datum(event.address, clock.now(), ['AsyncEventAge', ageMs, 'Milliseconds'])]);
  const attempt: Attempt = isExpired(event, policy, clock.now())
    ? { kind: 'expired' }
    : await tryEvent(dependencies, event, signal);
  const nowMs = clock.now();
  const decision = decide(event, attempt, policy, nowMs);
  await database.transact((tx) => settle(dependencies, tx, event, decision));
  return attempt.kind === 'refused';
}

function configOf(
  queries: Queries,
  address: FunctionAddress,
): Promise<EventInvokeRecord | undefined> {
  const { functionName, qualifier = LATEST } = address;
  return eventInvokeConfigs.get(queries, address, functionName, qualifier);
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
  const { traceHeader } = event;
  const invocation = {
    ...event.address,
    requestId: event.id,
    payload: event.payload,
    source: 'invoke-async' as const,
    responseMode: 'buffered' as const,
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
  let outcome: Outcome;
  try {
    outcome = await dependencies.invoker().invoke(invocation, signal);
  } catch (error) {
    // What Invoke answers before a function runs is a reason to wait; all else is a bug.
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
    const { functionError } = outcome;
    return { kind: 'failed', executedVersion, functionError, payload: textOf(outcome.payload) };
  }
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
  decision: Decision,
): Promise<void> {
  if (decision.kind === 'retry') {
    await postpone(tx, event, decision);
    return;
  }
  if (!(await endEvent(tx, event))) return;
  const { id, address } = event;
  const isDropped = decision.kind === 'drop';
  const condition = isDropped ? 'Dropped' : decision.condition;
  const invokeCount = isDropped ? event.attempts : decision.invokeCount;
  tx.afterCommit(() => dependencies.onEnd?.({ id, address, condition, invokeCount }));
  if (condition !== 'Success') count(dependencies, tx, event, 'AsyncEventsDropped');
  if (!isDropped) await follow(dependencies, tx, event, decision);
}

/** Hands the ended event on: to its destination, and where it failed to its dead-letter queue. */
async function follow(
  dependencies: RunnerDependencies,
  tx: Transaction,
  event: QueuedEvent,
  end: End,
): Promise<void> {
  const { clock, random, deliverer } = dependencies;
  const source = {
    sourceArn: functionArnOf(event),
    sourceService: 'lambda.amazonaws.com',
    sourceAccountId: event.address.accountId,
  };
  const isSuccess = end.condition === 'Success';
  const config = await configOf(tx, event.address);
  const targetArn = isSuccess ? config?.onSuccess : config?.onFailure;
  if (targetArn !== undefined) {
    const stamp = { id: random.uuid(), nowMs: clock.now() };
    const payload = destinationPayload(event, end, targetArn, stamp);
    const isBucket = targetArn.startsWith('arn:aws:s3:');
    const options = isBucket ? { subject: destinationObjectKey(event, stamp) } : {};
    const check = await deliverer.deliver({ ...source, targetArn, payload, options }, tx);
    countUnlessDelivered(dependencies, tx, event, ['DestinationDeliveryFailures', check]);
  }
  const deadLetterArn = isSuccess ? undefined : await deadLetterArnOf(tx, event.address);
  if (deadLetterArn === undefined) return;
  const options = { attributes: deadLetterAttributes(event, end) };
  const letter = { ...source, targetArn: deadLetterArn, payload: event.payload, options };
  const check = await deliverer.deliver(letter, tx);
  countUnlessDelivered(dependencies, tx, event, ['DeadLetterErrors', check]);
}

/** The dead-letter queue is a setting of the version, also where an alias leads to it. */
async function deadLetterArnOf(
  queries: Queries,
  address: FunctionAddress,
): Promise<string | undefined> {
  const { functionName, qualifier = LATEST } = address;
  const alias =
    qualifierKind(qualifier) === 'alias'
      ? await aliases.get(queries, address, functionName, qualifier)
      : undefined;
  const number = versionNumber(alias?.functionVersion ?? qualifier);
  if (Number.isNaN(number)) return undefined;
  const version = await versions.get(queries, address, functionName, number);
  return version?.settings.DeadLetterConfig?.TargetArn;
}

function countUnlessDelivered(
  dependencies: RunnerDependencies,
  tx: Transaction,
  event: QueuedEvent,
  [name, check]: readonly [string, DeliveryCheck],
): void {
  if (check !== 'deliverable') count(dependencies, tx, event, name);
}

function count(
  dependencies: RunnerDependencies,
  tx: Transaction,
  event: QueuedEvent,
  name: string,
): void {
  const { metrics, clock } = dependencies;
  tx.afterCommit(() => metrics.put([datum(event.address, clock.now(), [name, 1, 'Count'])]));
}

/** One more event taken. */
export function countReceived(address: FunctionAddress, nowMs: number): MetricDatum {
  return datum(address, nowMs, ['AsyncEventsReceived', 1, 'Count']);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
function datum(
  address: FunctionAddress,
  timestampMs: number,
  [name, value, unit]: readonly [string, number, string],
): MetricDatum {
  const { accountId, region, functionName } = address;
  const dimensions = { FunctionName: functionName };
  return { accountId, region, namespace: 'AWS/Lambda', name, dimensions, value, unit, timestampMs };
}
