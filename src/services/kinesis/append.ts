/** Puts records into a stream: into the shard of their hash key, in the order given. */
import { assert } from '#kernel/assert.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import { hashKeyOf, shardOfHash } from './hash-key.ts';
import { incoming, type StreamMeter } from './metrics.ts';
import { recordBytes, shardId, streamArn, streamTopic } from './model.ts';
import type { Stream } from './model.ts';
import { formatSequence } from './sequence.ts';
import { insertRecord } from './store-records.ts';
import { openShards } from './store-shards.ts';
import { takeSequences } from './store-streams.ts';
import type { ShardOfStream } from './throughput.ts';

export interface NewRecord {
  readonly data: Uint8Array;
  readonly partitionKey: string | undefined;
  /** Where the record goes in place of its partition key's own hash. */
  readonly hashKey: bigint | undefined;
}

export interface RecordPlace {
  readonly ShardId: string;
  readonly SequenceNumber: string;
}

/** A record for which its shard had no room in this second. */
export interface RefusedRecord {
  readonly refusedBy: string;
}

export interface AppendOptions {
  /** In ms since 1970. */
  readonly nowMs: number;
  readonly wakeups: Wakeups;
  readonly meter: StreamMeter;
  /** Whether a shard takes a record of as many bytes now; every one does where nothing is said. */
  readonly hasRoom?: (shard: ShardOfStream, bytes: number) => boolean;
}

/**
 * Appends in the caller's transaction, and wakes readers once it is durable. Answers where each record is, or which
 * shard had no room for it.
 */
export async function appendRecords(
  tx: Transaction,
  stream: Stream,
  records: readonly NewRecord[],
  { nowMs, wakeups, meter, hasRoom = () => true }: AppendOptions,
): Promise<(RecordPlace | RefusedRecord)[]> {
  const { streamId } = stream;
  const shards = await openShards(tx, streamId);
  const first = await takeSequences(tx, streamId, records.length);
  const places: (RecordPlace | RefusedRecord)[] = [];
  const taken = { records: 0, bytes: 0 };
  for (const [index, { data, partitionKey, hashKey }] of records.entries()) {
    const shard = shardOfHash(shards, hashKey ?? hashKeyOf(partitionKey ?? ''));
    assert(shard !== undefined, `stream ${streamId} has a gap in its shards`);
    const bytes = recordBytes(data, partitionKey);
    if (!hasRoom({ streamId, shardIndex: shard.index }, bytes)) {
      places.push({ refusedBy: shardId(shard.index) });
      continue;
    }
    const record = { sequence: first + index, atMs: nowMs, partitionKey, data };
    taken.records += 1;
    taken.bytes += bytes;
    await insertRecord(tx, { streamId, shardIndex: shard.index }, record);
    places.push({
      ShardId: shardId(shard.index),
      SequenceNumber: formatSequence(stream, shard.index, record),
    });
  }
  tx.afterCommit(() => {
    wakeups.notify(streamTopic(streamArn(stream)));
    meter(stream, incoming(taken));
  });
  return places;
}
