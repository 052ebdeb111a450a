/** How pollers of functions read streams: without iterators, woken by what is written. */
import type { EventRecord } from '#ports/peers/event-source.ts';
import type { StreamReader, StreamShard } from '#ports/peers/stream-reader.ts';
import type { Queries } from '#ports/world/database.ts';
import { formatArn } from '#kernel/arn.ts';
import { SECOND_MS } from '#kernel/units.ts';
import { streamOfArn } from './delivery.ts';
import type { KinesisParts } from './dependencies.ts';
import { GET_RECORDS_BYTES_MAX, GET_RECORDS_MAX } from './limits.ts';
import { readOf } from './metrics.ts';
import { parseShardId, parseStreamArn, shardId, streamArn, streamTopic } from './model.ts';
import { trimmedBeforeMs } from './model.ts';
import type { Shard, StoredRecord, Stream } from './model.ts';
import { formatSequence, isOfStream, parseSequence } from './sequence.ts';
import { newestRecord, readRecords } from './store-records.ts';
import { allShards, findShard } from './store-shards.ts';

/** What the members of an event's record take beside data and key, in bytes. */
const EVENT_RECORD_BYTES = 600;

/** The reader of all streams of the store; a consumer's ARN reads its stream. */
export function createStreamReader({ database, clock, meter }: KinesisParts): StreamReader {
  return {
    getShards: (arn) =>
      database.read(async (queries) => {
        const stream = await streamOfArn(queries, arn);
        if (stream === undefined) return undefined;
        const shards: StreamShard[] = [];
        for (const shard of await allShards(queries, stream.streamId)) {
          shards.push(await describeForPoller(queries, stream, shard));
        }
        return shards;
      }),
    read: (arn, shardName, afterSequenceNumber, recordsMax) =>
      database.read(async (queries) => {
        const startMs = clock.monotonicMs();
        const stream = await streamOfArn(queries, arn);
        const index = parseShardId(shardName);
        if (stream === undefined || index === undefined) return undefined;
        const shard = await findShard(queries, stream.streamId, index);
        if (shard === undefined) return undefined;
        const address = { streamId: stream.streamId, shardIndex: index };
        const { records, hasMore } = await readRecords(queries, address, {
          afterSequence: afterOf(stream, afterSequenceNumber),
          sinceMs: trimmedBeforeMs(stream, clock.now()),
          recordsMax: Math.min(recordsMax, GET_RECORDS_MAX),
          bytesMax: GET_RECORDS_BYTES_MAX,
        });
        // What consumers of enhanced fan-out get is none of GetRecords.
        if (records.length > 0 && arn === streamArn(stream)) {
          const latencyMs = clock.monotonicMs() - startMs;
          meter(stream, readOf(records, { nowMs: clock.now(), latencyMs }));
        }
        return {
          records: records.map((record) => eventRecord(stream, index, record)),
          isAtEnd: shard.closedSequence !== undefined && !hasMore,
        };
      }),
    wakeupTopic: (arn) => {
      const address = parseStreamArn(arn);
      return streamTopic(address === undefined ? arn : streamArn(address));
    },
  };
}

function afterOf(stream: Stream, sequenceNumber: string | undefined): number {
  const parsed = sequenceNumber === undefined ? undefined : parseSequence(sequenceNumber);
  return parsed !== undefined && isOfStream(parsed, stream) ? parsed.sequence : 0;
}

async function describeForPoller(
  queries: Queries,
  stream: Stream,
  shard: Shard,
): Promise<StreamShard> {
  const address = { streamId: stream.streamId, shardIndex: shard.index };
  const newest = await newestRecord(queries, address);
  const parents = [shard.parentIndex, shard.adjacentParentIndex].flatMap((index) => index ?? []);
  return {
    shardId: shardId(shard.index),
    ...(newest && { latestSequenceNumber: formatSequence(stream, shard.index, newest) }),
    isClosed: shard.closedSequence !== undefined,
    ...(parents.length > 0 && { parentShardIds: parents.map(shardId) }),
  };
}

/**
 * A record as a function receives it: data in Base64, the time in seconds.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
function eventRecord(stream: Stream, shardIndex: number, record: StoredRecord): EventRecord {
  const sequenceNumber = formatSequence(stream, shardIndex, record);
  const data = Buffer.from(record.data).toString('base64');
  const event = {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      ...(record.partitionKey !== undefined && { partitionKey: record.partitionKey }),
      sequenceNumber,
      data,
      approximateArrivalTimestamp: record.atMs / SECOND_MS,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId(shardIndex)}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: formatArn('iam', '', stream.accountId, 'role/hearth-event-source'),
    awsRegion: stream.region,
    eventSourceARN: streamArn(stream),
  };
  const bytes = EVENT_RECORD_BYTES + data.length + Buffer.byteLength(record.partitionKey ?? '');
  return { id: sequenceNumber, event, bytes, arrivedAtMs: record.atMs };
}
