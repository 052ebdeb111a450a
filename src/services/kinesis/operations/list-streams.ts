import type { ListStreamsInput, ListStreamsOutput } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { describeHead } from '../describe.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { LIST_STREAMS_DEFAULT } from '../limits.ts';
import { formatToken, parseToken } from '../page-token.ts';
import { listStreamRows } from '../store-streams.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html */
export function listStreams({
  database,
  clock,
}: KinesisDependencies): Operation<ListStreamsInput, ListStreamsOutput> {
  return async (context, input) => {
    const limit = input.Limit ?? LIST_STREAMS_DEFAULT;
    const after =
      input.NextToken === undefined
        ? (input.ExclusiveStartStreamName ?? '')
        : parseToken('streams', input.NextToken);
    const found = await database.read((queries) =>
      listStreamRows(queries, context, { after, limit: limit + 1 }),
    );
    const streams = found.slice(0, limit);
    const last = streams.at(-1);
    const HasMoreStreams = found.length > limit;
    return {
      StreamNames: streams.map(({ name }) => name),
      StreamSummaries: streams.map((stream) => describeHead(stream, clock.now())),
      HasMoreStreams,
      ...(HasMoreStreams && last && { NextToken: formatToken('streams', last.name) }),
    };
  };
}
