import type { InventoryConfiguration, Operations } from '#aws/models/s3.types.gen.ts';
import { noContent } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { deleteNamed, getNamed, listNamed, putNamed } from '../named-configurations.ts';

const kind = 'inventory';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html */
export function putBucketInventoryConfiguration(
  core: S3Core,
): Operations['PutBucketInventoryConfiguration'] {
  return async (context, input) => {
    await putNamed(core, { context, input, kind }, input.InventoryConfiguration);
    return noContent();
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketInventoryConfiguration.html */
export function getBucketInventoryConfiguration(
  core: S3Core,
): Operations['GetBucketInventoryConfiguration'] {
  return async (context, input) => ({
    InventoryConfiguration: await getNamed<InventoryConfiguration>(core, { context, input, kind }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketInventoryConfiguration.html */
export function deleteBucketInventoryConfiguration(
  core: S3Core,
): Operations['DeleteBucketInventoryConfiguration'] {
  return async (context, input) => {
    await deleteNamed(core, { context, input, kind });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketInventoryConfigurations.html */
export function listBucketInventoryConfigurations(
  core: S3Core,
): Operations['ListBucketInventoryConfigurations'] {
  return async (context, input) => {
    const page = await listNamed<InventoryConfiguration>(core, context, input, kind);
    return {
      ...page.members,
      ...(page.list.length === 0 ? {} : { InventoryConfigurationList: page.list }),
    };
  };
}
