import type { ListShardsInput, ListShardsOutput } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { describeShard } from '../describe.ts';
import { invalidArgument } from '../errors.ts';
import { requireStream } from '../find-stream.ts';
import { LIST_SHARDS_DEFAULT } from '../limits.ts';
import { parseShardId, trimmedBeforeMs } from '../model.ts';
import type { Shard } from '../model.ts';
import { formatToken, parseTokenParts } from '../page-token.ts';
import { allShards } from '../store-shards.ts';

type Filter = NonNullable<ListShardsInput['ShardFilter']>;

/**
 * Lists shards, of a time or from one on where a filter says so.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html
 */
export function listShards({
  database,
  clock,
}: KinesisDependencies): Operation<ListShardsInput, ListShardsOutput> {
  return (context, input) =>
    database.read(async (queries) => {
      const page = pageOf(input);
      const reference = page.streamId === undefined ? input : { StreamId: page.streamId };
      const stream = await requireStream(queries, context, reference);
      const trimHorizonMs = trimmedBeforeMs(stream, clock.now());
      const isShown = filterOf(page.filter, trimHorizonMs);
      const shards = (await allShards(queries, stream.streamId)).filter(
        (shard) => shard.index > page.after && isShown(shard),
      );
      const limit = input.MaxResults ?? LIST_SHARDS_DEFAULT;
      const last = shards[limit - 1];
      const filter = filterTexts(page.filter);
      return {
        Shards: shards.slice(0, limit).map((shard) => describeShard(stream, shard)),
        ...(shards.length > limit &&
          last && {
            NextToken: formatToken('shards', stream.streamId, String(last.index), ...filter),
          }),
      };
    });
}

interface Page {
  /** Of a token, which names its stream itself. */
  readonly streamId: string | undefined;
  readonly after: number;
  readonly filter: Filter | undefined;
}

function pageOf(input: ListShardsInput): Page {
  if (input.NextToken === undefined) {
    const after = parseShardId(input.ExclusiveStartShardId ?? '') ?? -1;
    return { streamId: undefined, after, filter: input.ShardFilter };
  }
  if (input.StreamName !== undefined || input.ExclusiveStartShardId !== undefined) {
    throw invalidArgument('NextToken and StreamName cannot be provided together.');
  }
  const [streamId, after, Type, ShardId = '', timestamp = ''] = parseTokenParts(
    'shards',
    input.NextToken,
  );
  const filter = Type === undefined ? undefined : { Type, ShardId, Timestamp: Number(timestamp) };
  return { streamId, after: Number(after), filter };
}

function filterTexts(filter: Filter | undefined): readonly string[] {
  if (filter === undefined) return [];
  return [filter.Type, filter.ShardId ?? '', String(filter.Timestamp ?? '')];
}

function filterOf(filter: Filter | undefined, trimHorizonMs: number): (shard: Shard) => boolean {
  const wasOpenAt = (atMs: number) => (shard: Shard) =>
    shard.openedAtMs <= atMs && (shard.closedAtMs ?? Infinity) > atMs;
  const isOpenFrom = (atMs: number) => (shard: Shard) => (shard.closedAtMs ?? Infinity) >= atMs;
  switch (filter?.Type) {
    case 'AT_LATEST':
      return ({ closedSequence }) => closedSequence === undefined;
    case 'AFTER_SHARD_ID': {
      const after = parseShardId(required(filter.ShardId, 'ShardId'));
      return ({ index }) => index > (after ?? -1);
    }
    case 'AT_TIMESTAMP':
      return wasOpenAt(required(filter.Timestamp, 'Timestamp'));
    case 'FROM_TIMESTAMP':
      return isOpenFrom(required(filter.Timestamp, 'Timestamp'));
    case 'AT_TRIM_HORIZON':
      // A stream younger than its retention begins with its first shards.
      return (shard) => wasOpenAt(trimHorizonMs)(shard) || shard.parentIndex === undefined;
    default:
      return isOpenFrom(trimHorizonMs);
  }
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw invalidArgument(`${name} must be provided for the ShardFilter.`);
  return value;
}
