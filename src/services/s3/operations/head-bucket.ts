import type { Operations } from '#aws/models/s3.types.gen.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { bucketArn } from '../notification-event.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export function headBucket(core: S3Core): Operations['HeadBucket'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const bucket = await requireBucket(queries, context, input);
      return {
        BucketArn: bucketArn(bucket.name),
        BucketRegion: bucket.region,
        AccessPointAlias: false,
      };
    });
}
