import type { Operations, Tag } from '#aws/models/s3.types.gen.ts';
import {
  noContent,
  readConfiguration,
  removeConfiguration,
  writeConfiguration,
} from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import { checkTags } from '../tagging.ts';

const kind = 'tagging';

/** An empty set deletes the tags. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html */
export function putBucketTagging(core: S3Core): Operations['PutBucketTagging'] {
  return async (context, input) => {
    await writeConfiguration(core, { context, input, kind }, () => {
      const tags = checkTags(input.Tagging.TagSet ?? [], 'bucket');
      return tags.length === 0 ? undefined : tags;
    });
    return noContent();
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html */
export function getBucketTagging(core: S3Core): Operations['GetBucketTagging'] {
  return async (context, input) => {
    const found = await readConfiguration<readonly Tag[]>(core, { context, input, kind });
    if (!found) throw s3Error('NoSuchTagSet', { BucketName: input.Bucket });
    return { TagSet: found };
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html */
export function deleteBucketTagging(core: S3Core): Operations['DeleteBucketTagging'] {
  return (context, input) => removeConfiguration(core, { context, input, kind });
}
