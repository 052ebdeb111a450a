import type { Operations } from '#aws/models/s3.types.gen.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import { deleteBucket as deleteRow } from '../store.ts';
import { hasVersions } from '../store-objects.ts';
import { deleteUploads } from '../store-uploads.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export function deleteBucket(core: S3Core): Operations['DeleteBucket'] {
  return async (context, input) => {
    const blobs = await core.database.transact(async (tx) => {
      const bucket = await requireBucket(tx, context, input);
      if (await hasVersions(tx, bucket.name)) throw notEmpty(bucket);
      const orphans = await deleteUploads(tx, bucket.name);
      await deleteRow(tx, bucket.name);
      return orphans;
    });
    core.ledger.discard(blobs);
    return {};
  };
}

/** Recorded: s3_api.json TestS3BucketCRUD */
function notEmpty({
  name,
  versioning,
}: {
  readonly name: string;
  readonly versioning: string;
}): Error {
  const message = 'The bucket you tried to delete is not empty';
  const versions = versioning === 'Off' ? '' : '. You must delete all versions in the bucket.';
  return s3Error('BucketNotEmpty', { BucketName: name }, message + versions);
}
