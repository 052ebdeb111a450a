import type {
  PutRecordsInput,
  PutRecordsOutput,
  PutRecordsResultEntry,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { appendRecords, type RecordPlace, type RefusedRecord } from '../append.ts';
import { encryptionOf } from '../describe.ts';
import type { KinesisParts } from '../dependencies.ts';
import { dryRun, invalidArgument, writesExceeded } from '../errors.ts';
import { requireStream } from '../find-stream.ts';
import { PUT_RECORDS_BYTES_MAX } from '../limits.ts';
import { putsOf } from '../metrics.ts';
import { recordBytes, type Stream } from '../model.ts';
import { newRecord } from '../new-record.ts';
import { roomIn } from '../throughput.ts';

/**
 * Puts up to 500 records, all or none but for those for which their shard has no room in this second: they are
 * refused singly.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export function putRecords({
  database,
  clock,
  random,
  wakeups,
  throughput,
  meter,
}: KinesisParts): Operation<PutRecordsInput, PutRecordsOutput> {
  return (context, input) => {
    const startMs = clock.monotonicMs();
    const bytes = input.Records.reduce(
      (sum, { Data, PartitionKey }) => sum + recordBytes(Data, PartitionKey),
      0,
    );
    if (bytes > PUT_RECORDS_BYTES_MAX) throw invalidArgument('Records size exceeds 10 MB limit');
    return database.transact(async (tx) => {
      const stream = await requireStream(tx, context, input);
      const records = input.Records.map((record, index) =>
        newRecord(stream, record, `records.${index + 1}.member.`, random),
      );
      if (input.DryRun === true) throw dryRun();
      const nowMs = Math.floor(clock.now());
      const hasRoom = roomIn(stream, throughput, clock.steadyMs());
      const places = await appendRecords(tx, stream, records, { nowMs, wakeups, meter, hasRoom });
      const Records = places.map((place) => answerOf(stream, place));
      const refused = places.filter((place) => 'refusedBy' in place).length;
      tx.afterCommit(() => {
        const latencyMs = clock.monotonicMs() - startMs;
        meter(stream, putsOf({ total: places.length, refused, bytes, latencyMs }));
      });
      return { FailedRecordCount: refused, Records, ...encryptionOf(stream) };
    });
  };
}

function answerOf(stream: Stream, place: RecordPlace | RefusedRecord): PutRecordsResultEntry {
  if (!('refusedBy' in place)) return place;
  const { code, message } = writesExceeded(stream, place.refusedBy);
  return { ErrorCode: code, ErrorMessage: message };
}
