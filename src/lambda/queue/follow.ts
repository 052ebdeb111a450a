/** What follows from an event's end: its destination, and its dead letter where it failed. */
import { parseArn } from '#kernel/arn.ts';
import type {
  Deliverer,
  Delivery,
  DeliveryCheck,
  DeliveryOptions,
} from '#ports/peers/deliverer.ts';
import type { MetricDatum, MetricSink } from '#ports/peers/metric-sink.ts';
import type { RoleDirectory } from '#ports/peers/role-directory.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

import { RECURSION_COUNT_MAX } from '../limits.ts';
import type { FunctionAddress } from '../model/address.ts';
import { LATEST, addressOfArn, functionArn, qualifierKind } from '../model/address.ts';
import { passagesOf } from '../model/lineage.ts';
import { rootOf } from '../model/trace-header.ts';
import type { EventInvokeRecord } from '../model/records.ts';
import type { QueuedEvent } from '../store-queue.ts';
import { aliases, eventInvokeConfigs, versionNumber, versions } from '../store.ts';
import type { End } from './invocation-record.ts';
import { senderIdOf } from './sender-id.ts';
import {
  deadLetterAttributes,
  destinationObjectKey,
  destinationPayload,
  functionArnOf,
  TOO_LARGE,
} from './invocation-record.ts';

export interface FollowDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: MetricSink;
  readonly deliverer: Deliverer;
  readonly roles?: RoleDirectory;
}

/** An event that has ended, and what is configured for that. */
export interface EndedEvent {
  readonly event: QueuedEvent;
  readonly end: End;
  readonly config: EventInvokeRecord | undefined;
}

/**
 * Hands the ended event on: to its destination, and where it failed to its dead-letter queue. Answers whether
 * there is either.
 */
export async function follow(
  dependencies: FollowDependencies,
  tx: Transaction,
  { event, end, config }: EndedEvent,
): Promise<boolean> {
  const { clock, random, deliverer } = dependencies;
  const deliver = async (delivery: Delivery): Promise<DeliveryCheck> => {
    const isQueue = parseArn(delivery.targetArn)?.service === 'sqs';
    const sender = isQueue ? await senderIdOf(dependencies, tx, delivery.sourceArn) : {};
    return deliverer.deliver({ ...delivery, ...sender }, tx);
  };
  const source = {
    sourceArn: functionArnOf(event),
    sourceService: 'lambda.amazonaws.com',
    sourceAccountId: event.address.accountId,
  };
  const isSuccess = end.condition === 'Success';
  const targetArn = isSuccess ? config?.onSuccess : config?.onFailure;
  if (targetArn !== undefined) {
    const stamp = { id: random.uuid(), nowMs: clock.now() };
    const payload = destinationPayload(event, end, targetArn, stamp);
    const isBucket = targetArn.startsWith('arn:aws:s3:');
    const options = {
      ...(isBucket ? { subject: destinationObjectKey(event, stamp) } : {}),
      ...chainOf(event, targetArn),
    };
    const isKept = payload === TOO_LARGE || goesRound(event, end, targetArn);
    const check = isKept ? 'forbidden' : await deliver({ ...source, targetArn, payload, options });
    countUnlessDelivered(dependencies, tx, event, ['DestinationDeliveryFailures', check]);
  }
  const deadLetterArn = isSuccess ? undefined : await deadLetterArnOf(tx, event.address);
  if (deadLetterArn === undefined) return targetArn !== undefined;
  const options = {
    attributes: deadLetterAttributes(event, end),
    ...chainOf(event, deadLetterArn),
  };
  const letter = { ...source, targetArn: deadLetterArn, payload: event.payload, options };
  const check = await deliver(letter);
  countUnlessDelivered(dependencies, tx, event, ['DeadLetterErrors', check]);
  return true;
}

/**
 * Functions are told the chain of invocations that led to them, so that a loop of destinations ends; all others
 * the trace alone. Recorded in `lambda: TestLambdaConcurrency::test_reserved_concurrency`.
 */
function chainOf({ traceHeader }: QueuedEvent, targetArn: string): DeliveryOptions {
  if (parseArn(targetArn)?.service === 'lambda') return { traceHeader };
  const root = rootOf(traceHeader);
  return root === undefined ? {} : { traceHeader: root };
}

/** True for the destination of a stopped event where it is a function that the chain is to be stopped at. */
function goesRound({ traceHeader }: QueuedEvent, end: End, targetArn: string): boolean {
  const target = addressOfArn(targetArn);
  if (end.condition !== 'RecursiveInvocation' || target === undefined) return false;
  return passagesOf(traceHeader, functionArn(target)) >= RECURSION_COUNT_MAX;
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
  const version = await versions.get(queries, address, functionName, number);
  return version?.settings.DeadLetterConfig?.TargetArn;
}

function countUnlessDelivered(
  dependencies: FollowDependencies,
  tx: Transaction,
  event: QueuedEvent,
  [name, check]: readonly [string, DeliveryCheck],
): void {
  if (check !== 'deliverable') count(dependencies, tx, event, name);
}

/** Counts one event under a metric's name, after the commit. */
export function count(
  dependencies: FollowDependencies,
  tx: Transaction,
  { address }: Pick<QueuedEvent, 'address'>,
  name: string,
): void {
  const { metrics, clock } = dependencies;
  tx.afterCommit(() => metrics.put([datum(address, clock.now(), [name, 1, 'Count'])]));
}

/** What is configured for the asynchronous events of a function, version or alias. */
export function eventInvokeConfigOf(
  queries: Queries,
  address: FunctionAddress,
): Promise<EventInvokeRecord | undefined> {
  const { functionName, qualifier = LATEST } = address;
  return eventInvokeConfigs.get(queries, address, functionName, qualifier);
}

/** One more event taken. */
export function countReceived(address: FunctionAddress, nowMs: number): MetricDatum {
  return datum(address, nowMs, ['AsyncEventsReceived', 1, 'Count']);
}

/** One invocation that was stopped because it came round in a loop. */
export function countStopped(address: FunctionAddress, nowMs: number): MetricDatum {
  return datum(address, nowMs, ['RecursiveInvocationsDropped', 1, 'Count']);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function datum(
  address: FunctionAddress,
  timestampMs: number,
  [name, value, unit]: readonly [string, number, string],
): MetricDatum {
  const { accountId, region, functionName } = address;
  const dimensions = { FunctionName: functionName };
  return { accountId, region, namespace: 'AWS/Lambda', name, dimensions, value, unit, timestampMs };
}
