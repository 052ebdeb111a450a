import type {
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  Operations,
} from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { checksumMember } from '../checksum.ts';
import { commitObject } from '../commit-object.ts';
import { assertWriteConditions } from '../conditions.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { readWriteSettings } from '../draft.ts';
import { noSuchUpload, s3Error } from '../errors.ts';
import { quoteEtag } from '../etag.ts';
import { allParts } from '../find-upload.ts';
import type { Content, ObjectVersion } from '../model.ts';
import { completeUpload, findUpload, type FoundUpload, type Upload } from '../store-uploads.ts';
import { completeParts, type Completed } from '../uploads.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export function completeMultipartUpload(core: S3Core): Operations['CompleteMultipartUpload'] {
  return async (context, input) => {
    assertWriteConditions(conditionsOf(input));
    const [found, stored] = await core.database.read(async (queries) => {
      await requireBucket(queries, context, input);
      return [
        await findUpload(queries, addressOf(input)),
        await allParts(queries, input.UploadId),
      ] as const;
    });
    const upload = requireOpen(found, input);
    if (upload.kind === 'completed') return upload.answer;
    const completed = await completeParts(upload.upload, stored, {
      parts: input.MultipartUpload?.Parts ?? [],
      checksumType: input.ChecksumType,
      checksums: input,
      size: input.MpuObjectSize,
    });
    return core.ledger.write(
      async () => {
        const { id } = await core.blobs.concatenate(completed.parts.map(({ blobId }) => blobId));
        return { content: { kind: 'blob', id } as const };
      },
      async ({ content }) => {
        const { answer, orphans } = await core.database.transact((tx) =>
          commitUpload(core, tx, { context, input, completed, content }),
        );
        core.ledger.discard(orphans);
        return answer;
      },
    );
  };
}

type OpenUpload =
  | { readonly kind: 'open'; readonly upload: Upload }
  | { readonly kind: 'completed'; readonly answer: CompleteMultipartUploadOutput };

function requireOpen(
  found: FoundUpload | undefined,
  input: CompleteMultipartUploadRequest,
): OpenUpload {
  if (!found) throw noSuchUpload(input.UploadId);
  if (found.completed === undefined) return { kind: 'open', upload: found.upload };
  // What an earlier completion answered, written by commitUpload.
  const answer = JSON.parse(found.completed) as CompleteMultipartUploadOutput;
  return { kind: 'completed', answer };
}

interface UploadCommit {
  readonly context: RequestContext;
  readonly input: CompleteMultipartUploadRequest;
  readonly completed: Completed;
  readonly content: Extract<Content, { kind: 'blob' }>;
}

async function commitUpload(
  core: S3Core,
  tx: Transaction,
  { context, input, completed, content }: UploadCommit,
): Promise<{ answer: CompleteMultipartUploadOutput; orphans: readonly (string | undefined)[] }> {
  const bucket = await requireBucket(tx, context, input);
  const open = requireOpen(await findUpload(tx, addressOf(input)), input);
  if (open.kind === 'completed') return { answer: open.answer, orphans: [content.id] };
  const { upload } = open;
  const parts = await allParts(tx, upload.id);
  for (const { number, blobId, etag } of completed.parts) {
    if (parts.get(number)?.blobId === blobId) continue;
    throw s3Error('InvalidPart', { ETag: etag, PartNumber: number, UploadId: upload.id });
  }
  const { size, etag, checksum, objectParts } = completed;
  const { storageClass, attributes, tags, lock, key } = upload;
  const conditions = conditionsOf(input);
  const put = await commitObject(core, tx, {
    context,
    bucket,
    settings: await readWriteSettings(tx, bucket.name),
    key,
    draft: {
      size,
      etag,
      content,
      storageClass,
      checksum,
      attributes,
      tags,
      lock,
      parts: objectParts,
    },
    conditions,
    eventName: 'ObjectCreated:CompleteMultipartUpload',
    check: (current) => assertNoConflict(upload, input, current),
  });
  const answer: CompleteMultipartUploadOutput = {
    Location: locationOf(context, input),
    Bucket: input.Bucket,
    Key: key,
    ETag: quoteEtag(etag),
    ...checksumMember(checksum.algorithm, checksum.value),
    ChecksumType: checksum.type,
    ...attributes.encryption,
    ...(put.versionId === undefined ? {} : { VersionId: put.versionId }),
    ...(put.expiration === undefined ? {} : { Expiration: put.expiration }),
  };
  await completeUpload(tx, upload.id, JSON.stringify(answer));
  const blobs = Array.from(parts.values(), ({ blobId }) => blobId);
  return { answer, orphans: [...put.orphans, ...blobs] };
}

/**
 * A condition holds only where nobody changed the key since the upload began.
 * @throws AwsError ConditionalRequestConflict. Recorded: s3_api.json TestS3ObjectWritePrecondition::test_multipart_if_*
 */
function assertNoConflict(
  upload: Upload,
  { IfMatch, IfNoneMatch }: CompleteMultipartUploadRequest,
  current: ObjectVersion | undefined,
): void {
  const isDeleted = IfNoneMatch !== undefined && upload.isOverObject;
  const isReplaced = IfMatch !== undefined && current && current.sequence > upload.sequence;
  if (!isDeleted && !isReplaced) return;
  throw s3Error('ConditionalRequestConflict', {
    Condition: isDeleted ? 'If-None-Match' : 'If-Match',
    Key: upload.key,
  });
}

function conditionsOf({ IfMatch, IfNoneMatch }: CompleteMultipartUploadRequest): {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
} {
  return { ifMatch: IfMatch, ifNoneMatch: IfNoneMatch };
}

function addressOf(input: CompleteMultipartUploadRequest): Parameters<typeof findUpload>[1] {
  return { bucket: input.Bucket, key: input.Key, id: input.UploadId };
}

/** The object's address as the client reaches this server. */
function locationOf(
  { http }: RequestContext,
  { Bucket, Key }: CompleteMultipartUploadRequest,
): string {
  const host = http.headers['host'] ?? '';
  const bucket = host.startsWith(`${Bucket}.`) ? '' : `/${Bucket}`;
  return `http://${host}${bucket}/${encodeURIComponent(Key)}`;
}
