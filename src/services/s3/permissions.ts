/**
 * What S3's operations need, which are named otherwise than their actions more often than not.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
import { objectsOf, passRole, textOf } from '#aws/access/index.ts';
import type { Tag } from '#aws/models/s3.types.gen.ts';
import type { KeyValues, Need, ParsedInput, Permissions } from '#aws/operation.ts';
import { isObject } from '#kernel/json.ts';
import type { ConditionKeys } from '#kernel/policy/index.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Queries } from '#ports/world/database.ts';
import { parseCopySource } from './copy-source.ts';
import { findNamed } from './find-object.ts';
import { signatureKeys } from './signature-keys.ts';
import { findBucket, getConfiguration } from './store.ts';

/** Actions on buckets, where they have another name. */
const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  DeleteBucketCors: 'PutBucketCORS',
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  DeleteBucketReplication: 'PutReplicationConfiguration',
  DeleteBucketTagging: 'PutBucketTagging',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketCors: 'GetBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketLifecycle: 'GetLifecycleConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  GetBucketReplication: 'GetReplicationConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
  ListBuckets: 'ListAllMyBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  PutBucketAccelerateConfiguration: 'PutAccelerateConfiguration',
  PutBucketCors: 'PutBucketCORS',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketLifecycle: 'PutLifecycleConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  PutBucketReplication: 'PutReplicationConfiguration',
  PutObjectLockConfiguration: 'PutBucketObjectLockConfiguration',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
};

/** Configurations that a bucket has by name: one action reads them, another writes. */
const NAMED =
  /^(Get|List|Put|Delete)Bucket(Analytics|IntelligentTiering|Inventory|Metrics)Configurations?$/;

/** Actions on objects, where they have another name; one that is on a version has `Version` in it. */
const OBJECT_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  CompleteMultipartUpload: ['PutObject'],
  CopyObject: ['PutObject'],
  CreateMultipartUpload: ['PutObject'],
  DeleteObjects: ['DeleteObject'],
  GetObjectAttributes: ['GetObject', 'GetObjectAttributes'],
  GetObjectTorrent: ['GetObjectTorrent'],
  HeadObject: ['GetObject'],
  ListParts: ['ListMultipartUploadParts'],
  UploadPart: ['PutObject'],
  UploadPartCopy: ['PutObject'],
};

const VERSIONED =
  /^(?:GetObject|DeleteObject|GetObjectAcl|PutObjectAcl|(?:Get|Put|Delete)ObjectTagging|GetObjectAttributes|GetObjectTorrent)$/;

export const S3_PERMISSIONS: Permissions = {
  requestKeys: signatureKeys,

  needsOf: ({ operation, input }) =>
    // Each of its keys is asked about by the operation itself.
    operation === 'DeleteObjects'
      ? []
      : [
          ...bucketNeeds(operation, input),
          ...creationNeeds(operation, input),
          ...copyNeeds(operation, input),
          ...replicationNeeds(input),
        ],
};

/** What an operation needs of the bucket that it names: by these its policy lets others in. */
export function bucketNeeds(operation: string, input: ParsedInput): readonly Need[] {
  return [...ownNeeds(operation, input), ...writeNeeds(operation, input)];
}

function ownNeeds(operation: string, input: ParsedInput): readonly Need[] {
  const bucket = textOf(input, 'Bucket');
  const keys = keysOf(operation, input);
  const arn = bucket === undefined ? '*' : `arn:aws:s3:::${bucket}`;
  if (operation === 'DeleteObjects') return deletions(arn, input);
  const key = textOf(input, 'Key');
  if (key === undefined) return [{ action: `s3:${bucketAction(operation)}`, resource: arn, keys }];
  const actions = OBJECT_ACTIONS[operation] ?? [operation];
  const isVersion = input['VersionId'] !== undefined;
  return actions.map((action) => need(action, `${arn}/${key}`, { isVersion, keys }));
}

function need(
  name: string,
  resource: string,
  { isVersion, keys }: { readonly isVersion: boolean; readonly keys: KeyValues },
): Need {
  const named = isVersion && VERSIONED.test(name) ? name.replace('Object', 'ObjectVersion') : name;
  return { action: `s3:${named}`, resource, keys };
}

function bucketAction(operation: string): string {
  const [, verb, kind] = NAMED.exec(operation) ?? [];
  if (verb !== undefined && kind !== undefined) {
    return `${verb === 'Get' || verb === 'List' ? 'Get' : 'Put'}${kind}Configuration`;
  }
  return BUCKET_ACTIONS[operation] ?? operation;
}

function deletions(arn: string, { Delete: removal, ...input }: ParsedInput): readonly Need[] {
  const given = isObject(removal) && Array.isArray(removal['Objects']) ? removal['Objects'] : [];
  return given.filter(isObject).flatMap(({ Key: key, VersionId: version }) => {
    const resource = `${arn}/${String(key)}`;
    const deletion = need('DeleteObject', resource, { isVersion: version !== undefined, keys: {} });
    return [deletion, ...bypassNeeds(resource, input, {})];
  });
}

/** Members of a write that need an action of their own. */
const WRITE_ACTIONS: readonly (readonly [member: RegExp, action: string])[] = [
  [/^Tagging$/, 'PutObjectTagging'],
  [/^(?:ACL|Grant\w+)$/, 'PutObjectAcl'],
  [/^(?:ObjectLockMode|ObjectLockRetainUntilDate)$/, 'PutObjectRetention'],
  [/^ObjectLockLegalHoldStatus$/, 'PutObjectLegalHold'],
];

const WRITES: ReadonlySet<string> = new Set(['CopyObject', 'CreateMultipartUpload', 'PutObject']);

function bypassNeeds(resource: string, input: ParsedInput, keys: KeyValues): readonly Need[] {
  const isBypassing = input['BypassGovernanceRetention'] === true;
  return isBypassing ? [{ action: 's3:BypassGovernanceRetention', resource, keys }] : [];
}

function writeNeeds(operation: string, input: ParsedInput): readonly Need[] {
  if (operation === 'DeleteObjects') return [];
  const resource = `arn:aws:s3:::${String(input['Bucket'])}/${String(input['Key'])}`;
  const keys = keysOf(operation, input);
  if (!WRITES.has(operation)) return bypassNeeds(resource, input, keys);
  const members = Object.keys(input);
  const actions = WRITE_ACTIONS.filter(([member]) => members.some((name) => member.test(name)));
  return actions.map(([, action]) => ({ action: `s3:${action}`, resource, keys }));
}

/**
 * What a new bucket is given beside its name.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html Permissions
 */
const CREATIONS: readonly (readonly [member: RegExp, actions: readonly string[]])[] = [
  [/^(?:ACL|Grant\w+)$/, ['PutBucketAcl']],
  [/^ObjectLockEnabledForBucket$/, ['PutBucketObjectLockConfiguration', 'PutBucketVersioning']],
  [/^ObjectOwnership$/, ['PutBucketOwnershipControls']],
];

function creationNeeds(operation: string, input: ParsedInput): readonly Need[] {
  if (operation !== 'CreateBucket') return [];
  const members = Object.keys(input).filter((name) => input[name] !== false);
  const given = CREATIONS.filter(([member]) => members.some((name) => member.test(name)));
  const resource = `arn:aws:s3:::${String(input['Bucket'])}`;
  const keys = keysOf(operation, input);
  return given.flatMap(([, actions]) =>
    actions.map((action) => ({ action: `s3:${action}`, resource, keys })),
  );
}

/** A bucket's copies are written with a role of the owner's. */
function replicationNeeds({
  ReplicationConfiguration: configuration,
}: ParsedInput): readonly Need[] {
  return isObject(configuration) ? passRole(textOf(configuration, 'Role'), 's3.amazonaws.com') : [];
}

/** A copy reads its source. */
function copyNeeds(operation: string, input: ParsedInput): readonly Need[] {
  const source = textOf(input, 'CopySource');
  if (source === undefined || (operation !== 'CopyObject' && operation !== 'UploadPartCopy')) {
    return [];
  }
  const { bucket, key, versionId } = parseCopySource(source);
  const isVersion = versionId !== undefined;
  return [need('GetObject', `arn:aws:s3:::${bucket}/${key}`, { isVersion, keys: {} })];
}

/** Condition keys and the members whose values they are. */
const KEYS: Readonly<Record<string, string>> = {
  's3:delimiter': 'Delimiter',
  's3:locationconstraint': 'LocationConstraint',
  's3:object-lock-mode': 'ObjectLockMode',
  's3:prefix': 'Prefix',
  's3:versionid': 'VersionId',
  's3:x-amz-acl': 'ACL',
  's3:x-amz-copy-source': 'CopySource',
  's3:x-amz-grant-full-control': 'GrantFullControl',
  's3:x-amz-grant-read': 'GrantRead',
  's3:x-amz-grant-read-acp': 'GrantReadACP',
  's3:x-amz-grant-write': 'GrantWrite',
  's3:x-amz-grant-write-acp': 'GrantWriteACP',
  's3:x-amz-metadata-directive': 'MetadataDirective',
  's3:x-amz-server-side-encryption': 'ServerSideEncryption',
  's3:x-amz-server-side-encryption-aws-kms-key-id': 'SSEKMSKeyId',
  's3:x-amz-storage-class': 'StorageClass',
  's3:x-amz-website-redirect-location': 'WebsiteRedirectLocation',
};

/** A list without a prefix has an empty one, so that a policy may ask for that. */
function keysOf(operation: string, input: ParsedInput): KeyValues {
  const entries = Object.entries(KEYS).map(([key, member]) => [key, textOf(input, member)]);
  const isList = /^List(?:Objects|ObjectVersions)/.test(operation);
  const most = input['MaxKeys'];
  return {
    // Pairs of texts and what may be none, as made above.
    ...(Object.fromEntries(entries) as KeyValues),
    ...(isList ? { 's3:prefix': textOf(input, 'Prefix') ?? '' } : {}),
    's3:max-keys': typeof most === 'number' ? String(most) : undefined,
    ...tagKeys(tagsOf(input['Tagging'])),
  };
}

/** The tags of a header, or of PutObjectTagging's body. */
function tagsOf(tagging: unknown): readonly (readonly [string, string])[] {
  if (typeof tagging === 'string') return [...new URLSearchParams(tagging)];
  const tags = isObject(tagging) ? objectsOf(tagging, 'TagSet') : [];
  return tags.map(({ Key, Value }) => [String(Key), String(Value)]);
}

function tagKeys(tags: readonly (readonly [string, string])[]): KeyValues {
  if (tags.length === 0) return {};
  return {
    ...Object.fromEntries(tags.map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
    's3:RequestObjectTagKeys': tags.map(([key]) => key),
  };
}

/** Buckets' own policies. Whom of other accounts a bucket lets in, S3 decides itself: ACLs count, too. */
export const BUCKET_POLICIES: ResourcePolicies = {
  async find(queries, action, arn, asked) {
    const [, name] = /^arn:aws:s3:::([^/]+)/.exec(arn) ?? [];
    const bucket = name === undefined ? undefined : await findBucket(queries, name);
    if (bucket === undefined) return undefined;
    const policy = await getConfiguration<string>(queries, bucket.name, 'policy');
    const { accountId } = bucket;
    const held = policy === undefined ? {} : { policy };
    const keys = await objectKeys(queries, arn, action, asked);
    return { accountId, admitsOthers: true, keys, ...held };
  },
};

/** Actions that may depend on the tags that an object has. */
const ON_TAGS =
  /^s3:(?:GetObject(?:Version)?|(?:Get|Put|Delete)Object(?:Version)?(?:Acl|Tagging))$/;

/** The condition keys of the object that is asked for. */
async function objectKeys(
  queries: Queries,
  arn: string,
  action: string,
  asked: ConditionKeys | undefined,
): Promise<Readonly<Record<string, string>>> {
  const [, Bucket, Key] = /^arn:aws:s3:::([^/]+)\/(.+)$/s.exec(arn) ?? [];
  if (Bucket === undefined || Key === undefined || !ON_TAGS.test(action)) return {};
  const VersionId = asked?.get('s3:versionid')?.[0];
  const named = VersionId === undefined ? {} : { VersionId };
  // An id that is none is for the operation to refuse.
  const version = await findNamed(queries, { Bucket, Key, ...named }).catch(() => undefined);
  return existingTagKeys(version?.tags ?? []);
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html */
export function existingTagKeys(tags: readonly Tag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [`s3:ExistingObjectTag/${Key}`, Value]));
}
