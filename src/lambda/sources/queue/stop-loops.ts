/** Stops what comes round from a function to itself through a queue. */
import { isObject } from '#kernel/json.ts';
import type { Batch, EventRecord, EventSource } from '#ports/peers/event-source.ts';

import { functionArn } from '../../model/address.ts';
import { passagesOf } from '../../model/lineage.ts';
import {
  countStopped,
  countedHeader,
  eventInvokeConfigOf,
  follow,
  isLoopToStop,
} from '../../queue/index.ts';
import { pack, payloadOf } from '../batch-payload.ts';
import type { SourcesDependencies } from '../dependencies.ts';
import type { MappingRecord } from '../model.ts';

/**
 * The records that may go to the function. Those of a chain that came to it 16 times already are handed to its
 * on-failure destination and dead-letter queue; without either, the queue's own redrive policy puts them aside,
 * and without that they are dropped.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export async function stopLoops(
  dependencies: SourcesDependencies & { readonly source: EventSource },
  mapping: MappingRecord,
  batch: Batch,
  records: readonly EventRecord[],
): Promise<readonly EventRecord[]> {
  const { target } = mapping;
  const { database, metrics, clock, random, source } = dependencies;
  const header = chainHeader(records, functionArn(target));
  if (header === undefined) return records;
  const isRound = (record: EventRecord): Promise<boolean> => {
    const counted = countedHeader(traceHeaderOf(record), target, random);
    return isLoopToStop(database, target, counted);
  };
  const stops = await Promise.all(records.map(isRound));
  const stopped = records.filter((_, n) => stops[n] === true);
  if (stopped.length === 0) return records;
  metrics.put([countStopped(target, clock.now())]);
  const event = {
    id: random.uuid(),
    address: target,
    payload: payloadOf(stopped.map(pack)),
    acceptedAtMs: clock.steadyMs(),
    claims: 0,
    attempts: 0,
    throttles: 0,
    traceHeader: header,
  };
  const end = { kind: 'end', condition: 'RecursiveInvocation', invokeCount: 0 } as const;
  const isHandedOn = await database.transact(async (tx) => {
    const config = await eventInvokeConfigOf(tx, target);
    return follow(dependencies, tx, { event, end, config });
  });
  const isDone = isHandedOn || (await source.describe())?.hasDeadLetters !== true;
  const ids = stopped.map(({ id }) => id);
  const [doneIds, failedIds] = isDone ? [ids, []] : [[], ids];
  await source.settle(batch, { doneIds, failedIds });
  return records.filter((_, n) => stops[n] === false);
}

/** Of all records, the trace header of the chain that has come to the function most often. */
export function chainHeader(
  records: readonly EventRecord[],
  functionArnText: string,
): string | undefined {
  const headers = records.map(traceHeaderOf).filter((header) => header !== undefined);
  const passages = (header: string): number => passagesOf(header, functionArnText);
  return headers.reduce<string | undefined>(
    (most, header) => (most !== undefined && passages(most) >= passages(header) ? most : header),
    undefined,
  );
}

/** The trace goes on through a queue. */
function traceHeaderOf(record: EventRecord): string | undefined {
  const attributes = isObject(record.event) ? record.event['attributes'] : undefined;
  const header = isObject(attributes) ? attributes['AWSTraceHeader'] : undefined;
  return typeof header === 'string' ? header : undefined;
}
