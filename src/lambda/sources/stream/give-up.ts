/** Hands records that were given up to the mapping's on-failure destination, in the transaction that passes them. */
import type { Transaction } from '#ports/world/database.ts';

import { functionArn } from '../../model/address.ts';
import type { SourcesDependencies } from '../dependencies.ts';
import { countEvents } from '../metrics.ts';
import type { MappingRecord } from '../model.ts';
import { failureMessage, failureObjectKey, isBucket, type GivenUp } from './on-failure.ts';

/** Delivers where there is a destination; a destination that refuses is logged, and the stream goes on. */
export async function giveUp(
  dependencies: SourcesDependencies,
  tx: Transaction,
  mapping: MappingRecord,
  given: GivenUp,
): Promise<void> {
  const { clock, random, deliverer, log } = dependencies;
  const dropped = given.records.length;
  tx.afterCommit(() => countEvents(dependencies, mapping, { DroppedEventCount: dropped }));
  const targetArn = mapping.settings.DestinationConfig?.OnFailure?.Destination;
  if (targetArn === undefined) return;
  const nowMs = clock.now();
  const key = failureObjectKey(mapping, given.shardId, { id: random.uuid(), nowMs });
  const check = await deliverer.deliver(
    {
      targetArn,
      sourceArn: functionArn(mapping.target),
      sourceService: 'lambda.amazonaws.com',
      sourceAccountId: mapping.accountId,
      payload: failureMessage(mapping, given, targetArn, nowMs),
      options: isBucket(targetArn) ? { subject: key } : {},
    },
    tx,
  );
  tx.afterCommit(() => {
    if (check === 'deliverable') {
      const delivered = { OnFailureDestinationDeliveredEventCount: dropped };
      countEvents(dependencies, mapping, delivered);
    } else log.warn('an on-failure destination takes nothing', { targetArn, check });
  });
}
