import {
  CHECKSUM_ALGORITHMS,
  createHasher,
  DIGEST_BYTES,
  type ChecksumAlgorithm,
} from '#aws/checksums/algorithms.ts';
import { invalidRequest } from './errors.ts';
import { combineCrc, type CrcAlgorithm } from './crc.ts';

export type { ChecksumAlgorithm };
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** What S3 computes where a client asks for nothing. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export const DEFAULT_CHECKSUM = 'CRC64NVME';

/** A checksum as it is stored. */
export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64; a composite one with `-` and the number of parts behind. */
  readonly value: string;
}

/** The checksum members of an output; the wire's names. */
export interface ChecksumMembers {
  readonly ChecksumCRC32?: string;
  readonly ChecksumCRC32C?: string;
  readonly ChecksumCRC64NVME?: string;
  readonly ChecksumMD5?: string;
  readonly ChecksumSHA1?: string;
  readonly ChecksumSHA256?: string;
  readonly ChecksumSHA512?: string;
  readonly ChecksumXXHASH128?: string;
  readonly ChecksumXXHASH3?: string;
  readonly ChecksumXXHASH64?: string;
}

/** One member, named by the algorithm: `{ ChecksumCRC32: value }`. */
export function checksumMember(algorithm: ChecksumAlgorithm, value: string): ChecksumMembers {
  return { [`Checksum${algorithm}`]: value };
}

/** The first checksum that an input carries. */
export function givenChecksum(
  input: ChecksumMembers,
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined {
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = input[`Checksum${algorithm}`];
    if (value !== undefined) return { algorithm, value };
  }
  return undefined;
}

/**
 * The algorithm that a request names, in any case of letters.
 * @throws AwsError InvalidRequest, in the words of 2025, which name five.
 * Recorded: s3.json TestS3MultipartUploadChecksum::test_multipart_parts_checksum_exceptions_composite
 */
export function parseAlgorithm(text: string): ChecksumAlgorithm {
  const found = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === text.toUpperCase());
  if (found) return found;
  throw invalidRequest(
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: ' +
      '[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  );
}

/** Base64 of the checksum of bytes that are at hand. */
export async function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): Promise<string> {
  const hash = await createHasher(algorithm);
  hash.update(bytes);
  return Buffer.from(hash.digest()).toString('base64');
}

/** Whether the text is Base64 of as many bytes as the algorithm's checksum has. */
export function isChecksumValue(algorithm: ChecksumAlgorithm, text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === DIGEST_BYTES[algorithm] && bytes.toString('base64') === text;
}

/** Whether checksums of the algorithm can be combined without the bytes. */
export function isCrc(algorithm: ChecksumAlgorithm): algorithm is CrcAlgorithm {
  return algorithm.startsWith('CRC');
}

/** A part of an upload, for the checksum of the whole. */
export interface ChecksumPart {
  /** Base64. */
  readonly checksum: string;
  readonly size: number;
}

/**
 * The checksum of the joined parts, from theirs: of all bytes (`FULL_OBJECT`, a CRC only), or of the parts'
 * checksums, with their count behind a hyphen (`COMPOSITE`).
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export async function joinChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly ChecksumPart[],
): Promise<string> {
  if (type === 'FULL_OBJECT' && isCrc(algorithm)) return combineCrc(algorithm, parts);
  const hash = await createHasher(algorithm);
  for (const part of parts) hash.update(Buffer.from(part.checksum, 'base64'));
  const digest = Buffer.from(hash.digest()).toString('base64');
  return `${digest}-${parts.length}`;
}

/**
 * The type of an upload's checksum, from what its creation asks for.
 * @throws AwsError InvalidRequest. Recorded: s3.json TestS3MultipartUploadChecksum::test_multipart_checksum_type_compatibility
 */
export function uploadChecksumType(
  algorithm: ChecksumAlgorithm | undefined,
  asked: string | undefined,
): ChecksumType | undefined {
  if (algorithm === undefined) {
    if (asked === undefined) return undefined;
    throw invalidRequest(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const isPossible = type === 'FULL_OBJECT' ? isCrc(algorithm) : algorithm !== 'CRC64NVME';
  if ((type === 'FULL_OBJECT' || type === 'COMPOSITE') && isPossible) return type;
  throw invalidRequest(
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}
