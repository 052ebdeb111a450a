import type { PutRecordInput, PutRecordOutput } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { assert } from '#kernel/assert.ts';
import { appendRecords } from '../append.ts';
import { encryptionOf } from '../describe.ts';
import type { KinesisParts } from '../dependencies.ts';
import { dryRun, writesExceeded } from '../errors.ts';
import { requireStream } from '../find-stream.ts';
import { putOf, REFUSED_PUT } from '../metrics.ts';
import { recordBytes } from '../model.ts';
import { newRecord } from '../new-record.ts';
import { roomIn } from '../throughput.ts';

/**
 * Puts one record. Its order is that of the calls; SequenceNumberForOrdering asks for nothing more.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 */
export function putRecord({
  database,
  clock,
  random,
  wakeups,
  throughput,
  meter,
}: KinesisParts): Operation<PutRecordInput, PutRecordOutput> {
  return (context, input) => {
    const startMs = clock.monotonicMs();
    return database.transact(async (tx) => {
      const stream = await requireStream(tx, context, input);
      const record = newRecord(stream, input, '', random);
      if (input.DryRun === true) throw dryRun();
      const nowMs = Math.floor(clock.now());
      const hasRoom = roomIn(stream, throughput, clock.steadyMs());
      const [place] = await appendRecords(tx, stream, [record], { nowMs, wakeups, meter, hasRoom });
      assert(place !== undefined, 'a record that was put has a place');
      if ('refusedBy' in place) {
        meter(stream, REFUSED_PUT);
        throw writesExceeded(stream, place.refusedBy);
      }
      tx.afterCommit(() => {
        const bytes = recordBytes(record.data, record.partitionKey);
        meter(stream, putOf({ bytes, latencyMs: clock.monotonicMs() - startMs }));
      });
      return { ...place, ...encryptionOf(stream) };
    });
  };
}
