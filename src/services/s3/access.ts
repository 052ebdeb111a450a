/**
 * What a bucket's owner grants to others: to everybody, to whoever signs, to other accounts. By the bucket's policy and
 * by ACLs, as far as the public access block lets them count.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-s3-evaluates-access-control.html
 */
import type {
  Grant,
  OwnershipControls,
  PublicAccessBlockConfiguration,
} from '#aws/models/s3.types.gen.ts';
import { requestKeys } from '#aws/access/index.ts';
import { ANONYMOUS, type RequestContext } from '#aws/operation.ts';
import {
  conditionKeys,
  evaluateResource,
  parsePolicy,
  type ConditionKeys,
} from '#kernel/policy/index.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { requesterOf } from '#ports/peers/requester.ts';
import type { Queries } from '#ports/world/database.ts';
import { US_EAST_1 } from './bucket-location.ts';
import { requireOwnBucket, type BucketInput, type S3Core } from './core.ts';
import { s3Error } from './errors.ts';
import { findNamed } from './find-object.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { canonicalId } from './owner.ts';
import { bucketNeeds, existingTagKeys } from './permissions.ts';
import { signatureKeys } from './signature-keys.ts';
import { isPublicPolicy } from './public-policy.ts';
import { findBucket, getConfiguration } from './store.ts';

/** What of an input access is decided by. */
export interface AccessInput {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly VersionId?: string;
  readonly BypassGovernanceRetention?: boolean;
}

/** What somebody asks of a bucket. */
export interface Asked {
  readonly operationName: string;
  readonly input: AccessInput;
  /** What is known of the request beside who sent it. */
  readonly keys: ConditionKeys;
}

/** The permission of an ACL that an operation asks for, and on what. */
type AclNeed = readonly ['object' | 'bucket', string];

const ACL_NEEDS: Readonly<Record<string, AclNeed>> = {
  AbortMultipartUpload: ['bucket', 'WRITE'],
  CompleteMultipartUpload: ['bucket', 'WRITE'],
  CopyObject: ['bucket', 'WRITE'],
  CreateMultipartUpload: ['bucket', 'WRITE'],
  DeleteObject: ['bucket', 'WRITE'],
  DeleteObjects: ['bucket', 'WRITE'],
  GetBucketAcl: ['bucket', 'READ_ACP'],
  GetObject: ['object', 'READ'],
  GetObjectAcl: ['object', 'READ_ACP'],
  HeadBucket: ['bucket', 'READ'],
  HeadObject: ['object', 'READ'],
  ListMultipartUploads: ['bucket', 'READ'],
  ListObjectVersions: ['bucket', 'READ'],
  ListObjects: ['bucket', 'READ'],
  ListObjectsV2: ['bucket', 'READ'],
  PutBucketAcl: ['bucket', 'WRITE_ACP'],
  PutObject: ['bucket', 'WRITE'],
  PutObjectAcl: ['object', 'WRITE_ACP'],
  UploadPart: ['bucket', 'WRITE'],
  UploadPartCopy: ['bucket', 'WRITE'],
};

/** Operations that are about no bucket that exists: only accounts have them. */
const ACCOUNT_ONLY: ReadonlySet<string> = new Set(['CreateBucket', 'ListBuckets']);

/** A bucket's policy is its own account's alone, whomever it lets do all. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
const OWNERS_ALONE: ReadonlySet<string> = new Set([
  'DeleteBucketPolicy',
  'GetBucketPolicy',
  'PutBucketPolicy',
]);

/** Whether an operation may come without a signature. */
export function isOpen(operationName: string): boolean {
  return !ACCOUNT_ONLY.has(operationName);
}

const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/;

/**
 * A signature may name any Region, but it must be one.
 * @throws AwsError AuthorizationHeaderMalformed. Recorded: s3.json TestS3::test_create_bucket_aws_global
 */
function assertRegion({ region }: RequestContext): void {
  if (REGION.test(region)) return;
  throw s3Error(
    'AuthorizationHeaderMalformed',
    { Region: US_EAST_1 },
    `The authorization header is malformed; the region '${region}' is wrong; expecting '${US_EAST_1}'`,
  );
}

/**
 * The context under which an operation runs: the caller's own; or the bucket's account and Region, where the caller is
 * somebody else to whom the owner grants it.
 * @throws AwsError NoSuchBucket, AccessDenied, MethodNotAllowed
 */
export async function admit(
  core: S3Core,
  context: RequestContext,
  operationName: string,
  input: AccessInput,
): Promise<RequestContext> {
  assertRegion(context);
  const { Bucket: name } = input;
  if (name === undefined || !isOpen(operationName)) return context;
  const isAnonymous = context.principal === ANONYMOUS;
  return core.database.read(async (queries) => {
    const bucket = await findBucket(queries, name);
    if (!bucket || bucket.accountId === context.accountId) return context;
    await requireGrant(core, queries, context, { bucket, operationName, input });
    if (OWNERS_ALONE.has(operationName)) {
      const { method } = context.http;
      throw s3Error('MethodNotAllowed', { Method: method, ResourceType: 'BUCKETPOLICY' });
    }
    // A URL without a signature names no Region.
    const region = isAnonymous ? bucket.region : context.region;
    return { ...context, accountId: bucket.accountId, region };
  });
}

/**
 * Whom the owner of one bucket admitted may copy from there what its own owner lets him read: the caller is asked
 * about, and never the account for which the operation runs.
 * @throws AwsError NoSuchBucket, AccessDenied …
 */
export async function requireCopySource(
  core: S3Core,
  queries: Queries,
  context: RequestContext,
  input: AccessInput & BucketInput,
): Promise<void> {
  const bucket = await findBucket(queries, input.Bucket);
  const accountId = bucket?.accountId ?? context.accountId;
  if (bucket !== undefined && accountId !== context.principal.accountId) {
    await requireGrant(core, queries, context, { bucket, operationName: 'GetObject', input });
  }
  await requireOwnBucket(queries, { ...context, accountId }, input);
}

/** @throws AwsError AccessDenied where a bucket's owner does not grant the caller what he asks */
async function requireGrant(
  core: S3Core,
  queries: Queries,
  { principal, http, region }: RequestContext,
  { bucket, ...asked }: Omit<Asked, 'keys'> & { readonly bucket: Bucket },
): Promise<void> {
  const nowMs = core.clock.now();
  const keys = requestKeys({ principal, http, region, nowMs }, signatureKeys(http, nowMs));
  if (await isGranted(queries, bucket, principal, { ...asked, keys })) return;
  throw s3Error('AccessDenied');
}

/** Whether a bucket's owner grants somebody else what they ask. */
export async function isGranted(
  queries: Queries,
  bucket: Bucket,
  principal: Principal,
  asked: Asked,
): Promise<boolean> {
  const block = await getConfiguration<PublicAccessBlockConfiguration>(
    queries,
    bucket.name,
    'public-access-block',
  );
  const policy = await getConfiguration<string>(queries, bucket.name, 'policy');
  const version = await namedVersion(queries, asked.input);
  const ofObject = conditionKeys(existingTagKeys(version?.tags ?? []));
  const known = { ...asked, keys: new Map([...asked.keys, ...ofObject]) };
  const verdict = policy === undefined ? 'none' : verdictOf(policy, principal, known);
  if (verdict === 'denied') return false;
  const isRestricted =
    block?.RestrictPublicBuckets === true && policy !== undefined && isPublicPolicy(policy);
  if (isHidden(asked, version)) return mayList();
  if (verdict === 'granted' && !isRestricted) return true;
  // No ACL grants what only an action of its own does.
  if (asked.input.BypassGovernanceRetention === true) return false;
  const ignoresPublic = block?.IgnorePublicAcls === true;
  const grants = await grantsFor(queries, bucket, asked, version);
  const [, permission = ''] = ACL_NEEDS[asked.operationName] ?? [];
  return grants.some(
    (grant) =>
      (grant.Permission === permission || grant.Permission === 'FULL_CONTROL') &&
      isGrantee(grant, principal, ignoresPublic),
  );

  /** Who may list is told that a key is not there; anybody else learns nothing. */
  async function mayList(): Promise<boolean> {
    const input = { Bucket: bucket.name };
    const list = { operationName: 'ListObjectsV2', input, keys: asked.keys };
    return isGranted(queries, bucket, principal, list);
  }
}

/** What the bucket's policy says of all that an operation needs. */
function verdictOf(
  text: string,
  principal: Principal,
  { operationName, input, keys }: Asked,
): 'granted' | 'denied' | 'none' {
  const policy = parsePolicy(text);
  const canonical = principal === ANONYMOUS ? [] : [canonicalId(principal.accountId)];
  const requester = requesterOf(principal);
  const named = { ...requester, names: [...requester.names, ...canonical] };
  const verdicts = bucketNeeds(operationName, { ...input }).map((need) => {
    const request = { ...need, keys: new Map([...keys, ...conditionKeys(need.keys ?? {})]) };
    return evaluateResource(policy, request, named);
  });
  if (verdicts.some(({ isDenied }) => isDenied)) return 'denied';
  const isGranted = verdicts.length > 0 && verdicts.every(({ grant }) => grant !== undefined);
  return isGranted ? 'granted' : 'none';
}

function isHidden({ operationName }: Asked, version: ObjectVersion | undefined): boolean {
  return ACL_NEEDS[operationName]?.[0] === 'object' && (!version || version.isDeleteMarker);
}

/** The object that is asked for; an id of a version that is none is for the operation to refuse. */
async function namedVersion(
  queries: Queries,
  { Bucket = '', Key, VersionId }: AccessInput,
): Promise<ObjectVersion | undefined> {
  if (Key === undefined) return undefined;
  const id = VersionId === undefined ? {} : { VersionId };
  return findNamed(queries, { Bucket, Key, ...id }).catch(() => undefined);
}

/** The grants that count; none where the bucket's owner owns all and takes no ACL. */
async function grantsFor(
  queries: Queries,
  bucket: Bucket,
  { operationName }: Asked,
  version: ObjectVersion | undefined,
): Promise<readonly Grant[]> {
  const need = ACL_NEEDS[operationName];
  if (need === undefined) return [];
  const ownership = await getConfiguration<OwnershipControls>(queries, bucket.name, 'ownership');
  if (ownership?.Rules[0]?.ObjectOwnership === 'BucketOwnerEnforced') return [];
  if (need[0] === 'object') {
    return version && !version.isDeleteMarker ? (version.attributes.grants ?? []) : [];
  }
  return (await getConfiguration<readonly Grant[]>(queries, bucket.name, 'acl')) ?? [];
}

const GROUP = 'http://acs.amazonaws.com/groups/global/';

function isGrantee({ Grantee }: Grant, principal: Principal, ignoresPublic: boolean): boolean {
  if (Grantee?.ID !== undefined) return Grantee.ID === canonicalId(principal.accountId);
  if (ignoresPublic) return false;
  if (Grantee?.URI === `${GROUP}AllUsers`) return true;
  return Grantee?.URI === `${GROUP}AuthenticatedUsers` && principal !== ANONYMOUS;
}
