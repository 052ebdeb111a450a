/**
 * What an on-failure destination is told of records that were given up. Pure.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 * @see recordings `test_dynamodb_event_source_mapping_with_sns_on_failure_destination_config`,
 *   `test_kinesis_maximum_record_age_exceeded`
 */
import { textOf, utf8 } from '#kernel/bytes.ts';
import type { EventRecord } from '#ports/peers/event-source.ts';

import { qualifiedArn } from '../../model/address.ts';
import { sourceKind, type MappingRecord } from '../model.ts';

export type GiveUpCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface GivenUp {
  readonly condition: GiveUpCondition;
  readonly shardId: string;
  readonly records: readonly EventRecord[];
  /** The event as the function got it; an S3 destination keeps it. */
  readonly payload: Uint8Array;
  readonly requestId: string;
  readonly invokeCount: number;
  /** Absent where the function never answered. */
  readonly response?: { readonly executedVersion: string; readonly functionError: string | null };
}

/** The message, as JSON. */
export function failureMessage(
  mapping: MappingRecord,
  given: GivenUp,
  targetArn: string,
  nowMs: number,
): Uint8Array {
  const { response } = given;
  const isKinesis = sourceKind(mapping.eventSourceArn) === 'kinesis';
  const message = {
    requestContext: {
      requestId: given.requestId,
      functionArn: qualifiedArn(mapping.target),
      condition: given.condition,
      approximateInvokeCount: Math.max(1, given.invokeCount),
    },
    ...(response === undefined ? {} : { responseContext: { statusCode: 200, ...response } }),
    version: '1.0',
    timestamp: new Date(nowMs).toISOString(),
    [isKinesis ? 'KinesisBatchInfo' : 'DDBStreamBatchInfo']: batchInfo(mapping, given, isKinesis),
    ...(isBucket(targetArn) ? { payload: textOf(given.payload) } : {}),
  };
  return utf8(JSON.stringify(message));
}

function batchInfo(mapping: MappingRecord, { records, shardId }: GivenUp, isKinesis: boolean) {
  const first = records[0];
  const last = records.at(-1);
  const time = (record: EventRecord | undefined): string => {
    const iso = new Date(record?.arrivedAtMs ?? 0).toISOString();
    return isKinesis ? iso : iso.replace(/\.\d+Z$/, 'Z');
  };
  return {
    shardId,
    startSequenceNumber: first?.id,
    endSequenceNumber: last?.id,
    approximateArrivalOfFirstRecord: time(first),
    approximateArrivalOfLastRecord: time(last),
    batchSize: records.length,
    streamArn: mapping.eventSourceArn,
  };
}

/** True where the destination keeps whole events. */
export function isBucket(targetArn: string): boolean {
  return targetArn.startsWith('arn:aws:s3:');
}

/**
 * The object that an S3 destination gets.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function failureObjectKey(
  { uuid }: MappingRecord,
  shardId: string,
  stamp: { readonly id: string; readonly nowMs: number },
): string {
  const iso = new Date(stamp.nowMs).toISOString();
  const day = iso.slice(0, 10);
  const time = iso.slice(11, 19).replaceAll(':', '.');
  return `aws/lambda/${uuid}/${shardId}/${day.replaceAll('-', '/')}/${day}T${time}-${stamp.id}`;
}
