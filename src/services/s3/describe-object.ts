import type { HeadObjectOutput } from '#aws/models/s3.types.gen.ts';
import type { BucketLifecycleConfiguration } from '#aws/models/s3.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ByteRange } from '#ports/world/blob-store.ts';
import { checksumMember, type ChecksumMembers } from './checksum.ts';
import { wholeSeconds } from './conditions.ts';
import { invalidRequest, s3Error } from './errors.ts';
import { quoteEtag } from './etag.ts';
import { versionMember } from './find-object.ts';
import { expirationHeader, expiryOf } from './lifecycle.ts';
import { writeMetadata } from './metadata.ts';
import type { Bucket, ObjectPart, ObjectVersion } from './model.ts';
import { contentRange, parseRange } from './range.ts';
import { getConfiguration } from './store.ts';
import { readParts } from './store-objects.ts';

/** The members by which GetObject and HeadObject choose a piece. */
export interface PieceInput {
  readonly Range?: string;
  readonly PartNumber?: number;
}

/** What of an object is sent. */
export interface Piece {
  /** Absent for the whole object. */
  readonly range?: ByteRange;
  /** The part that was asked for, where the object has parts. */
  readonly part?: ObjectPart;
}

/**
 * The piece of an object that a request asks for.
 * @throws AwsError InvalidRange, InvalidPartNumber, InvalidRequest
 */
export async function choosePiece(
  queries: Queries,
  version: ObjectVersion,
  { Range, PartNumber }: PieceInput,
): Promise<Piece> {
  if (PartNumber === undefined) {
    const range = Range === undefined ? undefined : parseRange(Range, version.size);
    return range ? { range } : {};
  }
  if (Range !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  }
  const parts = version.partCount === undefined ? [] : await readParts(queries, version);
  const whole = { number: 1, size: version.size };
  const known: readonly ObjectPart[] = parts.length === 0 ? [whole] : parts;
  const part = known[PartNumber - 1];
  if (!part) {
    throw s3Error('InvalidPartNumber', {
      ActualPartCount: known.length,
      PartNumberRequested: PartNumber,
    });
  }
  if (part.size === 0) return {};
  const start = known.slice(0, PartNumber - 1).reduce((sum, { size }) => sum + size, 0);
  const range = { start, end: start + part.size - 1 };
  return parts.length === 0 ? { range } : { range, part };
}

/** What GetObject and HeadObject answer of a version, by its piece. */
export function describePiece(version: ObjectVersion, { range, part }: Piece): HeadObjectOutput {
  const size = range ? range.end - range.start + 1 : version.size;
  return {
    AcceptRanges: 'bytes',
    ContentLength: size,
    ...(range ? { ContentRange: contentRange(range, version.size) } : {}),
    ...(part && version.partCount !== undefined ? { PartsCount: version.partCount } : {}),
  };
}

/** What GetObject and HeadObject answer of a version's attributes. */
export function describeVersion(version: ObjectVersion, bucket: Bucket): HeadObjectOutput {
  const { attributes, lock, tags, storageClass } = version;
  const metadata = writeMetadata(attributes.metadata);
  return {
    LastModified: wholeSeconds(version.modifiedAtMs),
    ETag: quoteEtag(version.etag),
    ...attributes.headers,
    ...(Object.keys(metadata).length === 0 ? {} : { Metadata: metadata }),
    ...attributes.encryption,
    ...versionMember(version, bucket),
    ...(storageClass === 'STANDARD' ? {} : { StorageClass: storageClass }),
    ...(tags.length === 0 ? {} : { TagCount: tags.length }),
    ...(lock.retentionMode === undefined ? {} : { ObjectLockMode: lock.retentionMode }),
    ...(lock.retainUntilMs === undefined ? {} : { ObjectLockRetainUntilDate: lock.retainUntilMs }),
    ...(lock.legalHold === undefined ? {} : { ObjectLockLegalHoldStatus: lock.legalHold }),
    ...restoreMember(version),
  };
}

function restoreMember({ attributes }: ObjectVersion): { readonly Restore?: string } {
  if (attributes.restoredUntilMs === undefined) return {};
  const date = new Date(attributes.restoredUntilMs).toUTCString();
  return { Restore: `ongoing-request="false", expiry-date="${date}"` };
}

/**
 * The checksum members where the client wants them: of the whole object, or of the part where parts have their own.
 * Recorded: s3.json TestS3MultipartUploadChecksum::test_complete_multipart_parts_checksum_*
 */
export function describeChecksum(
  version: ObjectVersion,
  { range, part }: Piece,
  mode: string | undefined,
): ChecksumMembers & { readonly ChecksumType?: string } {
  const { checksum, size } = version;
  if (mode?.toUpperCase() !== 'ENABLED' || !checksum) return {};
  const isWhole = !range || (range.start === 0 && range.end === size - 1);
  const isComposite = checksum.type === 'COMPOSITE';
  const value = part && isComposite ? part.checksum : isWhole ? checksum.value : undefined;
  if (value === undefined) return {};
  return { ...checksumMember(checksum.algorithm, value), ChecksumType: checksum.type };
}

/** `x-amz-expiration` of a current object that was asked for without a version. */
export async function describeExpiration(
  queries: Queries,
  version: ObjectVersion,
  versionId: string | undefined,
): Promise<{ readonly Expiration?: string }> {
  if (versionId !== undefined) return {};
  const configuration = await getConfiguration<BucketLifecycleConfiguration>(
    queries,
    version.bucket,
    'lifecycle',
  );
  const expiration = expirationHeader(expiryOf(configuration, version, version.modifiedAtMs));
  return expiration === undefined ? {} : { Expiration: expiration };
}

/** @throws AwsError InvalidObjectState for an archived object that is not restored */
export function assertReadable(version: ObjectVersion, nowMs: number): void {
  if (!['GLACIER', 'DEEP_ARCHIVE'].includes(version.storageClass)) return;
  if ((version.attributes.restoredUntilMs ?? 0) > nowMs) return;
  throw s3Error('InvalidObjectState', { StorageClass: version.storageClass });
}
