/**
 * What a shard takes and gives in a second, in memory: a server that starts anew has forgotten it. A bound is a
 * bucket that fills evenly; what is larger than a full one is let through by a full one, and waited for afterwards.
 * @see https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
import { TokenBuckets, type TokenBucket } from '#kernel/token-bucket.ts';
import {
  READ_BYTES_PER_SECOND,
  READS_PER_SECOND,
  WRITTEN_BYTES_PER_SECOND,
  WRITTEN_RECORDS_PER_SECOND,
} from './limits.ts';
import type { Stream } from './model.ts';

/** A shard of a stream, for which its id and number stand. */
export interface ShardOfStream {
  readonly streamId: string;
  readonly shardIndex: number;
}

export interface Throughput {
  /** Counts a record of as many bytes, its key included; false where the shard takes none now. */
  write(shard: ShardOfStream, bytes: number, nowMs: number): boolean;
  /** Counts a read; false where the shard gives none now. */
  read(shard: ShardOfStream, nowMs: number): boolean;
  /** Counts what a read gave. */
  gave(shard: ShardOfStream, bytes: number, nowMs: number): void;
}

/** Buckets that are remembered, up to four of a shard. */
const BUCKETS_MAX = 10_000;

/** Knows of no shard yet. Times are ms of a clock that never goes back. */
export function createThroughput(): Throughput {
  const buckets = new TokenBuckets(BUCKETS_MAX);
  const bucketOf = (
    { streamId, shardIndex }: ShardOfStream,
    { name, perSecond }: Bound,
    nowMs: number,
  ): TokenBucket => buckets.get(`${streamId} ${shardIndex} ${name}`, perSecond, perSecond, nowMs);
  return {
    write(shard, bytes, nowMs) {
      const records = bucketOf(shard, WRITTEN_RECORDS, nowMs);
      const written = bucketOf(shard, WRITTEN_BYTES, nowMs);
      const hasRoom = written.left(nowMs) >= Math.min(bytes, WRITTEN_BYTES.perSecond);
      if (!hasRoom || !records.take(nowMs)) return false;
      written.owe(nowMs, bytes);
      return true;
    },
    read(shard, nowMs) {
      const isAnyLeft = bucketOf(shard, READ_BYTES, nowMs).left(nowMs) > 0;
      return isAnyLeft && bucketOf(shard, READS, nowMs).take(nowMs);
    },
    gave(shard, bytes, nowMs) {
      const bucket = bucketOf(shard, READ_BYTES, nowMs);
      const left = bucket.left(nowMs);
      // A read of 10 MB is followed by five seconds of none.
      bucket.owe(nowMs, left > bytes ? bytes : left + bytes);
    },
  };
}

/** Whether a stream's shards take records now; those of a stream on demand do, as AWS splits them where they must. */
export function roomIn(
  stream: Stream,
  throughput: Throughput,
  nowMs: number,
): (shard: ShardOfStream, bytes: number) => boolean {
  if (stream.settings.mode === 'ON_DEMAND') return () => true;
  return (shard, bytes) => throughput.write(shard, bytes, nowMs);
}

interface Bound {
  readonly name: string;
  readonly perSecond: number;
}

const WRITTEN_RECORDS: Bound = { name: 'records', perSecond: WRITTEN_RECORDS_PER_SECOND };
const WRITTEN_BYTES: Bound = { name: 'written', perSecond: WRITTEN_BYTES_PER_SECOND };
const READS: Bound = { name: 'reads', perSecond: READS_PER_SECOND };
const READ_BYTES: Bound = { name: 'read', perSecond: READ_BYTES_PER_SECOND };
