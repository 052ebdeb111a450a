import { createHash } from 'node:crypto';
import { createHasher } from '#aws/checksums/index.ts';
import type { RequestChecksum } from '#aws/operation.ts';
import { present } from '#kernel/assert.ts';
import { EMPTY_BYTES, concatBytes } from '#kernel/bytes.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { ChecksumAlgorithm } from './checksum.ts';
import { s3Error } from './errors.ts';
import { PUT_BYTES_MAX } from './limits.ts';
import type { Content } from './model.ts';

/** A body that was taken in. */
export interface Ingested {
  readonly content: Content;
  readonly size: number;
  /** MD5 in hexadecimal. */
  readonly md5: string;
  /** Base64. */
  readonly checksum: string;
  /** Base64; by the second algorithm, where there is one. */
  readonly secondChecksum?: string;
}

export interface IngestOptions {
  readonly algorithm: ChecksumAlgorithm;
  /** A checksum that the gateway computes anyhow; by the same algorithm it is not computed again. */
  readonly declared?: RequestChecksum | undefined;
  /** A further checksum, that is not stored but answered. */
  readonly secondAlgorithm?: ChecksumAlgorithm | undefined;
  /** Bodies of up to so many bytes stay in memory, for the row. */
  readonly inlineBytesMax: number;
}

/**
 * Reads a body to its end into memory or a blob, hashing it on the way.
 * @throws AwsError EntityTooLarge, and what the body throws where its declared hash does not hold
 */
export async function ingest(
  blobs: BlobStore,
  body: AsyncIterable<Uint8Array> | undefined,
  options: IngestOptions,
): Promise<Ingested> {
  const md5 = createHash('md5');
  const checksum = await checksumOver(options.algorithm, options.declared);
  const second =
    options.secondAlgorithm === undefined
      ? undefined
      : await checksumOver(options.secondAlgorithm, options.declared);
  let size = 0;
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > PUT_BYTES_MAX) throw entityTooLarge(size);
      md5.update(chunk);
      checksum.update(chunk);
      second?.update(chunk);
      yield chunk;
    }
  }
  const content = await keep(blobs, hashed(), options.inlineBytesMax);
  return {
    content,
    size,
    md5: md5.digest('hex'),
    checksum: checksum.value(),
    ...(second ? { secondChecksum: second.value() } : {}),
  };
}

interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** Base64, once the body has ended. */
  value(): string;
}

async function checksumOver(
  algorithm: ChecksumAlgorithm,
  declared: RequestChecksum | undefined,
): Promise<RunningChecksum> {
  if (declared?.algorithm === algorithm) {
    const value = (): string => present(declared.value, 'the body has ended');
    return { update: () => undefined, value };
  }
  const hasher = await createHasher(algorithm);
  return {
    update: (bytes) => hasher.update(bytes),
    value: () => Buffer.from(hasher.digest()).toString('base64'),
  };
}

async function keep(
  blobs: BlobStore,
  source: AsyncGenerator<Uint8Array>,
  inlineBytesMax: number,
): Promise<Content> {
  const head: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await source.next();
    if (done) return { kind: 'inline', bytes: head.length === 0 ? EMPTY_BYTES : concatBytes(head) };
    head.push(value);
    bytes += value.byteLength;
    if (bytes > inlineBytesMax) break;
  }
  const { id } = await blobs.put(chain(head, source));
  return { kind: 'blob', id };
}

async function* chain(
  head: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* head;
  yield* rest;
}

/** @throws AwsError EntityTooLarge where the declared length is over the limit */
export function assertPutSize(declared: number | undefined): void {
  if (declared !== undefined && declared > PUT_BYTES_MAX) throw entityTooLarge(declared);
}

function entityTooLarge(size: number): Error {
  return s3Error('EntityTooLarge', { ProposedSize: size, MaxSizeAllowed: PUT_BYTES_MAX });
}
