/** Takes one batch of a queue through filter and function, and settles it. */
import type { Batch, BatchResult, EventSource } from '#ports/peers/event-source.ts';
import { untilDone } from '#ports/world/until-done.ts';

import { inPayloads, pack, payloadOf, type PackedRecord } from '../batch-payload.ts';
import { failedIdsOf } from '../batch-response.ts';
import type { SourcesDependencies } from '../dependencies.ts';
import { compileFilter } from '../filter/index.ts';
import type { InvocationsInHand } from '../invocations-in-hand.ts';
import { invokeBatch } from '../invoke-batch.ts';
import { BATCH_BYTES_MAX } from '../limits.ts';
import { countEvents } from '../metrics.ts';
import { isFifoQueue, type MappingRecord } from '../model.ts';
import { functionArn } from '../../model/address.ts';
import { countedHeader } from '../../queue/index.ts';
import { chainHeader, stopLoops } from './stop-loops.ts';

export interface BatchDependencies extends SourcesDependencies {
  readonly source: EventSource;
  readonly invocations: InvocationsInHand;
  /** Told before what was refused is given back. */
  readonly onRefused: () => void;
}

type Attempt = BatchResult & { readonly kind: 'done' | 'failed' | 'refused' };

/** Handles a batch to its end. */
export async function handleBatch(
  dependencies: BatchDependencies,
  mapping: MappingRecord,
  batch: Batch,
  signal: AbortSignal,
): Promise<void> {
  const { source, clock, log } = dependencies;
  const patience = { clock, log, signal, what: 'to settle a batch of a queue' };
  const settle = (result: BatchResult): Promise<void> =>
    untilDone(patience, () => source.settle(batch, result));
  const passes = compileFilter(mapping.settings.FilterCriteria, 'sqs');
  const matching = batch.records.filter(({ event }) => passes(event));
  const wanted = new Set(matching);
  const dropped = batch.records.filter((record) => !wanted.has(record)).map(({ id }) => id);
  countEvents(dependencies, mapping, {
    PolledEventCount: batch.records.length,
    FilteredOutEventCount: dropped.length,
  });
  if (dropped.length > 0) await settle({ doneIds: dropped, failedIds: [] });
  const passing = await stopLoops(dependencies, mapping, batch, matching);
  let kind: Attempt['kind'] = 'done';
  for (const records of inPayloads(passing.map(pack), BATCH_BYTES_MAX)) {
    const isHeldUp = isFifoQueue(mapping.eventSourceArn) && kind === 'failed';
    if (isHeldUp) break;
    const attempt: Attempt =
      kind === 'refused'
        ? refused(records)
        : await tryRecords(dependencies, mapping, records, signal);
    if (attempt.kind === 'refused' && kind !== 'refused') dependencies.onRefused();
    if (attempt.kind !== 'done') ({ kind } = attempt);
    await settle(attempt);
    countEvents(dependencies, mapping, { DeletedEventCount: attempt.doneIds.length });
  }
}

async function tryRecords(
  dependencies: BatchDependencies,
  mapping: MappingRecord,
  records: readonly PackedRecord[],
  signal: AbortSignal,
): Promise<Attempt> {
  const { random } = dependencies;
  const header = chainHeader(
    records.map(({ record }) => record),
    functionArn(mapping.target),
  );
  const traceHeader = header && countedHeader(header, mapping.target, random);
  const invocation = {
    target: mapping.target,
    requestId: random.uuid(),
    payload: payloadOf(records),
    source: 'sqs' as const,
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
  const outcome = await invokeBatch(dependencies, invocation, signal);
  if (outcome.kind === 'refused') return refused(records);
  const ids = records.map(({ record }) => record.id);
  const failed = outcome.kind === 'failed' ? new Set(ids) : reported(mapping, outcome.payload, ids);
  countEvents(dependencies, mapping, {
    InvokedEventCount: ids.length,
    FailedInvokeEventCount: failed.size,
  });
  return {
    kind: failed.size === 0 ? 'done' : 'failed',
    doneIds: ids.filter((id) => !failed.has(id)),
    failedIds: [...failed],
  };
}

function reported(
  { settings }: MappingRecord,
  payload: Uint8Array,
  ids: readonly string[],
): ReadonlySet<string> {
  const reports = settings.FunctionResponseTypes.includes('ReportBatchItemFailures');
  return reports ? failedIdsOf(payload, ids) : new Set();
}

function refused(records: readonly PackedRecord[]): Attempt {
  const releasedIds = records.map(({ record }) => record.id);
  return { kind: 'refused', doneIds: [], failedIds: [], releasedIds };
}
