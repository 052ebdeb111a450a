/** What the operations on event source mappings work with. */
import type { RequestContext } from '#aws/operation.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import type { EventSource } from '#ports/peers/event-source.ts';
import type { StreamReader } from '#ports/peers/stream-reader.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Queries, Transaction } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

import { checkDurable, durableOf } from '../../durable/index.ts';
import { resourceNotFound } from '../../errors.ts';
import {
  parseFunctionReference,
  qualifierKind,
  type FunctionAddress,
} from '../../model/address.ts';
import type { Scope } from '../../model/records.ts';
import { refuseTenants } from '../../model/tenancy.ts';
import { aliases, functions, versionNumber, versions } from '../../store.ts';
import {
  duplicateMapping,
  functionMissing,
  queueMissing,
  streamMissing,
  visibilityTooShort,
} from '../errors.ts';
import { sourceKind, stateOf, type MappingRecord } from '../model.ts';
import { mappings } from '../store.ts';

export interface MappingOperationsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  readonly sqsSource: (arn: string) => EventSource;
  /** By the service in the stream's ARN: `dynamodb`, `kinesis`. */
  readonly streamReaders: Readonly<Record<string, StreamReader>>;
  /** Where policies are evaluated. */
  readonly access?: AccessControl;
  /** How long a change shows as under way, in ms. */
  readonly settleMs: number;
}

/** The topic on which changes of mappings are told. */
export const MAPPINGS_TOPIC = 'lambda/event-source-mappings';

/**
 * The function that a request names.
 * @throws AwsError InvalidParameterValueException where it is missing
 */
export function targetOf(context: RequestContext, functionName: string): FunctionAddress {
  const reference = parseFunctionReference(functionName);
  const { accountId, region } = context;
  const isOwn =
    (reference?.accountId ?? accountId) === accountId && (reference?.region ?? region) === region;
  if (reference === undefined || !isOwn) throw functionMissing();
  return { ...reference, accountId, region };
}

/**
 * How long the function may run, in seconds. A durable one is mapped by a qualified name, and its executions last 15
 * minutes at most, as a batch is waited for; refused as its invocations are.
 * @see https://github.com/anomalyco/sst/issues/6700
 * @throws AwsError InvalidParameterValueException where function, version or alias is missing
 */
export async function timeoutSecondsOf(queries: Queries, target: FunctionAddress): Promise<number> {
  const { functionName, qualifier = '$LATEST' } = target;
  const found = await functions.get(queries, target, functionName);
  if (found === undefined) throw functionMissing();
  const alias =
    qualifierKind(qualifier) === 'alias'
      ? await aliases.get(queries, target, functionName, qualifier)
      : undefined;
  const number = versionNumber(alias?.functionVersion ?? qualifier);
  const version = Number.isNaN(number)
    ? undefined
    : await versions.get(queries, target, functionName, number);
  if (version === undefined) throw functionMissing();
  refuseTenants(version.settings, 'An event source mapping');
  const durable = durableOf(version.settings);
  if (durable !== undefined) checkDurable(durable, target.qualifier, false);
  return version.settings.Timeout;
}

/**
 * Looks at a queue before it is mapped.
 * @throws AwsError InvalidParameterValueException where it is missing, or shows messages again too soon
 */
export async function checkQueue(
  { sqsSource }: MappingOperationsDependencies,
  arn: string,
  timeoutSeconds: number,
): Promise<void> {
  if (sourceKind(arn) !== 'sqs') return;
  const queue = await sqsSource(arn).describe();
  if (queue === undefined) throw queueMissing();
  const visibilitySeconds = queue.visibilityTimeoutMs / 1000;
  if (visibilitySeconds < timeoutSeconds)
    throw visibilityTooShort(visibilitySeconds, timeoutSeconds);
}

/**
 * Where a mapping that starts at LATEST begins to read each shard.
 * @throws AwsError InvalidParameterValueException where the stream is missing
 */
export async function latestOf(
  { streamReaders }: MappingOperationsDependencies,
  arn: string,
): Promise<Readonly<Record<string, string>>> {
  const kind = sourceKind(arn) ?? '';
  const shards = await streamReaders[kind]?.getShards(arn);
  if (shards === undefined) throw streamMissing(arn);
  const entries = shards.flatMap(({ shardId, latestSequenceNumber }) =>
    latestSequenceNumber === undefined ? [] : [[shardId, latestSequenceNumber] as const],
  );
  return Object.fromEntries(entries);
}

/**
 * A mapping that is there.
 * @throws AwsError ResourceNotFoundException
 */
export async function loadMapping(
  queries: Queries,
  scope: Scope,
  uuid: string,
  steadyMs: number,
): Promise<MappingRecord> {
  const found = await mappings.get(queries, scope, uuid);
  if (found === undefined || stateOf(found, steadyMs) === undefined) throw resourceNotFound();
  return found;
}

/** @throws AwsError ResourceConflictException where another mapping joins the same source and function */
export async function checkUnique(
  queries: Queries,
  mapping: MappingRecord,
  steadyMs: number,
): Promise<void> {
  const { eventSourceArn, target, uuid } = mapping;
  const rows = await queries.all<{ document: string }>(
    'SELECT document FROM lambda_event_source_mappings ' +
      'WHERE account_id = $1 AND region = $2 AND event_source_arn = $3 AND function_name = $4',
    mapping.accountId,
    mapping.region,
    eventSourceArn,
    target.functionName,
  );
  const twin = rows
    .map((row) => JSON.parse(row.document) as MappingRecord) // Only `put` writes them.
    .filter((other) => other.uuid !== uuid && stateOf(other, steadyMs) !== undefined)
    .find((other) => other.target.qualifier === target.qualifier);
  if (twin !== undefined) throw duplicateMapping(twin);
}

/** Writes a mapping and tells the loop of it after the commit. */
export async function saveMapping(
  { wakeups }: Pick<MappingOperationsDependencies, 'wakeups'>,
  tx: Transaction,
  mapping: MappingRecord,
): Promise<void> {
  await mappings.put(tx, mapping, mapping);
  tx.afterCommit(() => wakeups.notify(MAPPINGS_TOPIC));
}
