/** What a bucket's policy says of a request. Pure. */
import { isObject, parseJson } from '#kernel/json.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { Bucket } from './model.ts';
import { bucketArn } from './notification-event.ts';

/** What of an input access is decided by. */
export interface AccessInput {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly VersionId?: string;
}

/** What somebody asks of a bucket. */
export interface Asked {
  readonly operationName: string;
  readonly input: AccessInput;
}

/** Where a policy's action has another name than the operation. */
const ACTIONS: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: 'PutObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  DeleteObjects: 'DeleteObject',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListObjectVersions: 'ListBucketVersions',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListParts: 'ListMultipartUploadParts',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
};

export type Effect = 'Allow' | 'Deny';

/** What the statements that are about the request say of it; one with a condition only denies. */
export function effectsOf(
  policy: string,
  bucket: Bucket,
  principal: Principal,
  asked: Asked,
): readonly Effect[] {
  const document = parseJson(policy);
  const { Statement } = isObject(document) ? document : {};
  const statements: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  return statements.flatMap((statement): Effect[] => {
    if (!isObject(statement)) return [];
    const effect = statement['Effect'] === 'Deny' ? 'Deny' : 'Allow';
    if (effect === 'Allow' && statement['Condition'] !== undefined) return [];
    const isAbout =
      isAboutPrincipal(statement, principal) &&
      isAboutOne(statement, 'Action', actionOf(asked)) &&
      isAboutOne(statement, 'Resource', resourceOf(bucket, asked));
    return isAbout ? [effect] : [];
  });
}

/** A version that is named has actions of its own: `s3:GetObjectVersionAcl`. */
function actionOf({ operationName, input }: Asked): string {
  const name = ACTIONS[operationName] ?? operationName;
  const isVersion = input.VersionId !== undefined && /^(?:Get|Delete|Put)Object/.test(name);
  return `s3:${isVersion ? name.replace('Object', 'ObjectVersion') : name}`;
}

/** DeleteObjects is about all keys at once. */
function resourceOf(bucket: Bucket, { operationName, input }: Asked): string {
  const key = operationName === 'DeleteObjects' ? '*' : input.Key;
  return key === undefined ? bucketArn(bucket.name) : `${bucketArn(bucket.name)}/${key}`;
}

function isAboutPrincipal(
  statement: { readonly [key: string]: unknown },
  principal: Principal,
): boolean {
  const { Principal: who, NotPrincipal: whoNot } = statement;
  if (whoNot !== undefined) return !namesPrincipal(whoNot, principal);
  return namesPrincipal(who, principal);
}

function namesPrincipal(who: unknown, { accountId, arn }: Principal): boolean {
  const names = isObject(who) ? who['AWS'] : who;
  const root = `arn:aws:iam::${accountId}:root`;
  return textsOf(names).some((name) => name === '*' || [arn, accountId, root].includes(name));
}

/** `Action` or `NotAction`, `Resource` or `NotResource`, with `*` and `?`. */
function isAboutOne(
  statement: { readonly [key: string]: unknown },
  member: 'Action' | 'Resource',
  value: string,
): boolean {
  const plain = (text: string): string => (member === 'Action' ? text.toLowerCase() : text);
  const matches = (patterns: unknown): boolean =>
    textsOf(patterns).some((pattern) => isLike(plain(pattern), plain(value)));
  const excluded = statement[`Not${member}`];
  return excluded === undefined ? matches(statement[member]) : !matches(excluded);
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

/** Goes back to the last star only, so that no pattern takes long. */
function isLike(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resumed = 0;
  let from = 0;
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at;
      resumed = from;
      at += 1;
    } else if (pattern[at] === '?' || pattern[at] === text[from]) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      at = star + 1;
      resumed += 1;
      from = resumed;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
