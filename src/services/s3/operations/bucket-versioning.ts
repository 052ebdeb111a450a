import type { Operations } from '#aws/models/s3.types.gen.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import { setVersioning } from '../store.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html */
export function putBucketVersioning(core: S3Core): Operations['PutBucketVersioning'] {
  return async (context, input) => {
    const { Status: status } = input.VersioningConfiguration;
    if (status === undefined) {
      throw s3Error('IllegalVersioningConfigurationException');
    }
    if (status !== 'Enabled' && status !== 'Suspended') throw s3Error('MalformedXML');
    await core.database.transact(async (tx) => {
      const bucket = await requireBucket(tx, context, input);
      if (bucket.isObjectLock && status !== 'Enabled') throw s3Error('InvalidBucketState');
      await setVersioning(tx, bucket.name, status);
    });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html */
export function getBucketVersioning(core: S3Core): Operations['GetBucketVersioning'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const { versioning } = await requireBucket(queries, context, input);
      return versioning === 'Off' ? {} : { Status: versioning };
    });
}
