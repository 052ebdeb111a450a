import type { Operations } from '#aws/models/s3.types.gen.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { requireUpload } from '../find-upload.ts';
import { deleteUpload } from '../store-uploads.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export function abortMultipartUpload(core: S3Core): Operations['AbortMultipartUpload'] {
  return async (context, input) => {
    const blobs = await core.database.transact(async (tx) => {
      await requireBucket(tx, context, input);
      const upload = await requireUpload(tx, input);
      return deleteUpload(tx, upload.id);
    });
    core.ledger.discard(blobs);
    return {};
  };
}
