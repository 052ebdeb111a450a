import type { ListBucketsRequest, Operations } from '#aws/models/s3.types.gen.ts';
import { wholeSeconds } from '../conditions.ts';
import type { S3Core } from '../core.ts';
import { invalidArgument } from '../errors.ts';
import { BUCKETS_PAGE_MAX } from '../limits.ts';
import { readToken, writeToken } from '../list-page.ts';
import type { Bucket } from '../model.ts';
import { bucketArn } from '../notification-event.ts';
import { ownerOf } from '../owner.ts';
import { isRegion } from '../regions.ts';
import { listBuckets as fetchBuckets } from '../store.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export function listBuckets(core: S3Core): Operations['ListBuckets'] {
  return async (context, input) => {
    const limit = limitOf(input);
    if (input.BucketRegion !== undefined && !isRegion(input.BucketRegion)) {
      const message = `Argument value ${input.BucketRegion} is not a valid AWS Region`;
      throw invalidArgument(message, 'bucket-region');
    }
    const found = await core.database.read((queries) =>
      fetchBuckets(queries, {
        accountId: context.accountId,
        prefix: input.Prefix ?? '',
        after: input.ContinuationToken === undefined ? '' : readToken(input.ContinuationToken).text,
        region: input.BucketRegion,
        limit: limit + 1,
      }),
    );
    const page = found.slice(0, limit);
    const last = page.at(-1);
    // The Region is told only to those who ask for a page or a part of the list.
    const isPlain = Object.keys(input).length === 0;
    return {
      Buckets: page.map((bucket) => describe(bucket, isPlain)),
      Owner: ownerOf(context.accountId),
      ...(last && found.length > limit
        ? { ContinuationToken: writeToken({ kind: 'key', text: last.name }) }
        : {}),
      ...(input.Prefix === undefined ? {} : { Prefix: input.Prefix }),
    };
  };
}

function limitOf({ MaxBuckets = BUCKETS_PAGE_MAX }: ListBucketsRequest): number {
  if (MaxBuckets >= 1 && MaxBuckets <= BUCKETS_PAGE_MAX) return MaxBuckets;
  const message = `Argument max-buckets must be an integer between 1 and ${BUCKETS_PAGE_MAX}`;
  throw invalidArgument(message, 'max-buckets', MaxBuckets);
}

function describe(bucket: Bucket, isPlain: boolean): object {
  return {
    Name: bucket.name,
    CreationDate: wholeSeconds(bucket.createdAtMs),
    ...(isPlain ? {} : { BucketRegion: bucket.region }),
    BucketArn: bucketArn(bucket.name),
  };
}
