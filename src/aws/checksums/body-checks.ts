import { createHash } from 'node:crypto';
import {
  CHECKSUM_ALGORITHMS,
  DIGEST_BYTES,
  algorithmOfHeader,
  checksumHeader,
  createHasher,
  type ChecksumAlgorithm,
} from './algorithms.ts';
import { checksumErrors } from './errors.ts';

/** One thing that a body must fulfil. */
export interface BodyCheck {
  update(bytes: Uint8Array): void;
  /** @throws AwsError where the body is not what was declared */
  finish(): void;
}

/** A checksum that the client sent, in a header or after the body. */
export type DeclaredChecksum =
  | { readonly algorithm: ChecksumAlgorithm; readonly place: 'header'; readonly expected: string }
  | { readonly algorithm: ChecksumAlgorithm; readonly place: 'trailer' };

type Headers = Readonly<Record<string, string>>;

/**
 * Reads which checksum the headers declare.
 * @throws AwsError InvalidRequest for several at once and for what is no digest
 */
export function declaredChecksum(headers: Headers): DeclaredChecksum | undefined {
  const present = CHECKSUM_ALGORITHMS.filter((name) => headers[checksumHeader(name)] !== undefined);
  const trailing = headers['x-amz-trailer']?.split(',').map((name) => name.trim().toLowerCase());
  const trailed = trailing?.map(algorithmOfHeader).find((name) => name !== undefined);
  if (present.length > 1 || (present.length === 1 && trailed !== undefined)) {
    throw checksumErrors.several();
  }
  if (trailed !== undefined) return { algorithm: trailed, place: 'trailer' };
  const [algorithm] = present;
  if (algorithm === undefined) return undefined;
  const expected = headers[checksumHeader(algorithm)] ?? '';
  if (!isDigest(expected, DIGEST_BYTES[algorithm])) throw checksumErrors.malformed(algorithm);
  return { algorithm, place: 'header', expected };
}

/** A checksum being computed over a body; `value` is Base64, and there once the body has ended well. */
export interface ComputedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  value: string | undefined;
}

/** Checks the declared checksum; the value, once known, is left in `computed`. */
export async function createChecksumCheck(
  declared: DeclaredChecksum,
  trailers: ReadonlyMap<string, string>,
  computed: ComputedChecksum,
): Promise<BodyCheck> {
  const { algorithm } = declared;
  const hasher = await createHasher(algorithm);
  return {
    update: (bytes) => hasher.update(bytes),
    finish() {
      const expected =
        declared.place === 'header' ? declared.expected : trailers.get(checksumHeader(algorithm));
      if (expected === undefined) throw checksumErrors.malformedTrailer();
      if (!isDigest(expected, DIGEST_BYTES[algorithm])) throw checksumErrors.malformed(algorithm);
      const value = base64(hasher.digest());
      if (value !== expected) throw checksumErrors.mismatch(algorithm);
      computed.value = value;
    },
  };
}

/**
 * Checks `Content-MD5`.
 * @param expected Base64 of 16 bytes
 * @throws AwsError InvalidDigest where it is not that
 */
export function createMd5Check(expected: string): BodyCheck {
  if (!isDigest(expected, DIGEST_BYTES.MD5)) throw checksumErrors.malformedMd5(expected);
  const hash = createHash('md5');
  return {
    update(bytes) {
      hash.update(bytes);
    },
    finish() {
      const calculated = hash.digest('base64');
      if (calculated !== expected) throw checksumErrors.md5Mismatch(expected, calculated);
    },
  };
}

/** Checks the hash that was signed in `x-amz-content-sha256`, in lower-case hexadecimal. */
export function createSha256Check(expected: string): BodyCheck {
  const digest = createHash('sha256');
  return {
    update(bytes) {
      digest.update(bytes);
    },
    finish() {
      const computed = digest.digest('hex');
      if (computed !== expected) throw checksumErrors.sha256Mismatch(expected, computed);
    },
  };
}

/** Passes a body on; at its end, before the reader sees it, every check must hold. */
export async function* checkBody(
  source: AsyncIterable<Uint8Array>,
  checks: readonly BodyCheck[],
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    for (const check of checks) check.update(chunk);
    yield chunk;
  }
  for (const check of checks) check.finish();
}

function isDigest(text: string, bytes: number): boolean {
  const digest = Buffer.from(text, 'base64');
  return digest.byteLength === bytes && digest.toString('base64') === text;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
