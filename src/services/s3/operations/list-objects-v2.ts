import type { ListObjectsV2Request, Operations } from '#aws/models/s3.types.gen.ts';
import type { S3Core } from '../core.ts';
import { listKeys } from '../list-keys.ts';
import { readToken, writeToken } from '../list-page.ts';
import type { ObjectVersion } from '../model.ts';
import { ownerOf } from '../owner.ts';
import { behindPrefix, type Position, type RolledUp } from '../roll-up.ts';
import { fetchCurrent } from '../store-listing.ts';
import { contentsOf } from './list-objects.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjectsV2(core: S3Core): Operations['ListObjectsV2'] {
  return async (context, input) => {
    const start = startOf(input);
    const { page, limit, write, members } = await listKeys(core, context, input, {
      limit: ['max-keys', input.MaxKeys],
      start: () => start,
      fetch: fetchCurrent,
    });
    const { ContinuationToken, StartAfter } = input;
    return {
      IsTruncated: page.isTruncated,
      ...contentsOf(page, write, input.FetchOwner ? ownerOf(context.accountId) : undefined),
      Name: input.Bucket,
      Prefix: write(input.Prefix ?? ''),
      MaxKeys: limit,
      ...members,
      KeyCount: page.entries.length,
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      ...nextToken(page),
      ...(StartAfter === undefined || ContinuationToken !== undefined
        ? {}
        : { StartAfter: write(StartAfter) }),
    };
  };
}

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
