import type {
  UpdateShardCountInput,
  UpdateShardCountOutput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { updating } from '../change-stream.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { invalidArgument, limitExceeded } from '../errors.ts';
import { requireActiveStream } from '../find-stream.ts';
import { evenRanges, shardOfHash } from '../hash-key.ts';
import { SHARDS_MAX } from '../limits.ts';
import { streamArn, streamTopic } from '../model.ts';
import type { Stream } from '../model.ts';
import { mergePair, splitAt } from '../new-shards.ts';
import { countOpenShards, openShards } from '../store-shards.ts';
import { updateStream } from '../store-streams.ts';
import { tooManyShards } from './create-stream.ts';

/**
 * Brings a provisioned stream to shards of equal size, by splits and merges; at most twice as many,
 * at least half.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
 */
export function updateShardCount({
  database,
  clock,
  wakeups,
}: KinesisDependencies): Operation<UpdateShardCountInput, UpdateShardCountOutput> {
  return (context, input) =>
    database.transact(async (tx) => {
      const nowMs = Math.floor(clock.now());
      const stream = await requireActiveStream(tx, context, input, nowMs);
      const current = (await openShards(tx, stream.streamId)).length;
      const target = input.TargetShardCount;
      checkTarget(stream, current, target);
      const inAccount = await countOpenShards(tx, stream);
      if (inAccount - current + target > SHARDS_MAX) {
        throw tooManyShards(stream, inAccount, target - current);
      }
      await scale(tx, stream, target, nowMs);
      await updateStream(tx, updating(stream, nowMs));
      tx.afterCommit(() => wakeups.notify(streamTopic(streamArn(stream))));
      return {
        StreamName: stream.name,
        StreamARN: streamArn(stream),
        CurrentShardCount: current,
        TargetShardCount: target,
      };
    });
}

function checkTarget(stream: Stream, current: number, target: number): void {
  if (stream.settings.mode === 'ON_DEMAND') {
    throw invalidArgument('UpdateShardCount is not supported for streams in ON_DEMAND mode.');
  }
  if (target > current * 2) {
    throw limitExceeded(
      `UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: ${current} Target shard count: ${target}`,
    );
  }
  if (target < current / 2) {
    throw limitExceeded(
      `UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: ${current} Target shard count: ${target}`,
    );
  }
}

/** First every boundary that lacks is cut, then what lies within one range is joined. */
async function scale(
  tx: Transaction,
  stream: Stream,
  target: number,
  nowMs: number,
): Promise<void> {
  const ranges = evenRanges(target);
  for (const { start } of ranges) {
    const shard = shardOfHash(await openShards(tx, stream.streamId), start);
    if (shard === undefined || shard.startHash === start) continue;
    await splitAt(tx, stream, shard, { hashKey: start, nowMs });
  }
  for (const { start, end } of ranges) {
    for (;;) {
      const shards = await openShards(tx, stream.streamId);
      const parent = shardOfHash(shards, start);
      if (parent === undefined || parent.endHash === end) break;
      const adjacent = shardOfHash(shards, parent.endHash + 1n);
      if (adjacent === undefined) break;
      await mergePair(tx, stream, { parent, adjacent }, nowMs);
    }
  }
}
