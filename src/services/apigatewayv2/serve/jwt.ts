/** JSON Web Tokens: read, and verified by an issuer's keys. Pure. */
import { createPublicKey, verify } from 'node:crypto';
import { isObject, parseJson } from '#kernel/json.ts';
import { SECOND_MS } from '#kernel/units.ts';

export type Claims = Readonly<Record<string, unknown>>;

export interface ReadToken {
  readonly algorithm: string;
  readonly keyId?: string;
  readonly claims: Claims;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['RS256', 'sha256'],
  ['RS384', 'sha384'],
  ['RS512', 'sha512'],
]);

/** The parts of a token, of which nothing is believed; `undefined` for what is none. */
export function readToken(text: string): ReadToken | undefined {
  const [head = '', body = '', signature = '', ...more] = text.split('.');
  const header = parseJson(Buffer.from(head, 'base64url').toString());
  const claims = parseJson(Buffer.from(body, 'base64url').toString());
  if (more.length > 0 || !isObject(header) || !isObject(claims)) return undefined;
  const { alg, kid } = header;
  if (typeof alg !== 'string') return undefined;
  return {
    algorithm: alg,
    ...(typeof kid === 'string' ? { keyId: kid } : {}),
    claims,
    signed: Buffer.from(`${head}.${body}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** Whether one of an issuer's RSA keys made the signature. @param keys as a JSON Web Key Set has them */
export function isSignedBy(token: ReadToken, keys: readonly Claims[]): boolean {
  const digest = DIGESTS.get(token.algorithm);
  if (digest === undefined) return false;
  return keys.some(
    (key) =>
      key['kty'] === 'RSA' &&
      // What is for encryption signs nothing.
      (key['use'] === undefined || key['use'] === 'sig') &&
      key['kid'] === token.keyId &&
      isSignature(token, key, digest),
  );
}

function isSignature({ signed, signature }: ReadToken, key: Claims, digest: string): boolean {
  try {
    const publicKey = createPublicKey({ key, format: 'jwk' });
    return verify(digest, signed, publicKey, signature);
  } catch {
    return false;
  }
}

export interface Expected {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly nowMs: number;
}

/**
 * Why the claims are not believed; `undefined` where they are.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function claimProblem(
  claims: Claims,
  { issuer, audience, nowMs }: Expected,
): string | undefined {
  const { iss, aud, client_id: clientId, exp, nbf, iat } = claims;
  const nowSeconds = nowMs / SECOND_MS;
  if (iss !== issuer) return 'the issuer is invalid';
  const named = aud === undefined ? [clientId] : [aud].flat();
  const isForUs = named.some((one) => audience.includes(String(one)));
  if (!isForUs) return 'the audience is invalid';
  if (typeof exp !== 'number' || exp <= nowSeconds) return 'the token has expired';
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > nowSeconds)) {
    return 'the token is not yet valid';
  }
  if (iat !== undefined && (typeof iat !== 'number' || iat > nowSeconds)) {
    return 'the token was issued in the future';
  }
  return undefined;
}

/** What a token's bearer may do: `scope`, or `scp`. */
export function scopesOf({ scope, scp }: Claims): readonly string[] {
  const given = scope ?? scp;
  if (Array.isArray(given)) return given.map(String);
  return typeof given === 'string' ? given.split(' ').filter((one) => one !== '') : [];
}

/** Claims as events have them: all as texts, lists in brackets. */
export function claimTexts(claims: Claims): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [name, claimText(value)]),
  );
}

function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
