import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type * as WebAssemblyHashes from 'hash-wasm';

/**
 * S3's checksum algorithms, by the name that its API gives them.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export const CHECKSUM_ALGORITHMS = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'MD5',
  'SHA1',
  'SHA256',
  'SHA512',
  'XXHASH128',
  'XXHASH3',
  'XXHASH64',
] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** A checksum in the making. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The digest as AWS writes it before Base64: CRCs and XXHashes big-endian. Ends the hasher. */
  digest(): Uint8Array;
}

/** Bytes of each algorithm's digest. */
export const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  MD5: 16,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  XXHASH128: 16,
  XXHASH3: 8,
  XXHASH64: 8,
};

/** Reversed Castagnoli polynomial. @see https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const CRC32C_POLYNOMIAL = 0x82f63b78;
/** Reversed polynomial of CRC-64/NVME. @see https://reveng.sourceforge.io/crc-catalogue/all.htm */
const CRC64NVME_POLYNOMIAL = '9a6c9329ac4bc9b5';

const HASHERS: Readonly<Record<ChecksumAlgorithm, () => Hasher | Promise<Hasher>>> = {
  CRC32: createCrc32,
  CRC32C: () => createCompiled(({ createCRC32 }) => createCRC32(CRC32C_POLYNOMIAL)),
  CRC64NVME: () => createCompiled(({ createCRC64 }) => createCRC64(CRC64NVME_POLYNOMIAL)),
  MD5: () => createHash('md5'),
  SHA1: () => createHash('sha1'),
  SHA256: () => createHash('sha256'),
  SHA512: () => createHash('sha512'),
  XXHASH128: () => createCompiled(({ createXXHash128 }) => createXXHash128()),
  XXHASH3: () => createCompiled(({ createXXHash3 }) => createXXHash3()),
  XXHASH64: () => createCompiled(({ createXXHash64 }) => createXXHash64()),
};

/** A streaming hasher of the named algorithm; what Node lacks is compiled at its first use. */
export async function createHasher(algorithm: ChecksumAlgorithm): Promise<Hasher> {
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

function createCrc32(): Hasher {
  let crc = 0;
  return {
    update(bytes) {
      crc = crc32(bytes, crc);
    },
    digest() {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(crc);
      return digest;
    },
  };
}

async function createCompiled(
  create: (hashes: typeof WebAssemblyHashes) => Promise<WebAssemblyHashes.IHasher>,
): Promise<Hasher> {
  const hasher = await create(await import('hash-wasm'));
  return {
    update: (bytes) => void hasher.update(bytes),
    digest: () => hasher.digest('binary'),
  };
}
