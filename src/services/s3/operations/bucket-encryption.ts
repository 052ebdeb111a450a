import type { Operations, ServerSideEncryptionConfiguration } from '#aws/models/s3.types.gen.ts';
import { readConfiguration, removeConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';

const kind = 'encryption';

/** What every bucket has since 2023. Recorded: s3_api.json TestS3BucketEncryption */
const DEFAULT: ServerSideEncryptionConfiguration = {
  Rules: [
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false },
  ],
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html */
export function putBucketEncryption(core: S3Core): Operations['PutBucketEncryption'] {
  return async (context, input) => {
    const { Rules } = input.ServerSideEncryptionConfiguration;
    const [rule] = Rules;
    const algorithm = rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? '';
    const isKnown = ['AES256', 'aws:kms', 'aws:kms:dsse'].includes(algorithm);
    if (Rules.length !== 1 || !isKnown) throw s3Error('MalformedXML');
    const stored = { Rules: Rules.map((one) => ({ BucketKeyEnabled: false, ...one })) };
    await writeConfiguration(core, { context, input, kind }, () => stored);
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html */
export function getBucketEncryption(core: S3Core): Operations['GetBucketEncryption'] {
  return async (context, input) => {
    const call = { context, input, kind } as const;
    const found = await readConfiguration<ServerSideEncryptionConfiguration>(core, call);
    return { ServerSideEncryptionConfiguration: found ?? DEFAULT };
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html */
export function deleteBucketEncryption(core: S3Core): Operations['DeleteBucketEncryption'] {
  return (context, input) => removeConfiguration(core, { context, input, kind });
}
