/** Puts records into a stream: into the shard of their hash key, in the order given. */
import { assert } from '#kernel/assert.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import { hashKeyOf, shardOfHash } from './hash-key.ts';
import { shardId, streamArn, streamTopic } from './model.ts';
import type { Stream } from './model.ts';
import { formatSequence } from './sequence.ts';
import { insertRecord } from './store-records.ts';
import { openShards } from './store-shards.ts';
import { takeSequences } from './store-streams.ts';

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

/**
 * Appends in the caller's transaction, and wakes readers once it is durable.
 * `nowMs` in ms since 1970.
 */
export async function appendRecords(
  tx: Transaction,
  stream: Stream,
  records: readonly NewRecord[],
  { nowMs, wakeups }: { readonly nowMs: number; readonly wakeups: Wakeups },
): Promise<RecordPlace[]> {
  const shards = await openShards(tx, stream.streamId);
  const first = await takeSequences(tx, stream.streamId, records.length);
  const places: RecordPlace[] = [];
  for (const [index, { data, partitionKey, hashKey }] of records.entries()) {
    const shard = shardOfHash(shards, hashKey ?? hashKeyOf(partitionKey ?? ''));
    assert(shard !== undefined, `stream ${stream.streamId} has a gap in its shards`);
    const record = { sequence: first + index, atMs: nowMs, partitionKey, data };
    await insertRecord(tx, { streamId: stream.streamId, shardIndex: shard.index }, record);
    places.push({
      ShardId: shardId(shard.index),
      SequenceNumber: formatSequence(stream, shard.index, record),
    });
  }
  tx.afterCommit(() => wakeups.notify(streamTopic(streamArn(stream))));
  return places;
}
