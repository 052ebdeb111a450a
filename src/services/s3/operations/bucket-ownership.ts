import type { Operations, OwnershipControls } from '#aws/models/s3.types.gen.ts';
import { readConfiguration, removeConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';

const kind = 'ownership';
const OWNERSHIPS = ['BucketOwnerPreferred', 'ObjectWriter', 'BucketOwnerEnforced'];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html */
export function putBucketOwnershipControls(core: S3Core): Operations['PutBucketOwnershipControls'] {
  return async (context, input) => {
    const { Rules } = input.OwnershipControls;
    if (Rules.length !== 1 || !OWNERSHIPS.includes(Rules[0]?.ObjectOwnership ?? '')) {
      throw s3Error('MalformedXML');
    }
    await writeConfiguration(core, { context, input, kind }, () => input.OwnershipControls);
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html */
export function getBucketOwnershipControls(core: S3Core): Operations['GetBucketOwnershipControls'] {
  return async (context, input) => {
    const found = await readConfiguration<OwnershipControls>(core, { context, input, kind });
    if (!found) throw s3Error('OwnershipControlsNotFoundError', { BucketName: input.Bucket });
    return { OwnershipControls: found };
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketOwnershipControls.html */
export function deleteBucketOwnershipControls(
  core: S3Core,
): Operations['DeleteBucketOwnershipControls'] {
  return (context, input) => removeConfiguration(core, { context, input, kind });
}
