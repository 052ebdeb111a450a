import { hash } from 'node:crypto';
import { canonicalComponent, canonicalPath, canonicalPathOfS3 } from './uri.ts';
import { ALGORITHM, formatScope, type Claim, type SignedRequest } from './request.ts';

/** SHA-256 of nothing, in hexadecimal. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * The canonical request of SigV4.
 * @param payloadHash the body's SHA-256 in hexadecimal, or what S3 lets stand for it
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(
  request: SignedRequest,
  claim: Claim,
  payloadHash: string,
): string {
  const isS3 = claim.scope.service === 's3';
  const path = isS3 ? canonicalPathOfS3(request.path) : canonicalPath(request.path);
  const query = canonicalQuery(
    request.rawQuery,
    claim.place === 'query' ? 'X-Amz-Signature' : undefined,
  );
  let headers = '';
  let names = '';
  for (const name of claim.signedHeaders) {
    names += names === '' ? name : `;${name}`;
    headers += `${name}:${canonicalValue(request.headers[name] ?? '')}\n`;
  }
  return `${request.method}\n${path}\n${query}\n${headers}\n${names}\n${payloadHash}`;
}

/** The string to sign over a canonical request, given its bytes. */
export function stringToSign(claim: Claim, canonical: string | Uint8Array): string {
  return `${ALGORITHM}\n${claim.timestamp}\n${formatScope(claim.scope)}\n${hash('sha256', canonical)}`;
}

/** Parameters encoded and sorted, by name and then by value; `omitted` left out. */
export function canonicalQuery(rawQuery: string, omitted?: string): string {
  if (rawQuery === '') return '';
  const pairs: { readonly name: string; readonly value: string }[] = [];
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = canonicalComponent(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : canonicalComponent(pair.slice(equals + 1));
    if (name !== omitted) pairs.push({ name, value });
  }
  pairs.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value));
  return pairs.map(({ name, value }) => `${name}=${value}`).join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Trimmed, and each run of spaces as one. */
function canonicalValue(value: string): string {
  const trimmed = value.trim();
  return trimmed.includes('  ') ? trimmed.replaceAll(/ {2,}/g, ' ') : trimmed;
}
