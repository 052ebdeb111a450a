import type { PutRecordsInput, PutRecordsOutput } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { appendRecords } from '../append.ts';
import { encryptionOf } from '../describe.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { dryRun, invalidArgument } from '../errors.ts';
import { requireStream } from '../find-stream.ts';
import { PUT_RECORDS_BYTES_MAX } from '../limits.ts';
import { newRecord } from '../new-record.ts';

/**
 * Puts up to 500 records, all or none: what AWS may refuse singly is throughput, which has no
 * bound here.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export function putRecords({
  database,
  clock,
  random,
  wakeups,
}: KinesisDependencies): Operation<PutRecordsInput, PutRecordsOutput> {
  return (context, input) => {
    const bytes = input.Records.reduce(
      (sum, { Data, PartitionKey }) =>
        sum + Data.byteLength + Buffer.byteLength(PartitionKey ?? ''),
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
      const places = await appendRecords(tx, stream, records, { nowMs, wakeups });
      return { FailedRecordCount: 0, Records: places, ...encryptionOf(stream) };
    });
  };
}
