/** Streams and shards as AWS shows them. */
import type {
  EnhancedMetrics,
  Record as ShownRecord,
  Shard as ShownShard,
} from '#aws/models/kinesis.types.gen.ts';
import { shardId, statusAt, streamArn } from './model.ts';
import type { Shard, StoredRecord, Stream } from './model.ts';
import { formatSequence } from './sequence.ts';

/** What DescribeStream, DescribeStreamSummary and ListStreams have in common. */
export function describeHead(stream: Stream, nowMs: number) {
  return {
    StreamName: stream.name,
    StreamARN: streamArn(stream),
    StreamStatus: statusAt(stream, nowMs),
    StreamModeDetails: { StreamMode: stream.settings.mode },
    StreamCreationTimestamp: stream.createdAtMs,
  };
}

/** Head and settings of a stream. */
export function describeSettings(stream: Stream, nowMs: number) {
  const { retentionHours, metrics, keyId } = stream.settings;
  const EnhancedMonitoring: readonly EnhancedMetrics[] = [{ ShardLevelMetrics: metrics }];
  return {
    ...describeHead(stream, nowMs),
    RetentionPeriodHours: retentionHours,
    EnhancedMonitoring,
    ...encryptionOf(stream, 'NONE'),
    ...(keyId !== undefined && { KeyId: keyId }),
  };
}

/** `EncryptionType`, KMS or what is said for a stream that is not encrypted. */
export function encryptionOf(
  { settings }: Stream,
  otherwise?: 'NONE',
): { readonly EncryptionType?: string } {
  if (settings.keyId !== undefined) return { EncryptionType: 'KMS' };
  return otherwise === undefined ? {} : { EncryptionType: otherwise };
}

/** A shard of a stream. */
export function describeShard(stream: Stream, shard: Shard): ShownShard {
  const { closedSequence, closedAtMs, openedSequence, openedAtMs } = shard;
  const at = (sequence: number, atMs: number): string =>
    formatSequence(stream, shard.index, { sequence, atMs });
  return {
    ShardId: shardId(shard.index),
    ...(shard.parentIndex !== undefined && { ParentShardId: shardId(shard.parentIndex) }),
    ...(shard.adjacentParentIndex !== undefined && {
      AdjacentParentShardId: shardId(shard.adjacentParentIndex),
    }),
    HashKeyRange: hashKeyRange(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: at(openedSequence, openedAtMs),
      ...(closedSequence !== undefined && {
        EndingSequenceNumber: at(closedSequence, closedAtMs ?? 0),
      }),
    },
  };
}

/** The children of a closed shard, as its last read tells them. */
export function describeChildren(shards: readonly Shard[], parent: Shard) {
  return shards
    .filter(({ parentIndex, adjacentParentIndex }) =>
      [parentIndex, adjacentParentIndex].includes(parent.index),
    )
    .map((child) => ({
      ShardId: shardId(child.index),
      ParentShards: [child.parentIndex, child.adjacentParentIndex]
        .filter((index) => index !== undefined)
        .map(shardId),
      HashKeyRange: hashKeyRange(child),
    }));
}

/** A record of GetRecords and SubscribeToShard. */
export function describeRecord(
  stream: Stream,
  shardIndex: number,
  record: StoredRecord,
): ShownRecord {
  return {
    SequenceNumber: formatSequence(stream, shardIndex, record),
    ApproximateArrivalTimestamp: record.atMs,
    Data: record.data,
    ...(record.partitionKey !== undefined && { PartitionKey: record.partitionKey }),
    ...encryptionOf(stream),
  };
}

function hashKeyRange({ startHash, endHash }: Shard) {
  return { StartingHashKey: startHash.toString(), EndingHashKey: endHash.toString() };
}
