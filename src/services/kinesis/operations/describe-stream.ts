import type { DescribeStreamInput, DescribeStreamOutput } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { describeSettings, describeShard } from '../describe.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { requireStream } from '../find-stream.ts';
import { DESCRIBE_SHARDS_DEFAULT } from '../limits.ts';
import { parseShardId } from '../model.ts';
import { allShards } from '../store-shards.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStream.html */
export function describeStream({
  database,
  clock,
}: KinesisDependencies): Operation<DescribeStreamInput, DescribeStreamOutput> {
  return (context, input) =>
    database.read(async (queries) => {
      const stream = await requireStream(queries, context, input);
      const after = parseShardId(input.ExclusiveStartShardId ?? '') ?? -1;
      const limit = input.Limit ?? DESCRIBE_SHARDS_DEFAULT;
      const shards = (await allShards(queries, stream.streamId)).filter(
        ({ index }) => index > after,
      );
      return {
        StreamDescription: {
          ...describeSettings(stream, clock.now()),
          Shards: shards.slice(0, limit).map((shard) => describeShard(stream, shard)),
          HasMoreShards: shards.length > limit,
        },
      };
    });
}
