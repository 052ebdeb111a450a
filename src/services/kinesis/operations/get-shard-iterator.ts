import type {
  GetShardIteratorInput,
  GetShardIteratorOutput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { couldNotFindShard, dryRun, shardNotInStream } from '../errors.ts';
import { requireStream } from '../find-stream.ts';
import { parseShardId, shardId } from '../model.ts';
import { afterSequenceOf } from '../read-position.ts';
import { formatIterator } from '../shard-iterator.ts';
import { findShard } from '../store-shards.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html */
export function getShardIterator({
  database,
  clock,
}: KinesisDependencies): Operation<GetShardIteratorInput, GetShardIteratorOutput> {
  return (context, input) =>
    database.read(async (queries) => {
      const stream = await requireStream(queries, context, input);
      const index = parseShardId(input.ShardId);
      if (index === undefined) throw couldNotFindShard(stream, input.ShardId);
      const shard = await findShard(queries, stream.streamId, index);
      if (shard === undefined) throw shardNotInStream(stream, shardId(index));
      const afterSequence = await afterSequenceOf(queries, stream, shard, {
        type: input.ShardIteratorType,
        sequenceNumber: input.StartingSequenceNumber,
        timestamp: input.Timestamp,
      });
      if (input.DryRun === true) throw dryRun();
      const { streamId } = stream;
      const madeAtMs = Math.floor(clock.now());
      const iterator = { streamId, shardIndex: index, afterSequence, madeAtMs };
      return { ShardIterator: formatIterator(iterator) };
    });
}
