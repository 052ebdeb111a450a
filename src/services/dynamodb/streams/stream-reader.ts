/** How pollers of functions read streams: without iterators, woken by what is written. */
import type { Queries } from '#ports/world/database.ts';
import type { StreamReader, StreamShard } from '#ports/peers/stream-reader.ts';
import { STREAM_READ_BYTES_MAX, STREAM_READ_RECORDS_MAX, STREAM_RETENTION_MS } from '../limits.ts';
import { streamTopic } from '../items/write-item.ts';
import type { DynamodbDependencies } from '../operations/dependencies.ts';
import { findStream, readRecords } from '../store/streams.ts';
import type { Stream } from '../store/streams.ts';
import { fitting } from './operations.ts';
import { formatSequence, parseSequence, shardId } from './sequence.ts';
import { parseStreamArn } from './stream-address.ts';
import { lambdaRecord } from './stream-record.ts';

/** The reader of all streams of the store. */
export function createStreamReader({ database, clock }: DynamodbDependencies): StreamReader {
  return {
    getShards: (arn) =>
      database.read(async (queries) => {
        const stream = await streamOfArn(queries, arn);
        return stream && [shardOf(stream)];
      }),
    read: (arn, shard, after, recordsMax) =>
      database.read(async (queries) => {
        const stream = await streamOfArn(queries, arn);
        if (stream === undefined || shardId(stream) !== shard) return undefined;
        const afterSequence = after === undefined ? 0 : (parseSequence(after) ?? 0);
        const from = { afterSequence, sinceMs: clock.now() - STREAM_RETENTION_MS };
        const limit = Math.min(recordsMax, STREAM_READ_RECORDS_MAX * 10);
        const records = fitting(
          await readRecords(queries, stream.number, from, limit),
          STREAM_READ_BYTES_MAX * 6,
        );
        const last = records.at(-1)?.sequence ?? afterSequence;
        return {
          records: records.map((record) => ({
            id: formatSequence(record.sequence),
            event: lambdaRecord(stream, record),
            bytes: record.bytes,
            arrivedAtMs: record.atMs,
          })),
          isAtEnd: stream.disabledAtMs !== undefined && last >= stream.lastSequence,
        };
      }),
    wakeupTopic: streamTopic,
  };
}

async function streamOfArn(queries: Queries, arn: string): Promise<Stream | undefined> {
  const address = parseStreamArn(arn);
  return address && findStream(queries, address.table, address.label);
}

function shardOf(stream: Stream): StreamShard {
  return {
    shardId: shardId(stream),
    ...(stream.lastSequence > 0 && {
      latestSequenceNumber: formatSequence(stream.lastSequence),
    }),
    isClosed: stream.disabledAtMs !== undefined,
  };
}
