import type {
  CredentialLookup,
  FoundCredential,
  KnownCredential,
} from '#ports/peers/credential-issuer.ts';
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { canonicalRequest, stringToSign } from './canonical-request.ts';
import type { ErrorFamily } from './errors.ts';
import { Refused } from './refusal.ts';
import type { SigningKey, SigningKeys } from './signing-key.ts';
import type { Claim, SignedRequest, SigningScope } from './request.ts';

/**
 * How far a request's time may be from the server's, in ms: S3's and those of the query protocol, and all others'.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
const SKEW_MS_MAX: Readonly<Record<ErrorFamily, number>> = {
  s3: 15 * MINUTE_MS,
  query: 15 * MINUTE_MS,
  json: 5 * MINUTE_MS,
  'rest-json': 5 * MINUTE_MS,
};

export interface IdentifyOptions {
  readonly credentials: CredentialLookup;
  readonly keys: SigningKeys;
  readonly nowMs: number;
  readonly family: ErrorFamily;
  /** For whom the request is to be signed. */
  readonly scope: SigningScope;
}

/** Who claims to have signed, and the key that would prove it. */
export interface Signer {
  readonly known: KnownCredential;
  /** SigV4's signing key for the claim's scope. */
  readonly key: SigningKey;
}

/**
 * Finds the credential that a claim names, and holds the claim's scope, time and token against it.
 * The signature itself is checked by {@link checkSignature}, once the body's hash is known.
 * @throws Refused
 */
export function identify(claim: Claim, options: IdentifyOptions): Signer | Promise<Signer> {
  checkScope(claim, options.scope);
  checkTime(claim, options.nowMs, SKEW_MS_MAX[options.family]);
  const found = options.credentials.find(claim.accessKeyId);
  return found instanceof Promise
    ? found.then((known) => signerOf(claim, known, options))
    : signerOf(claim, found, options);
}

/** @throws Refused */
function signerOf(claim: Claim, known: FoundCredential, options: IdentifyOptions): Signer {
  if (known === undefined) {
    throw new Refused({ kind: 'unknown-key', accessKeyId: claim.accessKeyId });
  }
  checkToken(claim.sessionToken, known, options.nowMs);
  return { known, key: options.keys.derive(known.credentials.secretAccessKey, claim.scope) };
}

/**
 * Computes the request's signature and compares it, in constant time, with the claimed one.
 * @param payloadHash the body's SHA-256 in hexadecimal, or what S3 lets stand for it
 * @throws Refused
 */
export function checkSignature(
  request: SignedRequest,
  claim: Claim,
  key: SigningKey,
  payloadHash: string,
): void {
  checkSignedHeaders(request, claim);
  const canonical = canonicalRequest(request, claim, payloadHash);
  const text = stringToSign(claim, canonical);
  if (isEqual(key.sign(text), claim.signature)) return;
  if (hasHighBytes(canonical) && isSignedAsBytes(claim, key, canonical)) return;
  throw new Refused({
    kind: 'mismatch',
    accessKeyId: claim.accessKeyId,
    signature: claim.signature,
    stringToSign: text,
    canonicalRequest: canonical,
  });
}

/** @throws Refused where a token is missing, is another's, or its time is over */
export function checkToken(token: string | undefined, known: KnownCredential, nowMs: number): void {
  const { sessionToken, expiresAtMs } = known.credentials;
  if (sessionToken === undefined ? token !== undefined : !isEqual(sessionToken, token ?? '')) {
    throw new Refused({ kind: 'invalid-token', token: token ?? '' });
  }
  if (expiresAtMs !== undefined && nowMs >= expiresAtMs) {
    throw new Refused({ kind: 'expired-token', token: token ?? '' });
  }
}

/** True where two texts are the same; takes as long whichever character differs. */
export function isEqual(expected: string, actual: string): boolean {
  let difference = expected.length ^ actual.length;
  for (let at = 0; at < expected.length; at += 1) {
    difference |= expected.charCodeAt(at) ^ actual.charCodeAt(at);
  }
  return difference === 0;
}

/** What is signed for one service opens no other, and no other Region's resource. */
function checkScope({ scope, place }: Claim, expected: SigningScope): void {
  const { service, region = scope.region } = expected;
  if (scope.service === service && scope.region === region) return;
  throw new Refused({ kind: 'scope-service', place, scope, expected });
}

function checkTime(claim: Claim, nowMs: number, skewMsMax: number): void {
  const { timestampMs, expiresSeconds } = claim;
  if (expiresSeconds === undefined) {
    if (Math.abs(nowMs - timestampMs) <= skewMsMax) return;
    throw new Refused({ kind: 'skewed', timestampMs, nowMs, skewMsMax });
  }
  if (timestampMs > nowMs + skewMsMax) {
    throw new Refused({ kind: 'early-url', timestampMs, nowMs, skewMsMax });
  }
  const expiresAtMs = timestampMs + expiresSeconds * SECOND_MS;
  if (nowMs > expiresAtMs) {
    throw new Refused({ kind: 'expired-url', expiresAtMs, nowMs, expiresSeconds });
  }
}

/** The host is always signed, by its name in HTTP/1.1 or in HTTP/2; for S3 every `x-amz-` header is, too. */
function checkSignedHeaders(request: SignedRequest, claim: Claim): void {
  const isHostSigned = claim.signedHeaders.some((name) => name === 'host' || name === ':authority');
  const names = isHostSigned ? [] : ['host'];
  if (claim.scope.service === 's3') {
    for (const name of Object.keys(request.headers)) {
      if (name.startsWith('x-amz-') && !claim.signedHeaders.includes(name)) names.push(name);
    }
  }
  if (names.length > 0) throw new Refused({ kind: 'unsigned-headers', names });
}

/** Header values come as Latin-1; a client may have signed the bytes as it sent them. */
function isSignedAsBytes(claim: Claim, key: SigningKey, canonical: string): boolean {
  const text = stringToSign(claim, Buffer.from(canonical, 'latin1'));
  return isEqual(key.sign(text), claim.signature);
}

function hasHighBytes(text: string): boolean {
  return /[^\x00-\x7f]/.test(text);
}
