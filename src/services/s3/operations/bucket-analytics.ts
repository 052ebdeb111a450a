import type { AnalyticsConfiguration, Operations } from '#aws/models/s3.types.gen.ts';
import { noContent } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { deleteNamed, getNamed, listNamed, putNamed } from '../named-configurations.ts';

const kind = 'analytics';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAnalyticsConfiguration.html */
export function putBucketAnalyticsConfiguration(
  core: S3Core,
): Operations['PutBucketAnalyticsConfiguration'] {
  return async (context, input) => {
    await putNamed(core, { context, input, kind }, input.AnalyticsConfiguration);
    return noContent();
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAnalyticsConfiguration.html */
export function getBucketAnalyticsConfiguration(
  core: S3Core,
): Operations['GetBucketAnalyticsConfiguration'] {
  return async (context, input) => ({
    AnalyticsConfiguration: await getNamed<AnalyticsConfiguration>(core, { context, input, kind }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketAnalyticsConfiguration.html */
export function deleteBucketAnalyticsConfiguration(
  core: S3Core,
): Operations['DeleteBucketAnalyticsConfiguration'] {
  return async (context, input) => {
    await deleteNamed(core, { context, input, kind });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketAnalyticsConfigurations.html */
export function listBucketAnalyticsConfigurations(
  core: S3Core,
): Operations['ListBucketAnalyticsConfigurations'] {
  return async (context, input) => {
    const page = await listNamed<AnalyticsConfiguration>(core, context, input, kind);
    return {
      ...page.members,
      ...(page.list.length === 0 ? {} : { AnalyticsConfigurationList: page.list }),
    };
  };
}
