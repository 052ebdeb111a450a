import type { Operations } from '#aws/models/s3.types.gen.ts';
import { wholeSeconds } from '../conditions.ts';
import { findOrigin, sourceVersionMember } from '../copy-content.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { checkPartKey } from '../encryption.ts';
import { quoteEtag } from '../etag.ts';
import { requireUpload } from '../find-upload.ts';
import { parseCopyRange } from '../range.ts';
import { openSource } from '../read-content.ts';
import { assertPartNumber, partAlgorithm, partChecksum } from '../uploads.ts';
import { commitPart, ingestPart } from './upload-part.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export function uploadPartCopy(core: S3Core): Operations['UploadPartCopy'] {
  return async (context, input) => {
    assertPartNumber(input.PartNumber);
    const upload = await core.database.read(async (queries) => {
      await requireBucket(queries, context, input);
      return requireUpload(queries, input);
    });
    checkPartKey(input, upload.attributes.encryption);
    const { CopySourceRange: range } = input;
    const rangeOf = (size: number): ReturnType<typeof parseCopyRange> | undefined =>
      range === undefined ? undefined : parseCopyRange(range, size);
    const origin = await findOrigin(core, context, input, rangeOf);
    return core.ledger.write(
      async () => {
        const bytes = await openSource(core.blobs, origin.source);
        return ingestPart(core, bytes, { algorithm: partAlgorithm(upload) });
      },
      async (ingested) => {
        const modifiedAtMs = await commitPart(core, context, input, ingested);
        return {
          CopyPartResult: {
            ETag: quoteEtag(ingested.md5),
            LastModified: wholeSeconds(modifiedAtMs),
            ...partChecksum(upload, ingested),
          },
          ...upload.attributes.encryption,
          ...sourceVersionMember(origin),
        };
      },
    );
  };
}
