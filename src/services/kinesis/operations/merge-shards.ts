import type { Empty, MergeShardsInput } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { updating } from '../change-stream.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { invalidArgument } from '../errors.ts';
import { requireActiveStream } from '../find-stream.ts';
import { requireOpenShard } from '../open-shard.ts';
import { shardId, streamArn, streamTopic } from '../model.ts';
import { mergePair } from '../new-shards.ts';
import { updateStream } from '../store-streams.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html */
export function mergeShards({
  database,
  clock,
  wakeups,
}: KinesisDependencies): Operation<MergeShardsInput, Empty> {
  return (context, input) =>
    database.transact(async (tx) => {
      const nowMs = Math.floor(clock.now());
      const stream = await requireActiveStream(tx, context, input, nowMs);
      const parent = await requireOpenShard(tx, stream, input.ShardToMerge);
      const adjacent = await requireOpenShard(tx, stream, input.AdjacentShardToMerge);
      const isPair =
        parent.endHash + 1n === adjacent.startHash || adjacent.endHash + 1n === parent.startHash;
      if (!isPair) {
        throw invalidArgument(
          `Shards ${shardId(parent.index)} and ${shardId(adjacent.index)} in stream ${stream.name} under ` +
            `account ${stream.accountId} are not an adjacent pair of shards eligible for merging`,
        );
      }
      await mergePair(tx, stream, { parent, adjacent }, nowMs);
      await updateStream(tx, updating(stream, nowMs));
      tx.afterCommit(() => wakeups.notify(streamTopic(streamArn(stream))));
      return {};
    });
}
