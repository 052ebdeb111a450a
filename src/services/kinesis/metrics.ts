/**
 * What streams tell CloudWatch of what is put into them and read from them.
 * @see https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
 */
import { createMeter, type Measure, type MeterOptions } from '#ports/peers/meter.ts';
import type { StoredRecord, StreamAddress } from './model.ts';

/** Tells measures of a stream, as of now. */
export type StreamMeter = (stream: StreamAddress, measures: readonly Measure[]) => void;

/** One that tells nothing where nobody listens. */
export function createStreamMeter(options: MeterOptions): StreamMeter {
  const tell = createMeter('AWS/Kinesis', options);
  return (stream, measures) => tell(stream, { StreamName: stream.name }, measures);
}

/** Of records that came into a stream, by whichever way. */
export function incoming({
  records,
  bytes,
}: {
  readonly records: number;
  readonly bytes: number;
}): readonly Measure[] {
  if (records === 0) return [];
  return [
    ['IncomingRecords', records],
    ['IncomingBytes', bytes, 'Bytes'],
  ];
}

interface Put {
  readonly bytes: number;
  readonly latencyMs: number;
}

/** Of PutRecord. That nothing was throttled is told, too: its average is looked at. */
export function putOf({ bytes, latencyMs }: Put): readonly Measure[] {
  return [
    ['PutRecord.Success', 1],
    ['PutRecord.Latency', latencyMs, 'Milliseconds'],
    ['PutRecord.Bytes', bytes, 'Bytes'],
    ['WriteProvisionedThroughputExceeded', 0],
  ];
}

/** Of PutRecord for whose record its shard had no room. */
export const REFUSED_PUT: readonly Measure[] = [
  ['PutRecord.Success', 0],
  ['WriteProvisionedThroughputExceeded', 1],
];

/** Of PutRecords, for some of whose records there was no room. It is a success where one record is put. */
export function putsOf({
  total,
  refused,
  bytes,
  latencyMs,
}: Put & { readonly total: number; readonly refused: number }): readonly Measure[] {
  const put = total - refused;
  return [
    ['PutRecords.Success', put > 0 ? 1 : 0],
    ['PutRecords.Latency', latencyMs, 'Milliseconds'],
    ['PutRecords.Bytes', bytes, 'Bytes'],
    ['PutRecords.Records', put],
    ['PutRecords.TotalRecords', total],
    ['PutRecords.SuccessfulRecords', put],
    ['PutRecords.FailedRecords', 0],
    ['PutRecords.ThrottledRecords', refused],
    ['WriteProvisionedThroughputExceeded', refused],
  ];
}

/** Of a read: what it gave, how old the last of that is, and how long it took. */
export function readOf(
  records: readonly StoredRecord[],
  { nowMs, latencyMs }: { readonly nowMs: number; readonly latencyMs: number },
): readonly Measure[] {
  const bytes = records.reduce((sum, { data }) => sum + data.byteLength, 0);
  const last = records.at(-1);
  const ageMs = last === undefined ? 0 : Math.max(0, nowMs - last.atMs);
  return [
    ['GetRecords.Success', 1],
    ['GetRecords.Records', records.length],
    ['GetRecords.Bytes', bytes, 'Bytes'],
    ['GetRecords.IteratorAgeMilliseconds', ageMs, 'Milliseconds'],
    ['GetRecords.Latency', latencyMs, 'Milliseconds'],
    ['ReadProvisionedThroughputExceeded', 0],
  ];
}

/** Of a read that was refused, as the shard had given all that it gives in a second. */
export const REFUSED_READ: readonly Measure[] = [
  ['GetRecords.Success', 0],
  ['ReadProvisionedThroughputExceeded', 1],
];
