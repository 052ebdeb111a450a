import type { Empty, SplitShardInput } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { updating } from '../change-stream.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { invalidArgument } from '../errors.ts';
import { requireActiveStream } from '../find-stream.ts';
import { requireOpenShard } from '../open-shard.ts';
import { shardId, streamArn, streamTopic } from '../model.ts';
import { splitAt } from '../new-shards.ts';
import { updateStream } from '../store-streams.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html */
export function splitShard({
  database,
  clock,
  wakeups,
}: KinesisDependencies): Operation<SplitShardInput, Empty> {
  return (context, input) =>
    database.transact(async (tx) => {
      const nowMs = Math.floor(clock.now());
      const stream = await requireActiveStream(tx, context, input, nowMs);
      const shard = await requireOpenShard(tx, stream, input.ShardToSplit);
      const hashKey = BigInt(input.NewStartingHashKey);
      if (hashKey <= shard.startHash + 1n || hashKey >= shard.endHash) {
        throw invalidArgument(
          `NewStartingHashKey ${hashKey} used in SplitShard() on shard ${shardId(shard.index)} in stream ` +
            `${stream.name} under account ${stream.accountId} is not both greater than one plus the shard's ` +
            `StartingHashKey ${shard.startHash} and less than the shard's EndingHashKey ${shard.endHash}.`,
        );
      }
      await splitAt(tx, stream, shard, { hashKey, nowMs });
      await updateStream(tx, updating(stream, nowMs));
      tx.afterCommit(() => wakeups.notify(streamTopic(streamArn(stream))));
      return {};
    });
}
