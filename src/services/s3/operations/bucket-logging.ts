import type { BucketLoggingStatus, Operations } from '#aws/models/s3.types.gen.ts';
import { readConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import { US_EAST_1 } from '../bucket-location.ts';
import type { Bucket } from '../model.ts';
import { findBucket } from '../store.ts';

const kind = 'logging';

/** Stored alone: no access logs are written. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html */
export function putBucketLogging(core: S3Core): Operations['PutBucketLogging'] {
  return async (context, input) => {
    const { LoggingEnabled } = input.BucketLoggingStatus;
    await writeConfiguration(core, { context, input, kind }, async (bucket, tx) => {
      if (!LoggingEnabled) return undefined;
      assertTarget(
        bucket,
        LoggingEnabled.TargetBucket,
        await findBucket(tx, LoggingEnabled.TargetBucket),
      );
      return { LoggingEnabled };
    });
    return {};
  };
}

/** Recorded: s3.json TestS3BucketLogging::test_put_bucket_logging_cross_locations */
function assertTarget(bucket: Bucket, name: string, target: Bucket | undefined): void {
  if (target?.accountId !== bucket.accountId) {
    throw s3Error('InvalidTargetBucketForLogging', { TargetBucket: name });
  }
  if (target.region === bucket.region) return;
  const source = bucket.region === US_EAST_1 ? {} : { SourceBucketLocation: bucket.region };
  throw s3Error('CrossLocationLoggingProhibitted', {
    ...source,
    TargetBucketLocation: target.region,
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html */
export function getBucketLogging(core: S3Core): Operations['GetBucketLogging'] {
  return async (context, input) =>
    (await readConfiguration<BucketLoggingStatus>(core, { context, input, kind })) ?? {};
}
