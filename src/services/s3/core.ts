import type { RequestContext } from '#aws/operation.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import type { CredentialLookup } from '#ports/peers/credential-issuer.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { BlobLedger } from '#ports/world/blob-ledger.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Queries } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import { isBucketName } from './bucket-name.ts';
import { s3Error } from './errors.ts';
import type { Bucket, Content } from './model.ts';
import type { Sequence } from './sequence.ts';
import { findBucket } from './store.ts';

export interface S3Dependencies {
  readonly database: Database;
  /** S3's alone: what no row of S3 names is deleted from it. */
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly deliverer: Deliverer;
  readonly wakeups: Wakeups;
  /** For the policies of forms, and the clock by which their signers write when they end; S3's own unless said. */
  readonly credentials: CredentialLookup;
  readonly machineClock?: Clock;
  /** Where policies are evaluated: for forms, which the gateway's operations do not see. */
  readonly access?: AccessControl;
  readonly log: Log;
}

/** What a write has stored. */
interface Stored {
  readonly content: Content;
}

/** What every operation of S3 may use. */
export interface S3Core extends S3Dependencies {
  readonly ledger: BlobLedger<Stored>;
  readonly sequence: Sequence;
}

/** The members by which nearly every input names its bucket. */
export interface BucketInput {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string;
}

/**
 * The bucket of a request, which must be the caller's own and of the request's Region.
 * @throws AwsError NoSuchBucket, InvalidBucketName, AccessDenied, PermanentRedirect, InvalidBucketOwnerAWSAccountID
 */
export async function requireBucket(
  queries: Queries,
  context: RequestContext,
  input: BucketInput,
): Promise<Bucket> {
  const bucket = await requireOwnBucket(queries, context, input);
  if (bucket.region === context.region) return bucket;
  throw redirected(bucket);
}

/** As `requireBucket`, from any Region. */
export async function requireOwnBucket(
  queries: Queries,
  context: RequestContext,
  { Bucket: name, ExpectedBucketOwner: expectedOwner }: BucketInput,
): Promise<Bucket> {
  if (expectedOwner !== undefined && !/^\d{12}$/.test(expectedOwner)) {
    const message = `The value of the expected bucket owner parameter must be an AWS Account ID... [${expectedOwner}]`;
    throw s3Error('InvalidBucketOwnerAWSAccountID', {}, message);
  }
  const bucket = await findBucket(queries, name);
  if (!bucket) {
    throw s3Error(isBucketName(name) ? 'NoSuchBucket' : 'InvalidBucketName', { BucketName: name });
  }
  const isOwner = bucket.accountId === context.accountId;
  if (!isOwner || (expectedOwner ?? bucket.accountId) !== bucket.accountId) {
    throw s3Error('AccessDenied');
  }
  return bucket;
}

/** The error for a bucket that lives in another Region than the one that was asked. */
function redirected(bucket: Bucket): Error {
  const endpoint = `${bucket.name}.s3.${bucket.region}.amazonaws.com`;
  return s3Error('PermanentRedirect', { Endpoint: endpoint, Bucket: bucket.name }, undefined, {
    'x-amz-bucket-region': bucket.region,
  });
}
