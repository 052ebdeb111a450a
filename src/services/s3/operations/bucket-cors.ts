import type { CORSConfiguration, Operations } from '#aws/models/s3.types.gen.ts';
import { readConfiguration, removeConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { checkCors } from '../cors.ts';
import { s3Error } from '../errors.ts';

const kind = 'cors';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html */
export function putBucketCors(core: S3Core): Operations['PutBucketCors'] {
  return async (context, input) => {
    checkCors(input.CORSConfiguration);
    await writeConfiguration(core, { context, input, kind }, () => input.CORSConfiguration);
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html */
export function getBucketCors(core: S3Core): Operations['GetBucketCors'] {
  return async (context, input) => {
    const found = await readConfiguration<CORSConfiguration>(core, { context, input, kind });
    if (!found) throw s3Error('NoSuchCORSConfiguration', { BucketName: input.Bucket });
    return found;
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketCors.html */
export function deleteBucketCors(core: S3Core): Operations['DeleteBucketCors'] {
  return (context, input) => removeConfiguration(core, { context, input, kind });
}
