import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { KIB, MIB } from '#kernel/units.ts';
import { bytesAtHand, collectBytes, TooManyBytes } from '#kernel/bytes.ts';
import { unreadableBody } from '../error-conversion.ts';
import { AwsError } from '../errors.ts';
import type { WireRequest } from '../wire.ts';
import type { OpenOptions } from './protocol.ts';

/** Bytes of a body that is not streamed, unless the caller says otherwise. */
const BODY_BYTES_MAX = 16 * MIB;

/**
 * The whole body, whose end verifies its hashes.
 * @throws AwsError RequestEntityTooLargeException, 413
 */
export function readBody(
  request: WireRequest,
  operationName: string,
  options: OpenOptions = {},
): Uint8Array | Promise<Uint8Array> {
  const bytesMax = options.bodyBytesMax ?? BODY_BYTES_MAX;
  return bytesAtHand(request.body, bytesMax) ?? collectBody(request, operationName, bytesMax);
}

async function collectBody(
  request: WireRequest,
  operationName: string,
  bytesMax: number,
): Promise<Uint8Array> {
  try {
    return await collectBytes(request.body, bytesMax);
  } catch (error) {
    if (!(error instanceof TooManyBytes)) throw error;
    throw tooLarge(bytesMax, operationName);
  }
}

function tooLarge(bytesMax: number, operationName: string): AwsError {
  return new AwsError({
    code: 'RequestEntityTooLargeException',
    message: `Request must be smaller than ${bytesMax} bytes for the ${operationName} operation`,
    status: 413,
  });
}

const gunzipBytes = promisify(gunzip);

/** Some requests' bodies become a thousand times what they were: fewer pieces cost the event loop less. */
const PIECE_BYTES = 128 * KIB;

/**
 * The whole body of a protocol that has no objects to keep as they come: what a client compressed is unpacked,
 * no larger for it, and in its turn: many together would take memory that no client had sent.
 * AWS's own clients compress PutMetricData from 10 KiB.
 * @throws AwsError RequestEntityTooLargeException, SerializationException
 * @see https://smithy.io/2.0/spec/behavior-traits.html#requestcompression-trait
 */
export async function readUnpackedBody(
  request: WireRequest,
  operationName: string,
  options: OpenOptions = {},
): Promise<Uint8Array> {
  const body = await readBody(request, operationName, options);
  const coding = request.headers['content-encoding']?.trim().toLowerCase();
  if (coding !== 'gzip' || body.byteLength === 0) return body;
  const maxOutputLength = options.bodyBytesMax ?? BODY_BYTES_MAX;
  const unpack = (): Promise<Buffer> =>
    gunzipBytes(body, { maxOutputLength, chunkSize: PIECE_BYTES });
  try {
    return await (options.turns?.take(unpack) ?? unpack());
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    throw isTooLarge ? tooLarge(maxOutputLength, operationName) : unreadableBody();
  }
}
