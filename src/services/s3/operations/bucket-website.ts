import type { Operations, WebsiteConfiguration } from '#aws/models/s3.types.gen.ts';
import { readConfiguration, removeConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import { checkWebsite } from '../website.ts';

const kind = 'website';

/** Stored alone: no website is served. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html */
export function putBucketWebsite(core: S3Core): Operations['PutBucketWebsite'] {
  return async (context, input) => {
    checkWebsite(input.WebsiteConfiguration);
    await writeConfiguration(core, { context, input, kind }, () => input.WebsiteConfiguration);
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html */
export function getBucketWebsite(core: S3Core): Operations['GetBucketWebsite'] {
  return async (context, input) => {
    const found = await readConfiguration<WebsiteConfiguration>(core, { context, input, kind });
    if (!found) throw s3Error('NoSuchWebsiteConfiguration', { BucketName: input.Bucket });
    return found;
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketWebsite.html */
export function deleteBucketWebsite(core: S3Core): Operations['DeleteBucketWebsite'] {
  return (context, input) => removeConfiguration(core, { context, input, kind });
}
