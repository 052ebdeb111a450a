import { Refused } from './refusal.ts';

/**
 * What S3's `x-amz-content-sha256` says of the body.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */
export type PayloadMode =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'hash'; readonly sha256: string }
  | { readonly kind: 'chunks'; readonly isSigned: boolean; readonly hasTrailer: boolean };

const MODES: Readonly<Record<string, PayloadMode>> = {
  'UNSIGNED-PAYLOAD': { kind: 'unsigned' },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { kind: 'chunks', isSigned: true, hasTrailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': {
    kind: 'chunks',
    isSigned: true,
    hasTrailer: true,
  },
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { kind: 'chunks', isSigned: false, hasTrailer: true },
};

/**
 * Reads the header's value.
 * @throws Refused where it is none that S3 knows
 */
export function readPayloadMode(value: string | undefined): PayloadMode {
  const mode = value === undefined || !Object.hasOwn(MODES, value) ? undefined : MODES[value];
  if (mode !== undefined) return mode;
  if (value === undefined || !/^[0-9a-f]{64}$/i.test(value)) {
    throw new Refused({ kind: 'payload-hash', value });
  }
  return { kind: 'hash', sha256: value.toLowerCase() };
}
