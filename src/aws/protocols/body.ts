import { MIB } from '#kernel/units.ts';
import { collectBytes, TooManyBytes } from '#kernel/bytes.ts';
import { AwsError } from '../errors.ts';
import type { WireRequest } from '../wire.ts';
import type { OpenOptions } from './protocol.ts';

/** Bytes of a body that is not streamed, unless the caller says otherwise. */
const BODY_BYTES_MAX = 16 * MIB;

/**
 * The whole body, whose end verifies its hashes.
 * @throws AwsError RequestEntityTooLargeException, 413
 */
export async function readBody(
  request: WireRequest,
  operationName: string,
  options: OpenOptions = {},
): Promise<Uint8Array> {
  const bytesMax = options.bodyBytesMax ?? BODY_BYTES_MAX;
  try {
    return await collectBytes(request.body, bytesMax);
  } catch (error) {
    if (!(error instanceof TooManyBytes)) throw error;
    throw new AwsError({
      code: 'RequestEntityTooLargeException',
      message: `Request must be smaller than ${bytesMax} bytes for the ${operationName} operation`,
      status: 413,
    });
  }
}
