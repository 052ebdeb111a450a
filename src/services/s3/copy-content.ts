import type { CopyObjectRequest, UploadPartCopyRequest } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { ByteRange } from '#ports/world/blob-store.ts';
import { requireCopySource } from './access.ts';
import type { ChecksumAlgorithm } from './checksum.ts';
import { checkCopySource } from './conditions.ts';
import { parseCopySource, type CopySource } from './copy-source.ts';
import type { S3Core } from './core.ts';
import { assertReadable } from './describe-object.ts';
import { checkCustomerKey } from './encryption.ts';
import { invalidRequest } from './errors.ts';
import { requireObject, type ObjectInput } from './find-object.ts';
import { ingest, type Ingested } from './ingest.ts';
import { INLINE_BYTES_MAX, PUT_BYTES_MAX } from './limits.ts';
import { NULL_VERSION, type ObjectVersion } from './model.ts';
import { openSource, sourceOfVersion, type Source } from './read-content.ts';

export interface CopyOrigin {
  readonly address: CopySource;
  readonly version: ObjectVersion;
  readonly source: Source;
}

/**
 * The source of a copy, under its conditions.
 * @throws AwsError NoSuchKey, NoSuchVersion, PreconditionFailed, InvalidRequest, AccessDenied …
 */
export async function findOrigin(
  core: S3Core,
  context: RequestContext,
  input: CopyObjectRequest | UploadPartCopyRequest,
  rangeOf: (size: number) => ByteRange | undefined,
): Promise<CopyOrigin> {
  const address = parseCopySource(input.CopySource);
  const owner = input.ExpectedSourceBucketOwner;
  const object = objectOf(address);
  const from = { ...object, ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }) };
  return core.database.read(async (queries) => {
    await requireCopySource(core, queries, context, from);
    const version = await requireObject(queries, context, object);
    const nowMs = core.clock.now();
    checkCustomerKey(sourceKey(input), version.attributes.encryption);
    checkCopySource(sourceConditions(input), version, nowMs);
    assertReadable(version, nowMs);
    const range = rangeOf(version.size);
    const size = range ? range.end - range.start + 1 : version.size;
    if (size > PUT_BYTES_MAX) {
      throw invalidRequest(
        'The specified copy source is larger than the maximum allowable size for a copy source: ' +
          String(PUT_BYTES_MAX),
      );
    }
    return { address, version, source: await sourceOfVersion(queries, version, range) };
  });
}

function objectOf({ bucket, key, versionId }: CopySource): ObjectInput {
  return { Bucket: bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
}

function sourceKey(
  input: CopyObjectRequest | UploadPartCopyRequest,
): Parameters<typeof checkCustomerKey>[0] {
  const {
    CopySourceSSECustomerAlgorithm: algorithm,
    CopySourceSSECustomerKey: key,
    CopySourceSSECustomerKeyMD5: md5,
  } = input;
  return {
    ...(algorithm === undefined ? {} : { SSECustomerAlgorithm: algorithm }),
    ...(key === undefined ? {} : { SSECustomerKey: key }),
    ...(md5 === undefined ? {} : { SSECustomerKeyMD5: md5 }),
  };
}

function sourceConditions(
  input: CopyObjectRequest | UploadPartCopyRequest,
): Parameters<typeof checkCopySource>[0] {
  return {
    ifMatch: input.CopySourceIfMatch,
    ifNoneMatch: input.CopySourceIfNoneMatch,
    ifModifiedSince: input.CopySourceIfModifiedSince,
    ifUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  };
}

/** The bytes of an origin as content of their own, hashed anew unless all hashes are known already. */
export async function copyContent(
  core: S3Core,
  { version, source }: CopyOrigin,
  algorithm: ChecksumAlgorithm,
): Promise<Ingested> {
  const { checksum } = version;
  const isWhole = source.kind === 'blob' && source.range === undefined;
  const isKnown = checksum?.algorithm === algorithm && checksum.type === 'FULL_OBJECT';
  if (isWhole && isKnown && version.partCount === undefined) {
    const { id } = await core.blobs.concatenate([source.id]);
    const { size, etag: md5 } = version;
    return { content: { kind: 'blob', id }, size, md5, checksum: checksum.value };
  }
  const bytes = await openSource(core.blobs, source);
  return ingest(core.blobs, bytes, { algorithm, inlineBytesMax: INLINE_BYTES_MAX });
}

/** `CopySourceVersionId`, where the source has a version of its own. */
export function sourceVersionMember({ version }: CopyOrigin): {
  readonly CopySourceVersionId?: string;
} {
  return version.versionId === NULL_VERSION ? {} : { CopySourceVersionId: version.versionId };
}
