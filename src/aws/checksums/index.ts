export { createHasher, type ChecksumAlgorithm, type Hasher } from './algorithms.ts';
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
