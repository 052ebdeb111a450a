/** S3's older presigned URLs (SigV2 in the query), which boto3 still makes unless told otherwise. */
import { createHmac } from 'node:crypto';
import type { CredentialLookup, KnownCredential } from '#ports/peers/credential-issuer.ts';
import { SECOND_MS } from '#kernel/units.ts';
import { readQuery } from './claim.ts';
import { Refused } from './refusal.ts';
import { checkToken, isEqual } from './verify.ts';
import type { SignedRequest } from './request.ts';

/** Parameters that name a part of a resource, or change the answer; the others are not signed. */
const SIGNED_PARAMETERS: ReadonlySet<string> = new Set(
  `accelerate acl analytics cors defaultObjectAcl delete encryption inventory legal-hold lifecycle
  location logging metrics notification object-lock ownershipControls partNumber policy policyStatus
  publicAccessBlock replication requestPayment response-cache-control response-content-disposition
  response-content-encoding response-content-language response-content-type response-expires restore
  retention select select-type storageClass tagging torrent uploadId uploads versionId versioning
  versions website`.split(/\s+/),
);

/** A SigV2 claim in a query, not yet believed. */
export interface ClaimV2 {
  readonly accessKeyId: string;
  /** Base64 of an HMAC-SHA-1. */
  readonly signature: string;
  /** As it came: seconds since 1970. */
  readonly expires: string;
  readonly query: ReadonlyMap<string, string>;
}

/** Reads a SigV2 claim; `undefined` where the query holds none. */
export function readClaimV2(request: SignedRequest): ClaimV2 | undefined {
  if (!request.rawQuery.includes('AWSAccessKeyId=')) return undefined;
  const query = readQuery(request.rawQuery);
  const accessKeyId = query.get('AWSAccessKeyId');
  const signature = query.get('Signature');
  const expires = query.get('Expires');
  return accessKeyId && signature && expires
    ? { accessKeyId, signature, expires, query }
    : undefined;
}

export interface VerifyV2Options {
  readonly credentials: CredentialLookup;
  readonly nowMs: number;
  /** The bucket where the host names it, so that the path does not. */
  readonly hostBucket?: string;
}

/**
 * Verifies a SigV2 claim.
 * @throws Refused
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */
export async function verifyV2(
  request: SignedRequest,
  claim: ClaimV2,
  options: VerifyV2Options,
): Promise<KnownCredential> {
  const expiresAtMs = Number(claim.expires) * SECOND_MS;
  if (!(expiresAtMs >= options.nowMs)) {
    const { nowMs } = options;
    throw new Refused({
      kind: 'expired-url',
      expiresAtMs: Math.min(expiresAtMs || 0, nowMs),
      nowMs,
    });
  }
  const { accessKeyId, signature } = claim;
  const known = await options.credentials.find(accessKeyId);
  if (known === undefined) throw new Refused({ kind: 'unknown-key', accessKeyId });
  checkToken(valueOf(request, claim, 'x-amz-security-token'), known, options.nowMs);
  const bytesToSign = stringToSignV2(request, claim, options.hostBucket);
  const { secretAccessKey } = known.credentials;
  const expected = createHmac('sha1', secretAccessKey).update(bytesToSign).digest('base64');
  if (!isEqual(expected, signature)) {
    const stringToSign = bytesToSign.toString();
    throw new Refused({ kind: 'mismatch', accessKeyId, signature, stringToSign });
  }
  return known;
}

/**
 * The bytes of headers as they came: Node reads each as one character. A parameter stands for a header however it is
 * spelled, so that none is added to what was signed.
 */
function stringToSignV2(request: SignedRequest, claim: ClaimV2, hostBucket?: string): Buffer {
  const parameters = [...claim.query.keys()].map((name) => name.toLowerCase());
  const names = new Set([...Object.keys(request.headers), ...parameters]);
  const amz = [...names]
    .filter((name) => name.startsWith('x-amz-'))
    .sort()
    .map((name) => `${name}:${valueOf(request, claim, name) ?? ''}\n`)
    .join('');
  const named = [...claim.query]
    .filter(([name]) => SIGNED_PARAMETERS.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${asBytes(value)}`))
    .join('&');
  const resource = `${hostBucket === undefined ? '' : `/${hostBucket}`}${request.path}`;
  const text = [
    request.method,
    valueOf(request, claim, 'content-md5') ?? '',
    valueOf(request, claim, 'content-type') ?? '',
    claim.expires,
    `${amz}${resource}${named === '' ? '' : `?${named}`}`,
  ].join('\n');
  return Buffer.from(text, 'latin1');
}

/** A decoded text with one character for each of its bytes. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** What is signed as a header may also stand in the query. */
function valueOf(request: SignedRequest, claim: ClaimV2, name: string): string | undefined {
  const [, parameter] = [...claim.query].find(([key]) => key.toLowerCase() === name) ?? [];
  return (
    request.headers[name]?.trim() ?? (parameter === undefined ? undefined : asBytes(parameter))
  );
}
