import type { ListObjectsV2Request, Operations } from '#aws/models/s3.types.gen.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { keyWriter, pageLimit, prefixesOf, readToken, writeToken } from '../list-page.ts';
import type { ObjectVersion } from '../model.ts';
import { ownerOf } from '../owner.ts';
import { behindPrefix, rollUp, type Position, type RolledUp } from '../roll-up.ts';
import { fetchCurrent } from '../store-listing.ts';
import { contentsOf } from './list-objects.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjectsV2(core: S3Core): Operations['ListObjectsV2'] {
  return async (context, input) => {
    const { Prefix: prefix = '', Delimiter: delimiter = '' } = input;
    const write = keyWriter(input.EncodingType);
    const limit = pageLimit(input.MaxKeys, 'max-keys');
    const start = startOf(input);
    const page = await core.database.read(async (queries) => {
      const bucket = await requireBucket(queries, context, input);
      const scope = { bucket: bucket.name, prefix };
      const fetch = (position: Position, count: number): ReturnType<typeof fetchCurrent> =>
        fetchCurrent(queries, scope, position, count);
      return start ? rollUp({ prefix, delimiter, limit, start, fetch }) : NOTHING;
    });
    const { ContinuationToken, StartAfter } = input;
    return {
      IsTruncated: page.isTruncated,
      ...contentsOf(page, write, input.FetchOwner ? ownerOf(context.accountId) : undefined),
      Name: input.Bucket,
      Prefix: write(prefix),
      ...(delimiter === '' ? {} : { Delimiter: write(delimiter) }),
      MaxKeys: limit,
      ...prefixesOf(page.entries, write),
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      KeyCount: page.entries.length,
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      ...nextToken(page),
      ...(StartAfter === undefined || ContinuationToken !== undefined
        ? {}
        : { StartAfter: write(StartAfter) }),
    };
  };
}

const NOTHING: RolledUp<ObjectVersion> = { entries: [], isTruncated: false };

/** A token outweighs StartAfter. `undefined` where nothing can follow. */
function startOf({
  ContinuationToken,
  StartAfter = '',
}: ListObjectsV2Request): Position | undefined {
  if (ContinuationToken === undefined) return { kind: 'after', key: StartAfter };
  const { kind, text } = readToken(ContinuationToken);
  return kind === 'key' ? { kind: 'after', key: text } : behindPrefix(text);
}

function nextToken({ entries, isTruncated }: RolledUp<ObjectVersion>): {
  readonly NextContinuationToken?: string;
} {
  const last = entries.at(-1);
  if (!isTruncated || !last) return {};
  const continuation =
    last.kind === 'row'
      ? ({ kind: 'key', text: last.row.key } as const)
      : ({ kind: 'prefix', text: last.prefix } as const);
  return { NextContinuationToken: writeToken(continuation) };
}
