import { createHash } from 'node:crypto';
import type { Owner } from '#aws/models/s3.types.gen.ts';

/** The canonical user of an account: 64 hexadecimal characters. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/finding-canonical-user-id.html */
export function canonicalId(accountId: string): string {
  return createHash('sha256').update(`canonical user ${accountId}`).digest('hex');
}

/** `DisplayName` is no longer answered since November 2025. */
export function ownerOf(accountId: string): Owner {
  return { ID: canonicalId(accountId) };
}

/** The account as events name the bucket's owner: `A3NL1KOZZKExample`. */
export function ownerPrincipalId(accountId: string): string {
  const number = BigInt(`0x${canonicalId(accountId).slice(0, 18)}`);
  return `A${number.toString(36).toUpperCase().padStart(14, '0').slice(-13)}`;
}

/** S3's second request id, `x-amz-id-2`; the wire answers the same. */
export { hostId as extendedRequestId } from '#aws/protocols/rest-xml.ts';
