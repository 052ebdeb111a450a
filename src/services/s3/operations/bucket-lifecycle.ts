import type { BucketLifecycleConfiguration, Operations } from '#aws/models/s3.types.gen.ts';
import { readConfiguration, removeConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import { checkLifecycle } from '../lifecycle.ts';
import { LIFECYCLE_TOPIC } from '../expire.ts';

const kind = 'lifecycle';

interface StoredLifecycle extends BucketLifecycleConfiguration {
  readonly TransitionDefaultMinimumObjectSize?: string;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html */
export function putBucketLifecycleConfiguration(
  core: S3Core,
): Operations['PutBucketLifecycleConfiguration'] {
  return async (context, input) => {
    const { LifecycleConfiguration: given, TransitionDefaultMinimumObjectSize: size } = input;
    if (!given) throw s3Error('MalformedXML');
    const stored: StoredLifecycle = {
      ...checkLifecycle(given, () => core.random.uuid()),
      TransitionDefaultMinimumObjectSize: size ?? 'all_storage_classes_128K',
    };
    await writeConfiguration(core, { context, input, kind }, () => stored);
    core.wakeups.notify(LIFECYCLE_TOPIC);
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html */
export function getBucketLifecycleConfiguration(
  core: S3Core,
): Operations['GetBucketLifecycleConfiguration'] {
  return async (context, input) => {
    const found = await readConfiguration<StoredLifecycle>(core, { context, input, kind });
    if (!found) throw s3Error('NoSuchLifecycleConfiguration', { BucketName: input.Bucket });
    return found;
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketLifecycle.html */
export function deleteBucketLifecycle(core: S3Core): Operations['DeleteBucketLifecycle'] {
  return (context, input) => removeConfiguration(core, { context, input, kind });
}
