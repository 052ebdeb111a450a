import type { Operations, ReplicationConfiguration } from '#aws/models/s3.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Transaction } from '#ports/world/database.ts';
import { readConfiguration, removeConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { invalidRequest, s3Error } from '../errors.ts';
import { findBucket } from '../store.ts';

const kind = 'replication';

/** Stored alone: nothing is replicated. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html */
export function putBucketReplication(core: S3Core): Operations['PutBucketReplication'] {
  return async (context, input) => {
    const { Role, Rules } = input.ReplicationConfiguration;
    await writeConfiguration(core, { context, input, kind }, async (bucket, tx) => {
      if (bucket.versioning !== 'Enabled') {
        throw invalidRequest(
          "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
        );
      }
      if (Rules.length === 0) throw s3Error('MalformedXML');
      for (const { Destination } of Rules) await assertDestination(tx, Destination.Bucket);
      return { Role, Rules: Rules.map((rule) => ({ ...rule, ID: rule.ID ?? core.random.uuid() })) };
    });
    return {};
  };
}

/** Recorded: s3.json TestS3BucketReplication::test_replication_config_without_filter */
async function assertDestination(tx: Transaction, arn: string): Promise<void> {
  const target = await findBucket(tx, parseArn(arn)?.resource ?? '');
  if (target?.versioning === 'Enabled') return;
  throw invalidRequest('Destination bucket must have versioning enabled.');
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html */
export function getBucketReplication(core: S3Core): Operations['GetBucketReplication'] {
  return async (context, input) => {
    const found = await readConfiguration<ReplicationConfiguration>(core, { context, input, kind });
    if (!found)
      throw s3Error('ReplicationConfigurationNotFoundError', { BucketName: input.Bucket });
    return { ReplicationConfiguration: found };
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketReplication.html */
export function deleteBucketReplication(core: S3Core): Operations['DeleteBucketReplication'] {
  return (context, input) => removeConfiguration(core, { context, input, kind });
}
