import type { Operations, UploadPartOutput, UploadPartRequest } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { checksumMember, type ChecksumAlgorithm } from '../checksum.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { checkPartKey } from '../encryption.ts';
import { quoteEtag } from '../etag.ts';
import { requireUpload, type UploadInput } from '../find-upload.ts';
import { assertPutSize, ingest, type Ingested, type IngestOptions } from '../ingest.ts';
import { putPart, type Upload } from '../store-uploads.ts';
import { assertPartAlgorithm, assertPartNumber, partAlgorithm } from '../uploads.ts';
import { requestAlgorithm } from './put-object.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export function uploadPart(core: S3Core): Operations['UploadPart'] {
  return async (context, input) => {
    assertPartNumber(input.PartNumber);
    assertPutSize(input.ContentLength);
    const given = requestAlgorithm(context, input);
    const upload = await core.database.read(async (queries) => {
      await requireBucket(queries, context, input);
      return requireUpload(queries, input);
    });
    assertPartAlgorithm(upload, given);
    checkPartKey(input, upload.attributes.encryption);
    const algorithm = partAlgorithm(upload);
    const secondAlgorithm = given === algorithm ? undefined : given;
    return core.ledger.write(
      () =>
        ingestPart(core, input.Body, { algorithm, secondAlgorithm, declared: context.checksum }),
      async (ingested) => {
        await commitPart(core, context, input, ingested);
        return outputOf(upload, given, ingested);
      },
    );
  };
}

/** A part is always a blob, even an empty one, so that parts can be joined. */
export async function ingestPart(
  core: S3Core,
  body: UploadPartRequest['Body'],
  options: Omit<IngestOptions, 'inlineBytesMax'>,
): Promise<Ingested & { readonly content: { readonly kind: 'blob'; readonly id: string } }> {
  const ingested = await ingest(core.blobs, body, { ...options, inlineBytesMax: 0 });
  const { content } = ingested;
  if (content.kind === 'blob') return { ...ingested, content };
  const { id } = await core.blobs.put(nothing());
  return { ...ingested, content: { kind: 'blob', id } };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Names the part's blob in its row. @returns when the part was stored, in ms since 1970 */
export async function commitPart(
  core: S3Core,
  context: RequestContext,
  input: UploadInput & { readonly PartNumber: number },
  ingested: Awaited<ReturnType<typeof ingestPart>>,
): Promise<number> {
  const modifiedAtMs = core.clock.now();
  const replaced = await core.database.transact(async (tx) => {
    await requireBucket(tx, context, input);
    const upload = await requireUpload(tx, input);
    return putPart(tx, upload.id, {
      number: input.PartNumber,
      blobId: ingested.content.id,
      size: ingested.size,
      etag: ingested.md5,
      checksum: ingested.checksum,
      modifiedAtMs,
    });
  });
  core.ledger.discard([replaced]);
  return modifiedAtMs;
}

/** The checksum is the one that was sent; or the upload's own, where it was begun with one. */
function outputOf(
  upload: Upload,
  given: ChecksumAlgorithm | undefined,
  ingested: Ingested,
): UploadPartOutput {
  const algorithm = upload.checksum?.algorithm ?? given;
  const value = ingested.secondChecksum ?? ingested.checksum;
  return {
    ETag: quoteEtag(ingested.md5),
    ...(algorithm === undefined ? {} : checksumMember(algorithm, value)),
    ...upload.attributes.encryption,
  };
}
