/**
 * What streams tell CloudWatch, stream by stream.
 * @see https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
 */
import { AwsError } from '#aws/errors.ts';
import type {
  PutRecordInput,
  PutRecordOutput,
  PutRecordsInput,
  PutRecordsOutput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import type { Measure } from '#ports/peers/meter.ts';
import type { KinesisParts } from './dependencies.ts';
import type { StreamReference } from './find-stream.ts';
import { parseStreamArn, type StoredRecord, type StreamAddress } from './model.ts';

type Parts = Pick<KinesisParts, 'clock' | 'meter'>;

/** Of records that came into a stream, by whichever way. */
export function incoming({
  records,
  bytes,
}: {
  readonly records: number;
  readonly bytes: number;
}): Measure[] {
  if (records === 0) return [];
  return [
    ['IncomingRecords', records],
    ['IncomingBytes', bytes, 'Bytes'],
  ];
}

/** PutRecord, which says what it did. */
export function measuredPut(
  parts: Parts,
  operation: Operation<PutRecordInput, PutRecordOutput>,
): Operation<PutRecordInput, PutRecordOutput> {
  return measured(parts, operation, 'PutRecord', (input) => [
    ['PutRecord.Bytes', recordBytes(input), 'Bytes'],
  ]);
}

/** PutRecords, which says what it did. */
export function measuredPuts(
  parts: Parts,
  operation: Operation<PutRecordsInput, PutRecordsOutput>,
): Operation<PutRecordsInput, PutRecordsOutput> {
  return measured(parts, operation, 'PutRecords', ({ Records }, { FailedRecordCount = 0 }) => {
    const total = Records.length;
    const bytes = Records.reduce((sum, record) => sum + recordBytes(record), 0);
    return [
      ['PutRecords.Bytes', bytes, 'Bytes'],
      ['PutRecords.Records', total - FailedRecordCount],
      ['PutRecords.TotalRecords', total],
      ['PutRecords.SuccessfulRecords', total - FailedRecordCount],
      ['PutRecords.FailedRecords', 0],
      ['PutRecords.ThrottledRecords', FailedRecordCount],
      ['WriteProvisionedThroughputExceeded', FailedRecordCount],
    ];
  });
}

function measured<Input extends StreamReference, Output>(
  { clock, meter }: Parts,
  operation: Operation<Input, Output>,
  name: string,
  measuresOf: (input: Input, output: Output) => readonly Measure[],
): Operation<Input, Output> {
  return async (context, input) => {
    const startMs = clock.monotonicMs();
    const tell = (measures: readonly Measure[]): void => {
      const stream = streamOf(context, input);
      if (stream !== undefined) meter(stream, { StreamName: stream.name }, measures);
    };
    try {
      const output = await operation(context, input);
      const latency = clock.monotonicMs() - startMs;
      tell([
        [`${name}.Success`, 1],
        [`${name}.Latency`, latency, 'Milliseconds'],
        ...measuresOf(input, output),
      ]);
      return output;
    } catch (error) {
      if (isThrottle(error)) {
        tell([
          [`${name}.Success`, 0],
          ['WriteProvisionedThroughputExceeded', 1],
        ]);
      }
      throw error;
    }
  };
}

/** The stream that a request names, if it is not by an id. */
function streamOf(
  { accountId, region }: RequestContext,
  { StreamName: name, StreamARN: arn }: StreamReference,
): StreamAddress | undefined {
  if (arn !== undefined) return parseStreamArn(arn);
  return name === undefined ? undefined : { accountId, region, name };
}

function isThrottle(error: unknown): boolean {
  return error instanceof AwsError && error.code === 'ProvisionedThroughputExceededException';
}

function recordBytes(record: {
  readonly Data: Uint8Array;
  readonly PartitionKey?: string;
}): number {
  return record.Data.byteLength + Buffer.byteLength(record.PartitionKey ?? '');
}

/** Of a read: what it gave, how old the last of that is, and how long it took. */
export function readOf(
  records: readonly StoredRecord[],
  { nowMs, latencyMs }: { readonly nowMs: number; readonly latencyMs: number },
): Measure[] {
  const bytes = records.reduce((sum, { data }) => sum + data.byteLength, 0);
  const last = records.at(-1);
  const ageMs = last === undefined ? 0 : Math.max(0, nowMs - last.atMs);
  return [
    ['GetRecords.Success', 1],
    ['GetRecords.Records', records.length],
    ['GetRecords.Bytes', bytes, 'Bytes'],
    ['GetRecords.IteratorAgeMilliseconds', ageMs, 'Milliseconds'],
    ['GetRecords.Latency', latencyMs, 'Milliseconds'],
  ];
}

/** Of a read that was refused, as the shard had given all that it gives in a second. */
export const REFUSED_READ: readonly Measure[] = [
  ['GetRecords.Success', 0],
  ['ReadProvisionedThroughputExceeded', 1],
];
