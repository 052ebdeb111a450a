export {
  CHECKSUM_ALGORITHMS,
  algorithmOfHeader,
  checksumHeader,
  createHasher,
  type ChecksumAlgorithm,
  type Hasher,
} from './algorithms.ts';
export {
  checkBody,
  createChecksumCheck,
  createMd5Check,
  createSha256Check,
  declaredChecksum,
  type BodyCheck,
  type ComputedChecksum,
  type DeclaredChecksum,
} from './body-checks.ts';
export { checksumErrors } from './errors.ts';
export { crc32c } from './crc32c.ts';
