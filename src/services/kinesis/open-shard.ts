import type { Queries } from '#ports/world/database.ts';
import { couldNotFindShard, resourceInUse } from './errors.ts';
import { parseShardId, shardId } from './model.ts';
import type { Shard, Stream } from './model.ts';
import { findShard } from './store-shards.ts';

/**
 * The shard that a request wants to split or merge.
 * @throws AwsError ResourceNotFoundException; ResourceInUseException where it is closed already
 */
export async function requireOpenShard(
  queries: Queries,
  stream: Stream,
  text: string,
): Promise<Shard> {
  const index = parseShardId(text);
  if (index === undefined) throw couldNotFindShard(stream, text);
  const shard = await findShard(queries, stream.streamId, index);
  if (shard === undefined) throw couldNotFindShard(stream, shardId(index));
  if (shard.closedSequence !== undefined) {
    throw resourceInUse(
      `Shard ${shardId(index)} in stream ${stream.name} under account ${stream.accountId} ` +
        'has already been merged or split, and thus is not eligible for merging or splitting.',
    );
  }
  return shard;
}
