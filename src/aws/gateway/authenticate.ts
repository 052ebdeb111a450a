/** Step three: who sent this. Nothing of the body is believed before. */
import { hash } from 'node:crypto';
import { bytesAtHand, collectBytes, streamOfBytes, TooManyBytes } from '#kernel/bytes.ts';
import type { CredentialLookup, Principal } from '#ports/peers/credential-issuer.ts';
import { AwsError } from '../errors.ts';
import { ANONYMOUS } from '../operation.ts';
import {
  checkSignature,
  identify,
  readClaimV2,
  readPayloadMode,
  Refused,
  refusalError,
  verifyV2,
  type Claim,
  type ClaimReader,
  type ClaimV2,
  type ErrorFamily,
  type PayloadMode,
  type Refusal,
  type SigningKey,
  type SigningKeys,
  type SigningScope,
} from '../signature/index.ts';
import type { AuthMode } from './options.ts';
import type { Received } from './receive.ts';

/** What a request says of its signature, read before it is routed and believed after. */
export type ReadClaim =
  | { readonly kind: 'v4'; readonly claim: Claim }
  | { readonly kind: 'v2'; readonly claim: ClaimV2 }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface AuthenticateOptions {
  readonly auth: AuthMode;
  readonly credentials: CredentialLookup;
  readonly keys: SigningKeys;
  readonly nowMs: number;
  /** Whose words a refusal is put in; `s3` also means that the body's hash comes in a header. */
  readonly family: ErrorFamily;
  readonly bodyBytesMax: number;
  readonly scope: SigningScope;
  /** The bucket where the host names it. */
  readonly hostBucket?: string;
}

/** A request's sender, and its body as far as that had to be read. */
export interface Authenticated {
  readonly principal: Principal;
  readonly isAnonymous: boolean;
  readonly body: AsyncIterable<Uint8Array>;
  /** How the body is coded and verified, where a header says so. */
  readonly payload?: PayloadMode;
  /** Whoever signed the body's chunks. */
  readonly signer?: { readonly claim: Claim; readonly key: SigningKey };
}

/** Reads a request's claim, whichever way it is made. */
export function readAnyClaim(claims: ClaimReader, { signed }: Received): ReadClaim {
  try {
    const claim = claims.read(signed);
    if (claim !== undefined) return { kind: 'v4', claim };
    const older = readClaimV2(signed);
    return older === undefined ? { kind: 'none' } : { kind: 'v2', claim: older };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', refusal: error.refusal };
    throw error;
  }
}

/**
 * Verifies who sent a request.
 * @throws AwsError in the family's words
 */
export async function authenticate(
  request: Received,
  read: ReadClaim,
  options: AuthenticateOptions,
): Promise<Authenticated> {
  try {
    if (options.auth.kind === 'none')
      return await believe(request, read, options.auth.root, options);
    if (options.family === 's3') refuseSeveral(request);
    if (read.kind === 'refused') throw new Refused(read.refusal);
    if (read.kind === 'v2') return await verifyOlder(request, read.claim, options);
    if (read.kind === 'v4') return await verify(request, read.claim, options);
    return { principal: ANONYMOUS, isAnonymous: true, ...unverified(request, options) };
  } catch (error) {
    if (error instanceof Refused) throw refusalError(options.family, error.refusal);
    throw error;
  }
}

/** S3 takes one signature, in the header or in the query. @throws Refused */
function refuseSeveral({ signed: { headers, rawQuery } }: Received): void {
  const { authorization } = headers;
  if (authorization === undefined || !SIGNED_QUERY.test(rawQuery)) return;
  throw new Refused({ kind: 'several', authorization });
}

const SIGNED_QUERY = /(?:^|&)(?:X-Amz-Algorithm|Signature)=/;

async function verify(
  request: Received,
  claim: Claim,
  options: AuthenticateOptions,
): Promise<Authenticated> {
  const identified = identify(claim, options);
  const signer = identified instanceof Promise ? await identified : identified;
  const { principal } = signer.known;
  if (options.family !== 's3') {
    // Everybody but S3 signs the body's own hash, so the body is read first.
    const { bodyBytesMax } = options;
    const bytes =
      bytesAtHand(request.body, bodyBytesMax) ?? (await readWhole(request.body, bodyBytesMax));
    checkSignature(request.signed, claim, signer.key, hash('sha256', bytes));
    return { principal, isAnonymous: false, body: streamOfBytes(bytes) };
  }
  const declared = declaredHash(request, claim);
  const payload = readPayloadMode(declared);
  checkSignature(request.signed, claim, signer.key, declared ?? '');
  const { body } = request;
  return { principal, isAnonymous: false, body, payload, signer: { claim, key: signer.key } };
}

/** S3's older presigned URLs; nobody else has them. */
async function verifyOlder(
  request: Received,
  claim: ClaimV2,
  options: AuthenticateOptions,
): Promise<Authenticated> {
  if (options.family !== 's3') throw new Refused({ kind: 'missing' });
  const known = await verifyV2(request.signed, claim, options);
  return { principal: known.principal, isAnonymous: false, ...unverified(request, options) };
}

/** Takes whom the claim names, unproved. */
async function believe(
  request: Received,
  read: ReadClaim,
  root: Principal,
  options: AuthenticateOptions,
): Promise<Authenticated> {
  const id = read.kind === 'v4' || read.kind === 'v2' ? read.claim.accessKeyId : undefined;
  const known = id === undefined ? undefined : await options.credentials.find(id);
  return {
    principal: known?.principal ?? root,
    isAnonymous: false,
    ...unverified(request, options),
  };
}

/** The body of a request whose hash nobody signed; its transfer coding is undone all the same. */
function unverified(
  { body, head }: Received,
  { family }: AuthenticateOptions,
): Pick<Authenticated, 'body' | 'payload'> {
  const declared = head.headers['x-amz-content-sha256'];
  if (family !== 's3' || !declared?.startsWith('STREAMING-')) return { body };
  return { body, payload: { ...readPayloadMode(declared) } };
}

function declaredHash({ head }: Received, claim: Claim): string | undefined {
  const declared = head.headers['x-amz-content-sha256'];
  if (declared !== undefined || claim.place === 'header') return declared;
  return head.query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
}

/** @throws AwsError RequestEntityTooLargeException */
export async function readWhole(
  body: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<Uint8Array> {
  try {
    return await collectBytes(body, bytesMax);
  } catch (error) {
    if (!(error instanceof TooManyBytes)) throw error;
    throw new AwsError({
      code: 'RequestEntityTooLargeException',
      message: `Request must be smaller than ${bytesMax} bytes`,
      status: 413,
    });
  }
}
