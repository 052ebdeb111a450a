/**
 * Takes the records of one lane of a shard through the function, in order, until each is done.
 * I1 A record is done once: handled, or given up by age or after its last try.
 * I2 Nothing is tried behind a record that is neither.
 */
import type { Transaction } from '#ports/world/database.ts';
import { SECOND_MS } from '#kernel/units.ts';

import { payloadOf, type PackedRecord } from '../batch-payload.ts';
import { failedIdsOf } from '../batch-response.ts';
import type { SourcesDependencies } from '../dependencies.ts';
import type { InvocationsInHand } from '../invocations-in-hand.ts';
import { invokeBatch, type BatchInvocation, type BatchOutcome } from '../invoke-batch.ts';
import { retryDelayMs } from '../limits.ts';
import { countEvents, measureIteratorAge } from '../metrics.ts';
import { sourceKind, type MappingRecord } from '../model.ts';
import { giveUp } from './give-up.ts';
import type { GiveUpCondition, GivenUp } from './on-failure.ts';

export type LaneDependencies = SourcesDependencies & { readonly invocations: InvocationsInHand };

export interface Lane {
  readonly mapping: MappingRecord;
  readonly shardId: string;
  /** Ends what is in hand. */
  readonly signal: AbortSignal;
  isStopped(): boolean;
  /** What the event says beside the records. */
  members(): Readonly<Record<string, unknown>>;
  /** False for an answer that lacks what the mapping asks of it. */
  isWhole(payload: Uint8Array): boolean;
  /** Told of each answer that has handled at least one record, or all of none. */
  answered(payload: Uint8Array): void;
  /** Waits, shorter where the lane is stopped. */
  pause(delayMs: number): Promise<void>;
  /** Writes that records are done, and what goes with that, in one transaction. */
  settle(
    records: readonly PackedRecord[],
    result: string,
    also?: (tx: Transaction) => Promise<void>,
  ): Promise<void>;
  /** Notes what LastProcessingResult shall say. */
  note(result: string): Promise<void>;
}

/** Records that are to be tried together. */
interface Try {
  readonly records: readonly PackedRecord[];
  /** Failures of these records, together. */
  readonly failures: number;
  readonly refusals: number;
  readonly requestId: string;
  readonly response?: GivenUp['response'];
}

export const OK = 'OK';
export const CALL_FAILED = 'PROBLEM: Function call failed';

/** Returns once all records are done, or the lane was stopped. */
export async function processRecords(
  dependencies: LaneDependencies,
  lane: Lane,
  records: readonly PackedRecord[],
): Promise<void> {
  const requestId = dependencies.random.uuid();
  let pending: readonly Try[] = [{ records, failures: 0, refusals: 0, requestId }];
  while (!lane.isStopped()) {
    const [current, ...rest] = pending;
    if (current === undefined) return;
    pending = [...(await step(dependencies, lane, current)), ...rest];
  }
}

/** Tries once, or gives up; answers what is left of the records, in order. */
async function step(
  dependencies: LaneDependencies,
  lane: Lane,
  current: Try,
): Promise<readonly Try[]> {
  const { records } = current;
  const fresh = records.filter((record) => !isTooOld(lane.mapping, record, dependencies));
  if (fresh.length < records.length) {
    const old = records.filter((record) => !fresh.includes(record));
    await abandon(dependencies, lane, { ...current, records: old }, 'RecordAgeExceeded');
    return fresh.length === 0 ? [] : [{ ...current, records: fresh }];
  }
  const attempt = { ...current, requestId: dependencies.random.uuid() };
  const outcome = await invokeRecords(dependencies, lane, attempt);
  if (outcome.kind === 'refused') {
    const refusals = current.refusals + 1;
    await lane.note(CALL_FAILED);
    await lane.pause(retryDelayMs(refusals));
    return [{ ...current, refusals }];
  }
  const failedAt = firstFailure(lane, records, outcome);
  countEvents(dependencies, lane.mapping, {
    InvokedEventCount: records.length,
    FailedInvokeEventCount: failedAt === -1 ? 0 : records.length - failedAt,
  });
  if (outcome.kind === 'returned' && failedAt !== 0) lane.answered(outcome.payload);
  if (failedAt === -1) {
    await lane.settle(records, OK);
    return [];
  }
  const functionError = outcome.kind === 'failed' ? outcome.functionError : null;
  const response = { executedVersion: outcome.executedVersion, functionError };
  return afterFailure(dependencies, lane, { ...attempt, refusals: 0, response }, failedAt);
}

async function afterFailure(
  dependencies: SourcesDependencies,
  lane: Lane,
  current: Try,
  failedAt: number,
): Promise<readonly Try[]> {
  const { records } = current;
  const { BisectBatchOnFunctionError, MaximumRetryAttempts } = lane.mapping.settings;
  if (failedAt > 0) {
    // What is left is a batch of its own, with all its tries.
    await lane.settle(records.slice(0, failedAt), CALL_FAILED);
    await lane.pause(retryDelayMs(1));
    return [{ ...current, records: records.slice(failedAt), failures: 0 }];
  }
  if (BisectBatchOnFunctionError && records.length > 1) {
    // Halving counts as no try.
    const middle = Math.ceil(records.length / 2);
    await lane.note(CALL_FAILED);
    return [records.slice(0, middle), records.slice(middle)].map((half) => ({
      ...current,
      records: half,
    }));
  }
  const failures = current.failures + 1;
  if (MaximumRetryAttempts >= 0 && failures > MaximumRetryAttempts) {
    await abandon(dependencies, lane, { ...current, failures }, 'RetryAttemptsExhausted');
    return [];
  }
  await lane.note(CALL_FAILED);
  await lane.pause(retryDelayMs(failures));
  return [{ ...current, failures }];
}

function invokeRecords(
  dependencies: LaneDependencies,
  { mapping, signal, members }: Lane,
  { records, requestId }: Try,
): Promise<BatchOutcome> {
  const newest = records.at(-1)?.record;
  if (newest !== undefined) measureIteratorAge(dependencies, mapping, newest.arrivedAtMs);
  const isKinesis = sourceKind(mapping.eventSourceArn) === 'kinesis';
  const invocation: BatchInvocation = {
    target: mapping.target,
    requestId,
    payload: payloadOf(records, members()),
    source: isKinesis ? 'kinesis' : 'dynamodb',
  };
  return invokeBatch(dependencies, invocation, signal);
}

/** The index of the first record that failed, or -1. */
function firstFailure(
  { mapping, isWhole }: Lane,
  records: readonly PackedRecord[],
  outcome: BatchOutcome,
): number {
  if (outcome.kind !== 'returned' || !isWhole(outcome.payload)) return 0;
  if (!mapping.settings.FunctionResponseTypes.includes('ReportBatchItemFailures')) return -1;
  const failed = failedIdsOf(
    outcome.payload,
    records.map(({ record }) => record.id),
  );
  return records.findIndex(({ record }) => failed.has(record.id));
}

function isTooOld(
  { settings }: MappingRecord,
  { record }: PackedRecord,
  { clock }: SourcesDependencies,
): boolean {
  const { MaximumRecordAgeInSeconds: seconds } = settings;
  return seconds >= 0 && clock.now() - record.arrivedAtMs > seconds * SECOND_MS;
}

async function abandon(
  dependencies: SourcesDependencies,
  lane: Lane,
  { records, failures, requestId, response }: Try,
  condition: GiveUpCondition,
): Promise<void> {
  // The last event of a window has no records to be given up.
  if (records.length === 0) return lane.settle(records, CALL_FAILED);
  const given: GivenUp = {
    condition,
    shardId: lane.shardId,
    records: records.map(({ record }) => record),
    payload: payloadOf(records),
    requestId,
    invokeCount: failures,
    ...(response === undefined ? {} : { response }),
  };
  return lane.settle(records, CALL_FAILED, (tx) => giveUp(dependencies, tx, lane.mapping, given));
}
