/** A change as AWS shows it: in GetRecords, and in the event of a function. */
import { createHash } from 'node:crypto';
import type { Record as StreamsRecord } from '#aws/models/dynamodbstreams.types.gen.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { StreamChange } from '../items/stream-change.ts';
import type { StoredRecord, Stream } from '../store/streams.ts';
import { decodeItem } from '../value/item-text.ts';
import type { JsonAttributes } from '../value/value.ts';
import { streamArn } from '../tables/table.ts';
import { formatSequence } from './sequence.ts';

const EVENT_VERSION = '1.1';
const EVENT_SOURCE = 'aws:dynamodb';
const SERVICE = 'dynamodb.amazonaws.com';

function parseChange(record: StoredRecord): StreamChange {
  return JSON.parse(record.record) as StreamChange; // Only writeItem writes it.
}

/** The same for the same record, whoever reads it: 32 hexadecimal digits. */
function eventId(stream: Stream, sequence: number): string {
  return createHash('md5').update(`${stream.number}/${sequence}`).digest('hex');
}

/** AWS rounds the time of a change to the second. */
function approximateMs(atMs: number): number {
  return Math.floor(atMs / SECOND_MS) * SECOND_MS;
}

/** The record of GetRecords. */
export function streamsRecord(stream: Stream, record: StoredRecord): StreamsRecord {
  const change = parseChange(record);
  return {
    eventID: eventId(stream, record.sequence),
    eventName: change.eventName,
    eventVersion: EVENT_VERSION,
    eventSource: EVENT_SOURCE,
    awsRegion: stream.table.region,
    dynamodb: {
      ApproximateCreationDateTime: approximateMs(record.atMs),
      Keys: revive(change.keys),
      ...(change.newImage && { NewImage: revive(change.newImage) }),
      ...(change.oldImage && { OldImage: revive(change.oldImage) }),
      SequenceNumber: formatSequence(record.sequence),
      SizeBytes: record.bytes,
      StreamViewType: stream.viewType,
    },
    ...(change.isByService === true && {
      userIdentity: { PrincipalId: SERVICE, Type: 'Service' },
    }),
  };
}

function revive(attributes: JsonAttributes) {
  return decodeItem(JSON.stringify(attributes));
}

/**
 * The record of a function's event: the same, times in seconds, binaries in base64, and the
 * stream's ARN.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function lambdaRecord(
  stream: Stream,
  record: StoredRecord,
): { readonly [name: string]: unknown } {
  const change = parseChange(record);
  return {
    eventID: eventId(stream, record.sequence),
    eventName: change.eventName,
    eventVersion: EVENT_VERSION,
    eventSource: EVENT_SOURCE,
    awsRegion: stream.table.region,
    dynamodb: {
      ApproximateCreationDateTime: approximateMs(record.atMs) / SECOND_MS,
      Keys: change.keys,
      ...(change.newImage && { NewImage: change.newImage }),
      ...(change.oldImage && { OldImage: change.oldImage }),
      SequenceNumber: formatSequence(record.sequence),
      SizeBytes: record.bytes,
      StreamViewType: stream.viewType,
    },
    ...(change.isByService === true && {
      userIdentity: { type: 'Service', principalId: SERVICE },
    }),
    eventSourceARN: streamArn(stream.table, stream.label),
  };
}
