import type {
  BucketLifecycleConfiguration,
  ObjectLockConfiguration,
  ServerSideEncryptionConfiguration,
} from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { DAY_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import { parseAcl, type AclInput, type AclPolicy } from './acl.ts';
import { chooseEncryption, type EncryptionInput } from './encryption.ts';
import { invalidArgument, invalidRequest, s3Error } from './errors.ts';
import { KEY_BYTES_MAX } from './limits.ts';
import { readMetadata } from './metadata.ts';
import type { Bucket, ObjectAttributes, ObjectHeaders, ObjectLock } from './model.ts';
import type { Notifications } from './notification-config.ts';
import { pastDateError } from './object-lock.ts';
import { getConfiguration, getConfigurations } from './store.ts';
import type {
  OwnershipControls,
  PublicAccessBlockConfiguration,
} from '#aws/models/s3.types.gen.ts';

/** What of a bucket's configuration a write asks. */
export interface WriteSettings {
  readonly encryption?: ServerSideEncryptionConfiguration;
  readonly lifecycle?: BucketLifecycleConfiguration;
  readonly notification?: Notifications;
  readonly 'object-lock'?: ObjectLockConfiguration;
}

/** The bucket's settings for a write, in one statement. */
export async function readWriteSettings(queries: Queries, bucket: string): Promise<WriteSettings> {
  return (await getConfigurations(queries, bucket)) as WriteSettings; // Stored under the same names.
}

/** What of a bucket's configuration an ACL asks; only read where there is one. */
export async function readAclPolicy(queries: Queries, bucket: Bucket): Promise<AclPolicy> {
  const ownership = await getConfiguration<OwnershipControls>(queries, bucket.name, 'ownership');
  const block = await getConfiguration<PublicAccessBlockConfiguration>(
    queries,
    bucket.name,
    'public-access-block',
  );
  return {
    accountId: bucket.accountId,
    isEnforced: ownership?.Rules[0]?.ObjectOwnership === 'BucketOwnerEnforced',
    isPublicBlocked: block?.BlockPublicAcls === true,
  };
}

const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
];

/** @throws AwsError InvalidStorageClass. Recorded: s3.json TestS3::test_put_object_storage_class_outposts */
export function parseStorageClass(text: string | undefined): string {
  if (text === undefined) return 'STANDARD';
  if (STORAGE_CLASSES.includes(text)) return text;
  throw s3Error('InvalidStorageClass', { StorageClassRequested: text });
}

/** @throws AwsError KeyTooLongError */
export function assertKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > KEY_BYTES_MAX) {
    throw s3Error('KeyTooLongError', { Size: size, MaxSizeAllowed: KEY_BYTES_MAX });
  }
}

/** The members by which a write describes its object. */
export interface DescriptionInput extends EncryptionInput, AclInput, LockInput {
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly ContentType?: string;
  readonly Expires?: string;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly WebsiteRedirectLocation?: string;
}

export const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';

/** Headers of an object as they are stored. `aws-chunked` was the request's coding, not the object's. */
export function headersOf(input: DescriptionInput): ObjectHeaders {
  const encodings = (input.ContentEncoding ?? '').split(',').map((one) => one.trim());
  const contentEncoding = encodings.filter((one) => one !== '' && one !== 'aws-chunked').join(',');
  const headers = {
    ContentType: input.ContentType ?? DEFAULT_CONTENT_TYPE,
    CacheControl: input.CacheControl,
    ContentDisposition: input.ContentDisposition,
    ContentEncoding: contentEncoding === '' ? undefined : contentEncoding,
    ContentLanguage: input.ContentLanguage,
    Expires: input.Expires,
    WebsiteRedirectLocation: input.WebsiteRedirectLocation,
  };
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as ObjectHeaders; // The members above that have a value.
}

/**
 * The attributes of a new object.
 * @throws AwsError MetadataTooLarge, InvalidArgument, AccessControlListNotSupported …
 */
export function attributesOf(
  context: RequestContext,
  input: DescriptionInput,
  settings: WriteSettings,
  aclPolicy: AclPolicy | undefined,
): ObjectAttributes {
  const grants = aclPolicy && parseAcl(input, aclPolicy);
  return {
    headers: headersOf(input),
    metadata: readMetadata(input.Metadata),
    encryption: chooseEncryption(input, settings.encryption, context),
    ...(grants === undefined ? {} : { grants }),
  };
}

/** Whether the input says an ACL, so that the bucket's policy for them must be read. */
export function hasAcl(input: AclInput): boolean {
  return (
    input.ACL !== undefined ||
    input.AccessControlPolicy !== undefined ||
    Object.keys(input).some((name) => name.startsWith('Grant'))
  );
}

export interface LockInput {
  readonly ObjectLockMode?: string;
  readonly ObjectLockRetainUntilDate?: number;
  readonly ObjectLockLegalHoldStatus?: string;
}

/**
 * The lock of a new version: the request's, else the bucket's default retention.
 * @throws AwsError InvalidArgument, InvalidRequest
 * Recorded: s3.json TestS3ObjectLockRetention::test_bucket_config_default_retention
 */
export function lockOfInput(
  input: LockInput,
  bucket: Bucket,
  settings: WriteSettings,
  nowMs: number,
): ObjectLock {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = input;
  const legalHold = input.ObjectLockLegalHoldStatus;
  if (!bucket.isObjectLock) {
    if (mode === undefined && until === undefined && legalHold === undefined) return {};
    throw invalidRequest('Bucket is missing Object Lock Configuration');
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
      mode === undefined ? 'x-amz-object-lock-mode' : 'x-amz-object-lock-retain-until-date',
    );
  }
  const hold = legalHold === undefined ? {} : { legalHold };
  if (mode !== undefined && until !== undefined) {
    if (until <= nowMs) {
      throw pastDateError('x-amz-object-lock-retain-until-date', until);
    }
    return { retentionMode: mode, retainUntilMs: until, ...hold };
  }
  return { ...defaultRetention(settings, nowMs), ...hold };
}

function defaultRetention(settings: WriteSettings, nowMs: number): ObjectLock {
  const { Mode, Days, Years } = settings['object-lock']?.Rule?.DefaultRetention ?? {};
  if (Mode === undefined) return {};
  const days = Days ?? (Years ?? 0) * 365;
  return { retentionMode: Mode, retainUntilMs: nowMs + days * DAY_MS };
}
