import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64Nvme } from '@aws-sdk/crc64-nvme';
import { crc32c } from './crc32c.ts';

/**
 * S3's checksum algorithms, by the name that its API gives them.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** A checksum in the making. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The digest as AWS writes it before Base64: CRCs big-endian. Ends the hasher. */
  digest(): Promise<Uint8Array>;
}

/** Bytes of each algorithm's digest. */
export const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm | 'MD5', number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  MD5: 16,
  SHA1: 20,
  SHA256: 32,
};

const HASHERS: Readonly<Record<ChecksumAlgorithm | 'MD5', () => Hasher>> = {
  CRC32: () => createCrc(crc32),
  CRC32C: () => createCrc(crc32c),
  CRC64NVME: () => new Crc64Nvme(),
  MD5: () => createDigest('md5'),
  SHA1: () => createDigest('sha1'),
  SHA256: () => createDigest('sha256'),
};

/** A streaming hasher of the named algorithm. */
export function createHasher(algorithm: ChecksumAlgorithm | 'MD5'): Hasher {
  return HASHERS[algorithm]();
}

/** The header or trailer that carries a checksum: `x-amz-checksum-crc32`. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The algorithm whose checksum a header or trailer of that name carries. */
export function algorithmOfHeader(name: string): ChecksumAlgorithm | undefined {
  return CHECKSUM_ALGORITHMS.find((algorithm) => checksumHeader(algorithm) === name);
}

function createCrc(step: (bytes: Uint8Array, crc: number) => number): Hasher {
  let crc = 0;
  return {
    update(bytes) {
      crc = step(bytes, crc);
    },
    async digest() {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(crc);
      return digest;
    },
  };
}

function createDigest(name: string): Hasher {
  const hash = createHash(name);
  return {
    update(bytes) {
      hash.update(bytes);
    },
    async digest() {
      return hash.digest();
    },
  };
}
