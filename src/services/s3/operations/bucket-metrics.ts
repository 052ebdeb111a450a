import type { MetricsConfiguration, Operations } from '#aws/models/s3.types.gen.ts';
import { noContent } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { deleteNamed, getNamed, listNamed, putNamed } from '../named-configurations.ts';

const kind = 'metrics';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketMetricsConfiguration.html */
export function putBucketMetricsConfiguration(
  core: S3Core,
): Operations['PutBucketMetricsConfiguration'] {
  return async (context, input) => {
    await putNamed(core, { context, input, kind }, input.MetricsConfiguration);
    return noContent();
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketMetricsConfiguration.html */
export function getBucketMetricsConfiguration(
  core: S3Core,
): Operations['GetBucketMetricsConfiguration'] {
  return async (context, input) => ({
    MetricsConfiguration: await getNamed<MetricsConfiguration>(core, { context, input, kind }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketMetricsConfiguration.html */
export function deleteBucketMetricsConfiguration(
  core: S3Core,
): Operations['DeleteBucketMetricsConfiguration'] {
  return async (context, input) => {
    await deleteNamed(core, { context, input, kind });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketMetricsConfigurations.html */
export function listBucketMetricsConfigurations(
  core: S3Core,
): Operations['ListBucketMetricsConfigurations'] {
  return async (context, input) => {
    const page = await listNamed<MetricsConfiguration>(core, context, input, kind);
    return {
      ...page.members,
      ...(page.list.length === 0 ? {} : { MetricsConfigurationList: page.list }),
    };
  };
}
