import type { Operations, PublicAccessBlockConfiguration } from '#aws/models/s3.types.gen.ts';
import { checkPolicy } from '../bucket-policy.ts';
import {
  noContent,
  readConfiguration,
  removeConfiguration,
  writeConfiguration,
} from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import { bucketArn } from '../notification-event.ts';
import { isPublicPolicy } from '../public-policy.ts';
import { getConfiguration } from '../store.ts';

const kind = 'policy';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export function putBucketPolicy(core: S3Core): Operations['PutBucketPolicy'] {
  return async (context, input) => {
    // An empty body is no text at all to the parser.
    const policy = (input.Policy as string | undefined) ?? '';
    await writeConfiguration(core, { context, input, kind }, async (bucket, tx) => {
      checkPolicy(policy, bucket.name);
      const block = await getConfiguration<PublicAccessBlockConfiguration>(
        tx,
        bucket.name,
        'public-access-block',
      );
      if (block?.BlockPublicPolicy === true && isPublicPolicy(policy)) {
        throw publicPolicyBlocked(context.principal.arn, bucket.name);
      }
      return policy;
    });
    return noContent();
  };
}

function publicPolicyBlocked(arn: string, bucket: string): Error {
  return s3Error(
    'AccessDenied',
    {},
    `User: ${arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(bucket)}" because ` +
      'public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html */
export function getBucketPolicy(core: S3Core): Operations['GetBucketPolicy'] {
  return async (context, input) => {
    const found = await readConfiguration<string>(core, { context, input, kind });
    if (found === undefined) throw s3Error('NoSuchBucketPolicy', { BucketName: input.Bucket });
    return { Policy: found };
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html */
export function getBucketPolicyStatus(core: S3Core): Operations['GetBucketPolicyStatus'] {
  return async (context, input) => {
    const found = await readConfiguration<string>(core, { context, input, kind });
    if (found === undefined) throw s3Error('NoSuchBucketPolicy', { BucketName: input.Bucket });
    return { PolicyStatus: { IsPublic: isPublicPolicy(found) } };
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html */
export function deleteBucketPolicy(core: S3Core): Operations['DeleteBucketPolicy'] {
  return (context, input) => removeConfiguration(core, { context, input, kind });
}
