import type { IntelligentTieringConfiguration, Operations } from '#aws/models/s3.types.gen.ts';
import { noContent } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { deleteNamed, getNamed, listNamed, putNamed } from '../named-configurations.ts';

const kind = 'intelligent-tiering';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketIntelligentTieringConfiguration.html */
export function putBucketIntelligentTieringConfiguration(
  core: S3Core,
): Operations['PutBucketIntelligentTieringConfiguration'] {
  return async (context, input) => {
    await putNamed(core, { context, input, kind }, input.IntelligentTieringConfiguration);
    return noContent();
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketIntelligentTieringConfiguration.html */
export function getBucketIntelligentTieringConfiguration(
  core: S3Core,
): Operations['GetBucketIntelligentTieringConfiguration'] {
  return async (context, input) => ({
    IntelligentTieringConfiguration: await getNamed<IntelligentTieringConfiguration>(core, {
      context,
      input,
      kind,
    }),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketIntelligentTieringConfiguration.html */
export function deleteBucketIntelligentTieringConfiguration(
  core: S3Core,
): Operations['DeleteBucketIntelligentTieringConfiguration'] {
  return async (context, input) => {
    await deleteNamed(core, { context, input, kind });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketIntelligentTieringConfigurations.html */
export function listBucketIntelligentTieringConfigurations(
  core: S3Core,
): Operations['ListBucketIntelligentTieringConfigurations'] {
  return async (context, input) => {
    const page = await listNamed<IntelligentTieringConfiguration>(core, context, input, kind);
    return {
      ...page.members,
      ...(page.list.length === 0 ? {} : { IntelligentTieringConfigurationList: page.list }),
    };
  };
}
