import type { GetRecordsInput, GetRecordsOutput } from '#aws/models/kinesis.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import type { KinesisParts } from '../dependencies.ts';
import { describeChildren, describeRecord } from '../describe.ts';
import { dryRun, expiredIterator, invalidArgument, notFound, readsExceeded } from '../errors.ts';
import { GET_RECORDS_BYTES_MAX, GET_RECORDS_MAX, ITERATOR_MS_MAX } from '../limits.ts';
import { readOf, REFUSED_READ } from '../metrics.ts';
import { shardId, streamArn, trimmedBeforeMs } from '../model.ts';
import type { StoredRecord, Stream } from '../model.ts';
import { formatIterator, parseIterator } from '../shard-iterator.ts';
import type { ShardIterator } from '../shard-iterator.ts';
import { readRecords } from '../store-records.ts';
import { allShards, findShard } from '../store-shards.ts';
import { findStreamById } from '../store-streams.ts';

/**
 * Reads on from an iterator; a closed shard's last answer has its children and no next iterator.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
export function getRecords({
  database,
  clock,
  throughput,
  meter,
}: KinesisParts): Operation<GetRecordsInput, GetRecordsOutput> {
  return (context, input) => {
    const nowMs = Math.floor(clock.now());
    const startMs = clock.monotonicMs();
    const iterator = parseIterator(input.ShardIterator);
    if (iterator === undefined) throw invalidArgument('Invalid ShardIterator.');
    if (nowMs - iterator.madeAtMs > ITERATOR_MS_MAX)
      throw expiredIterator(iterator.madeAtMs, nowMs);
    const { streamId, shardIndex, afterSequence } = iterator;
    return database.read(async (queries) => {
      const stream = await findStreamById(queries, streamId);
      checkStream(stream, iterator, input, context);
      const shard = await findShard(queries, streamId, shardIndex);
      if (shard === undefined) throw shardIsGone(iterator, context);
      if (input.DryRun === true) throw dryRun();
      const steadyMs = clock.steadyMs();
      if (!throughput.read(iterator, steadyMs)) {
        meter(stream, REFUSED_READ);
        throw readsExceeded(stream, shardId(shardIndex));
      }
      const { records, hasMore } = await readRecords(queries, iterator, {
        afterSequence,
        sinceMs: trimmedBeforeMs(stream, nowMs),
        recordsMax: input.Limit ?? GET_RECORDS_MAX,
        bytesMax: GET_RECORDS_BYTES_MAX,
      });
      throughput.gave(iterator, bytesOf(records), steadyMs);
      const latencyMs = clock.monotonicMs() - startMs;
      meter(stream, readOf(records, { nowMs, latencyMs }));
      const last = records.at(-1);
      const next = { ...iterator, afterSequence: last?.sequence ?? afterSequence, madeAtMs: nowMs };
      const isAtEnd = shard.closedSequence !== undefined && !hasMore;
      return {
        Records: records.map((record) => describeRecord(stream, shardIndex, record)),
        MillisBehindLatest: hasMore && last !== undefined ? Math.max(0, nowMs - last.atMs) : 0,
        ...(isAtEnd
          ? { ChildShards: describeChildren(await allShards(queries, streamId), shard) }
          : { NextShardIterator: formatIterator(next) }),
      };
    });
  };
}

function bytesOf(records: readonly StoredRecord[]): number {
  return records.reduce((sum, { data }) => sum + data.byteLength, 0);
}

function checkStream(
  stream: Stream | undefined,
  iterator: ShardIterator,
  { StreamARN }: GetRecordsInput,
  context: RequestContext,
): asserts stream is Stream {
  if (stream === undefined) throw shardIsGone(iterator, context);
  if (StreamARN !== undefined && StreamARN !== streamArn(stream)) {
    throw invalidArgument('The ShardIterator does not belong to the stream of StreamARN.');
  }
}

function shardIsGone(
  { streamId, shardIndex }: ShardIterator,
  { accountId }: RequestContext,
): Error {
  return notFound(
    `Shard ${shardId(shardIndex)} in stream ${streamId} under account ${accountId} does not exist`,
  );
}
