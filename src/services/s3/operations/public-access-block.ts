import type { Operations, PublicAccessBlockConfiguration } from '#aws/models/s3.types.gen.ts';
import { readConfiguration, removeConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';

const kind = 'public-access-block';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html */
export function putPublicAccessBlock(core: S3Core): Operations['PutPublicAccessBlock'] {
  return async (context, input) => {
    const given = input.PublicAccessBlockConfiguration;
    const stored: PublicAccessBlockConfiguration = {
      BlockPublicAcls: given.BlockPublicAcls ?? false,
      IgnorePublicAcls: given.IgnorePublicAcls ?? false,
      BlockPublicPolicy: given.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: given.RestrictPublicBuckets ?? false,
    };
    await writeConfiguration(core, { context, input, kind }, () => stored);
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html */
export function getPublicAccessBlock(core: S3Core): Operations['GetPublicAccessBlock'] {
  return async (context, input) => {
    const call = { context, input, kind } as const;
    const found = await readConfiguration<PublicAccessBlockConfiguration>(core, call);
    if (!found) throw s3Error('NoSuchPublicAccessBlockConfiguration', { BucketName: input.Bucket });
    return { PublicAccessBlockConfiguration: found };
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html */
export function deletePublicAccessBlock(core: S3Core): Operations['DeletePublicAccessBlock'] {
  return (context, input) => removeConfiguration(core, { context, input, kind });
}
