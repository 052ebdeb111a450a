import { AwsError } from '#aws/errors.ts';
import { KIB } from '#kernel/units.ts';
import { createByteReader, type ByteReader } from './byte-reader.ts';
import type { ChunkSignatures } from './chunk-signatures.ts';

/** A chunk's head is `SIZE;chunk-signature=64 digits`, and no longer than this, in bytes. */
const HEAD_BYTES_MAX = 1 * KIB;
/** All trailers together, in bytes. */
const TRAILER_BYTES_MAX = 16 * KIB;
/** A signed chunk other than the last is at least this long, in bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
const SIGNED_CHUNK_BYTES_MIN = 8 * KIB;

const HEAD = /^([0-9a-fA-F]{1,13})(?:;chunk-signature=([0-9a-f]{64}))?$/;

export interface ChunkedOptions {
  /** Verifies each chunk; absent where chunks are not signed, or nobody asks. */
  readonly signatures?: ChunkSignatures;
  /** Whether trailers may follow; they are put here, by name, before the stream ends. */
  readonly trailers?: Map<string, string>;
  /** The bytes that `x-amz-decoded-content-length` promised. */
  readonly decodedBytes: number;
}

/**
 * Undoes aws-chunked: the bytes inside the chunks, in pieces as they come.
 * A chunk's signature is verified at its end, so a consumer keeps nothing before the stream has ended.
 * @throws AwsError SignatureDoesNotMatch, IncompleteBody, InvalidChunkSizeError, MalformedTrailerError
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function* decodeChunked(
  source: AsyncIterable<Uint8Array>,
  options: ChunkedOptions,
): AsyncGenerator<Uint8Array> {
  const reader = createByteReader(source);
  let bytes = 0;
  let previousBytes = SIGNED_CHUNK_BYTES_MIN;
  for (;;) {
    const head = readHead(await reader.line(HEAD_BYTES_MAX), options);
    bytes += head.bytes;
    if (bytes > options.decodedBytes) throw incompleteBody();
    if (head.bytes === 0) {
      options.signatures?.end(head.signature);
      break;
    }
    if (options.signatures !== undefined && previousBytes < SIGNED_CHUNK_BYTES_MIN) {
      throw chunkTooSmall(previousBytes);
    }
    previousBytes = head.bytes;
    yield* readChunk(reader, head, options.signatures);
  }
  await readTrailers(reader, options);
  if (bytes !== options.decodedBytes) throw incompleteBody();
}

interface ChunkHead {
  readonly bytes: number;
  readonly signature: string;
}

function readHead(line: string | undefined, options: ChunkedOptions): ChunkHead {
  const parts = line === undefined ? null : HEAD.exec(line);
  if (parts === null) throw incompleteBody();
  const [, size = '', signature = ''] = parts;
  if (options.signatures !== undefined && signature === '') throw incompleteBody();
  return { bytes: Number.parseInt(size, 16), signature };
}

async function* readChunk(
  reader: ByteReader,
  head: ChunkHead,
  signatures: ChunkSignatures | undefined,
): AsyncGenerator<Uint8Array> {
  let left = head.bytes;
  while (left > 0) {
    const piece = await reader.some(left);
    if (piece === undefined) throw incompleteBody();
    left -= piece.byteLength;
    signatures?.update(piece);
    yield piece;
  }
  signatures?.end(head.signature);
  if ((await reader.line(0)) !== '') throw incompleteBody();
}

async function readTrailers(reader: ByteReader, options: ChunkedOptions): Promise<void> {
  const { trailers, signatures } = options;
  let signed = '';
  let signature: string | undefined;
  let bytesLeft = TRAILER_BYTES_MAX;
  for (;;) {
    const line = await reader.line(bytesLeft);
    // Some clients leave out the empty line at the end, with and without trailers.
    if (line === undefined || line === '') break;
    if (trailers === undefined) throw incompleteBody();
    bytesLeft -= line.length;
    const colon = line.indexOf(':');
    if (colon < 1) throw malformedTrailer();
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'x-amz-trailer-signature') {
      signature = value;
    } else {
      trailers.set(name, value);
      signed += `${name}:${value}\n`;
    }
  }
  if (trailers !== undefined && signatures !== undefined) {
    if (signature === undefined) throw malformedTrailer();
    signatures.endTrailers(signed, signature);
  }
  if ((await reader.some(1)) !== undefined) throw incompleteBody();
}

/** The body ended too early, or is none of the form that was promised. Seen at S3, 2025. */
export function incompleteBody(): AwsError {
  return new AwsError({
    code: 'IncompleteBody',
    status: 400,
    message: 'The request body terminated unexpectedly',
  });
}

function chunkTooSmall(bytes: number): AwsError {
  return new AwsError({
    code: 'InvalidChunkSizeError',
    status: 403,
    message: 'Only the last chunk is allowed to have a size less than 8192 bytes',
    fields: { BadChunkSize: String(bytes) },
  });
}

function malformedTrailer(): AwsError {
  return new AwsError({
    code: 'MalformedTrailerError',
    status: 400,
    message:
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  });
}
