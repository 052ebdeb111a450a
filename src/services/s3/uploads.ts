import type { CompletedPart, Initiator } from '#aws/models/s3.types.gen.ts';
import { createHash } from 'node:crypto';
import {
  checksumMember,
  DEFAULT_CHECKSUM,
  givenChecksum,
  joinChecksums,
  type ChecksumAlgorithm,
  type ChecksumMembers,
  type ChecksumType,
  type StoredChecksum,
} from './checksum.ts';
import { invalidArgument, invalidRequest, s3Error } from './errors.ts';
import { bareEtag } from './etag.ts';
import { PART_BYTES_MIN, PART_NUMBER_MAX } from './limits.ts';
import type { ObjectPart } from './model.ts';
import type { Upload, UploadPart } from './store-uploads.ts';

/** Who began an upload: a user is named by its ARN. */
export function initiatorOf({ initiator }: Upload): Initiator {
  return { ID: initiator, DisplayName: initiator.split('/').at(-1) ?? initiator };
}

/** @throws AwsError InvalidArgument. Recorded: s3.json TestS3::test_complete_multipart_parts_order */
export function assertPartNumber(number: number): void {
  if (number >= 1 && number <= PART_NUMBER_MAX) return;
  throw invalidArgument(
    `Part number must be an integer between 1 and ${PART_NUMBER_MAX}, inclusive`,
    'partNumber',
    number,
  );
}

/** By what parts of an upload are checked: what it was begun with, else S3's own choice. */
export function partAlgorithm({ checksum }: Upload): ChecksumAlgorithm {
  return checksum?.algorithm ?? DEFAULT_CHECKSUM;
}

/** @throws AwsError InvalidRequest. Recorded: test_multipart_parts_checksum_exceptions_composite */
export function assertPartAlgorithm(upload: Upload, given: ChecksumAlgorithm | undefined): void {
  const expected = upload.checksum?.algorithm;
  if (expected === undefined || given === undefined || given === expected) return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, ` +
      `actual checksum Type: ${given.toLowerCase()}`,
  );
}

/** What a completion asks for. */
export interface Completion {
  readonly parts: readonly CompletedPart[];
  readonly checksumType?: string | undefined;
  /** The checksum of the whole, to be held against what is computed. */
  readonly checksums: ChecksumMembers;
  readonly size?: number | undefined;
}

/** The object that the parts make. */
export interface Completed {
  readonly parts: readonly UploadPart[];
  readonly objectParts: readonly ObjectPart[];
  readonly size: number;
  readonly etag: string;
  readonly checksum: StoredChecksum;
}

/**
 * Checks a completion against the parts that are there, and says what object it makes.
 * @throws AwsError MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall, InvalidRequest, BadDigest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export async function completeParts(
  upload: Upload,
  stored: ReadonlyMap<number, UploadPart>,
  completion: Completion,
): Promise<Completed> {
  const type = assertChecksumType(upload, completion.checksumType);
  if (completion.parts.length === 0) throw s3Error('MalformedXML');
  assertOrder(upload, completion.parts);
  const parts = completion.parts.map((given) => matchPart(upload, stored, given));
  for (const part of parts.slice(0, -1)) assertPartSize(part);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (completion.size !== undefined && completion.size !== size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${completion.size} does not match what was computed: ${size}`,
    );
  }
  const algorithm = partAlgorithm(upload);
  const value = await joinChecksums(algorithm, type, parts);
  assertWhole(algorithm, value, completion.checksums);
  return {
    parts,
    objectParts: parts.map(({ number, size: partSize, checksum }) => ({
      number,
      size: partSize,
      ...(upload.checksum ? { checksum } : {}),
    })),
    size,
    etag: etagOfParts(parts),
    checksum: { algorithm, type, value },
  };
}

/** MD5 of the parts' MD5s, and their number. */
function etagOfParts(parts: readonly UploadPart[]): string {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'));
  return `${md5.digest('hex')}-${parts.length}`;
}

function assertChecksumType(upload: Upload, asked: string | undefined): ChecksumType {
  const type = upload.checksum?.type ?? 'FULL_OBJECT';
  if (asked === undefined || asked === type) return type;
  throw invalidRequest(
    `The upload was created using the ${upload.checksum?.type ?? 'null'} checksum mode. ` +
      'The complete request must use the same checksum mode.',
  );
}

function assertOrder({ id }: Upload, parts: readonly CompletedPart[]): void {
  let last = 0;
  for (const { PartNumber: number } of parts) {
    if (number === undefined) throw s3Error('MalformedXML');
    if (number <= last) throw s3Error('InvalidPartOrder', { UploadId: id });
    last = number;
  }
}

/** Recorded: test_multipart_complete_multipart_wrong_part, test_complete_multipart_parts_checksum_composite */
function matchPart(
  upload: Upload,
  stored: ReadonlyMap<number, UploadPart>,
  given: CompletedPart,
): UploadPart {
  const number = given.PartNumber ?? 0;
  const etag = bareEtag(given.ETag ?? '');
  const part = stored.get(number);
  const invalid = s3Error('InvalidPart', { ETag: etag, PartNumber: number, UploadId: upload.id });
  if (part?.etag !== etag) throw invalid;
  const { checksum } = upload;
  if (!checksum) {
    if (givenChecksum(given)) throw invalid;
    return part;
  }
  const value = given[`Checksum${checksum.algorithm}`];
  if (value === undefined) {
    assertPartChecksum(checksum, number, given);
    return part;
  }
  if (value !== part.checksum) throw invalid;
  return part;
}

function assertPartChecksum(
  { algorithm, type }: NonNullable<Upload['checksum']>,
  number: number,
  given: CompletedPart,
): void {
  if (type !== 'COMPOSITE') return;
  const other = givenChecksum(given);
  if (other) {
    const message = `The ${other.algorithm.toLowerCase()} you specified for part ${number} did not match what we received.`;
    throw s3Error('BadDigest', {}, message);
  }
  throw invalidRequest(
    `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the ` +
      `checksum for each part. It was missing for part ${number} in the request.`,
  );
}

function assertPartSize({ size, etag, number }: UploadPart): void {
  if (size >= PART_BYTES_MIN) return;
  throw s3Error('EntityTooSmall', {
    ETag: etag,
    PartNumber: number,
    MinSizeAllowed: PART_BYTES_MIN,
    ProposedSize: size,
  });
}

/** Recorded: test_multipart_parts_checksum_exceptions_full_object */
function assertWhole(algorithm: ChecksumAlgorithm, value: string, given: ChecksumMembers): void {
  const claimed = givenChecksum(given);
  if (!claimed) return;
  const isComposite = value.includes('-');
  const computed = isComposite && !claimed.value.includes('-') ? value.replace(/-\d+$/, '') : value;
  if (claimed.algorithm === algorithm && claimed.value === computed) return;
  throw s3Error(
    'BadDigest',
    {},
    `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  );
}

/** The checksum of a part as ListParts and copies answer it: only where the upload was begun with one. */
export function partChecksum(upload: Upload, part: Pick<UploadPart, 'checksum'>): ChecksumMembers {
  return upload.checksum ? checksumMember(upload.checksum.algorithm, part.checksum) : {};
}
