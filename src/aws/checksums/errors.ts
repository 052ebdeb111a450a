import { AwsError } from '#aws/errors.ts';
import { checksumHeader, type ChecksumAlgorithm } from './algorithms.ts';

/** Seen in recordings of 2025: s3 `test_put_object_checksum`, `test_s3_checksum_no_algorithm`. */
export const checksumErrors = {
  /** The value is no Base64 of a digest's length. */
  malformed: (algorithm: ChecksumAlgorithm): AwsError =>
    new AwsError({
      code: 'InvalidRequest',
      status: 400,
      message: `Value for ${checksumHeader(algorithm)} header is invalid.`,
    }),

  mismatch: (algorithm: ChecksumAlgorithm): AwsError =>
    new AwsError({
      code: 'BadDigest',
      status: 400,
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    }),

  several: (): AwsError =>
    new AwsError({
      code: 'InvalidRequest',
      status: 400,
      message:
        'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    }),

  /** The declared trailer never came, or another did. */
  malformedTrailer: (): AwsError =>
    new AwsError({
      code: 'MalformedTrailerError',
      status: 400,
      message:
        'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    }),

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
  malformedMd5: (value: string): AwsError =>
    new AwsError({
      code: 'InvalidDigest',
      status: 400,
      message: 'The Content-MD5 you specified was invalid.',
      fields: { 'Content-MD5': value },
    }),

  md5Mismatch: (expected: string, calculated: string): AwsError =>
    new AwsError({
      code: 'BadDigest',
      status: 400,
      message: 'The Content-MD5 you specified did not match what we received.',
      fields: { ExpectedDigest: expected, CalculatedDigest: calculated },
    }),

  sha256Mismatch: (declared: string, computed: string): AwsError =>
    new AwsError({
      code: 'XAmzContentSHA256Mismatch',
      status: 400,
      message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
      fields: { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: computed },
    }),
};
