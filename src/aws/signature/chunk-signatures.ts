import { createHash, hash, type Hash } from 'node:crypto';
import { refusalError } from './errors.ts';
import type { SigningKey } from './signing-key.ts';
import { isEqual } from './verify.ts';
import { EMPTY_SHA256 } from './canonical-request.ts';
import { formatScope, type Claim } from './request.ts';

/** Verifies the chain of signatures in an aws-chunked body. */
export interface ChunkSignatures {
  update(bytes: Uint8Array): void;
  /**
   * Ends a chunk and begins the next.
   * @throws AwsError SignatureDoesNotMatch
   */
  end(signature: string): void;
  /**
   * @param trailers as `name:value\n` each
   * @throws AwsError SignatureDoesNotMatch
   */
  endTrailers(trailers: string, signature: string): void;
}

/**
 * The chain begins with the request's own signature; each link signs the one before.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function createChunkSignatures(claim: Claim, key: SigningKey): ChunkSignatures {
  let previous = claim.signature;
  let digest: Hash | undefined;

  function check(kind: 'PAYLOAD' | 'TRAILER', hashes: string, signature: string): void {
    const scope = formatScope(claim.scope);
    const text = `AWS4-HMAC-SHA256-${kind}\n${claim.timestamp}\n${scope}\n${previous}\n${hashes}`;
    if (!isEqual(key.sign(text), signature)) {
      const { accessKeyId } = claim;
      throw refusalError('s3', { kind: 'mismatch', accessKeyId, signature, stringToSign: text });
    }
    previous = signature;
  }

  return {
    update(bytes) {
      digest ??= createHash('sha256');
      digest.update(bytes);
    },
    end(signature) {
      const sha256 = digest?.digest('hex') ?? EMPTY_SHA256;
      digest = undefined;
      check('PAYLOAD', `${EMPTY_SHA256}\n${sha256}`, signature);
    },
    endTrailers(trailers, signature) {
      check('TRAILER', hash('sha256', trailers), signature);
    },
  };
}
