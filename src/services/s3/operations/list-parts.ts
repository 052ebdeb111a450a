import type { Operations } from '#aws/models/s3.types.gen.ts';
import { wholeSeconds } from '../conditions.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { quoteEtag } from '../etag.ts';
import { requireUpload } from '../find-upload.ts';
import { pageLimit } from '../list-page.ts';
import { ownerOf } from '../owner.ts';
import { listParts as fetchParts } from '../store-uploads.ts';
import { initiatorOf, partChecksum } from '../uploads.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export function listParts(core: S3Core): Operations['ListParts'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      await requireBucket(queries, context, input);
      const upload = await requireUpload(queries, input);
      const marker = input.PartNumberMarker ?? 0;
      const limit = pageLimit(input.MaxParts, 'max-parts');
      const found = await fetchParts(queries, upload.id, marker, limit + 1);
      const parts = found.slice(0, limit).map((part) => ({
        PartNumber: part.number,
        LastModified: wholeSeconds(part.modifiedAtMs),
        ETag: quoteEtag(part.etag),
        Size: part.size,
        ...partChecksum(upload, part),
      }));
      return {
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.id,
        Initiator: initiatorOf(upload),
        Owner: ownerOf(context.accountId),
        StorageClass: upload.storageClass,
        PartNumberMarker: marker,
        NextPartNumberMarker: parts.at(-1)?.PartNumber ?? 0,
        MaxParts: limit,
        IsTruncated: limit > 0 && found.length > limit,
        ...(parts.length === 0 ? {} : { Parts: parts }),
        ...(upload.checksum
          ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }
          : {}),
      };
    });
}
