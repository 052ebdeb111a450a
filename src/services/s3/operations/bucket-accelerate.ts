import type { AccelerateConfiguration, Operations } from '#aws/models/s3.types.gen.ts';
import { readConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { invalidRequest, s3Error } from '../errors.ts';

const kind = 'accelerate';

/** Stored alone: there is nothing to accelerate. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html */
export function putBucketAccelerateConfiguration(
  core: S3Core,
): Operations['PutBucketAccelerateConfiguration'] {
  return async (context, input) => {
    const { AccelerateConfiguration: configuration } = input;
    if (!['Enabled', 'Suspended'].includes(configuration.Status ?? ''))
      throw s3Error('MalformedXML');
    if (input.Bucket.includes('.')) {
      throw invalidRequest(
        'S3 Transfer Acceleration is not supported for buckets with periods (.) in their names',
      );
    }
    await writeConfiguration(core, { context, input, kind }, () => configuration);
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html */
export function getBucketAccelerateConfiguration(
  core: S3Core,
): Operations['GetBucketAccelerateConfiguration'] {
  return async (context, input) =>
    (await readConfiguration<AccelerateConfiguration>(core, { context, input, kind })) ?? {};
}
