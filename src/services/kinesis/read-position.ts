/** Where a reader begins: the five types of position of GetShardIterator and SubscribeToShard. */
import type { Queries } from '#ports/world/database.ts';
import { invalidArgument } from './errors.ts';
import { shardId } from './model.ts';
import type { Shard, Stream } from './model.ts';
import { isOfStream, parseSequence } from './sequence.ts';
import { firstSequenceSince } from './store-records.ts';

export interface ReadPosition {
  readonly type: string;
  readonly sequenceNumber: string | undefined;
  /** In ms since 1970. */
  readonly timestamp: number | undefined;
}

/**
 * The place after which a reader of a shard begins.
 * @throws AwsError InvalidArgumentException for a sequence number of another shard or stream, or a
 * type that lacks its value
 */
export async function afterSequenceOf(
  queries: Queries,
  stream: Stream,
  shard: Shard,
  position: ReadPosition,
): Promise<number> {
  const { type, sequenceNumber, timestamp } = position;
  if (type === 'AT_TIMESTAMP') {
    if (timestamp === undefined) {
      throw invalidArgument(
        'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.',
      );
    }
    const address = { streamId: stream.streamId, shardIndex: shard.index };
    const first = await firstSequenceSince(queries, address, timestamp);
    return first === undefined ? stream.lastSequence : first - 1;
  }
  const needsNumber = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER';
  if (needsNumber !== (sequenceNumber !== undefined)) {
    throw invalidArgument(
      'Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or ' +
        '(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. ' +
        `Request specified ${type} and ${needsNumber ? 'no' : 'also a'} StartingSequenceNumber.`,
    );
  }
  if (type === 'LATEST') return stream.lastSequence;
  if (sequenceNumber === undefined) return 0;
  const sequence = sequenceOfShard(stream, shard, sequenceNumber);
  return type === 'AT_SEQUENCE_NUMBER' ? sequence - 1 : sequence;
}

function sequenceOfShard(stream: Stream, shard: Shard, text: string): number {
  const id = shardId(shard.index);
  const used =
    `StartingSequenceNumber ${text} used in GetShardIterator on shard ${id} ` +
    `in stream ${stream.name} under account ${stream.accountId} is invalid`;
  const parsed = parseSequence(text);
  if (parsed === undefined) throw invalidArgument(`${used}.`);
  if (parsed.shardIndex !== shard.index) {
    throw invalidArgument(
      `Invalid StartingSequenceNumber. It encodes ${shardId(parsed.shardIndex)}, ` +
        `while it was used in a call to a shard with ${id}`,
    );
  }
  if (!isOfStream(parsed, stream)) {
    throw invalidArgument(`${used} because it did not come from this stream.`);
  }
  return parsed.sequence;
}
