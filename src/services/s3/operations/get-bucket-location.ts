import type { Operations } from '#aws/models/s3.types.gen.ts';
import { requireOwnBucket, type S3Core } from '../core.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export function getBucketLocation(core: S3Core): Operations['GetBucketLocation'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const { location } = await requireOwnBucket(queries, context, input);
      return location === '' ? {} : { LocationConstraint: location };
    });
}
