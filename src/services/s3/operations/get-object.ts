import { HTTP_STATUS } from '#aws/extras.ts';
import type { GetObjectOutput, GetObjectRequest, Operations } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { checkRead } from '../conditions.ts';
import { requireBucket, type S3Core } from '../core.ts';
import {
  assertReadable,
  choosePiece,
  describeChecksum,
  describeExpiration,
  describePiece,
  describeVersion,
} from '../describe-object.ts';
import { checkCustomerKey } from '../encryption.ts';
import { invalidArgument } from '../errors.ts';
import { requireObject } from '../find-object.ts';
import { findAndOpen, sourceOfVersion, type Source } from '../read-content.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export function getObject(core: S3Core): Operations['GetObject'] {
  return async (context, input) => {
    const find = (): Promise<FoundObject> =>
      core.database.read((queries) => findObject(core, queries, context, input));
    const { found, content } = await findAndOpen(core.blobs, find);
    return { ...found.output, ...overrides(input), Body: content };
  };
}

interface FoundObject {
  readonly output: GetObjectOutput;
  readonly source: Source;
}

async function findObject(
  core: S3Core,
  queries: Queries,
  context: RequestContext,
  input: GetObjectRequest,
): Promise<FoundObject> {
  const bucket = await requireBucket(queries, context, input);
  const version = await requireObject(queries, context, input);
  const nowMs = core.clock.now();
  checkCustomerKey(input, version.attributes.encryption);
  checkRead(readConditions(input), version, nowMs);
  assertReadable(version, nowMs);
  const piece = await choosePiece(queries, version, input);
  const output = {
    ...describePiece(version, piece),
    ...describeVersion(version, bucket),
    ...describeChecksum(version, piece, input.ChecksumMode),
    ...(await describeExpiration(queries, version, input.VersionId)),
    ...(piece.range ? { [HTTP_STATUS]: 206 } : {}),
  };
  return { output, source: await sourceOfVersion(queries, version, piece.range) };
}

/** The four conditions by their members. */
export function readConditions(
  input: Pick<
    GetObjectRequest,
    'IfMatch' | 'IfNoneMatch' | 'IfModifiedSince' | 'IfUnmodifiedSince'
  >,
): Parameters<typeof checkRead>[0] {
  return {
    ifMatch: input.IfMatch,
    ifNoneMatch: input.IfNoneMatch,
    ifModifiedSince: input.IfModifiedSince,
    ifUnmodifiedSince: input.IfUnmodifiedSince,
  };
}

type Overrides = Pick<
  GetObjectRequest,
  | 'ResponseCacheControl'
  | 'ResponseContentDisposition'
  | 'ResponseContentEncoding'
  | 'ResponseContentLanguage'
  | 'ResponseContentType'
  | 'ResponseExpires'
>;

/**
 * Headers hold ISO 8859-1.
 * @throws AwsError InvalidArgument. Recorded: s3.json TestS3PresignedUrl::test_get_response_overrides_unicode_metadata_with_sig_s3
 */
function assertHeaderValues(input: Overrides): void {
  for (const [parameter, value] of [
    ['response-cache-control', input.ResponseCacheControl],
    ['response-content-disposition', input.ResponseContentDisposition],
    ['response-content-encoding', input.ResponseContentEncoding],
    ['response-content-language', input.ResponseContentLanguage],
    ['response-content-type', input.ResponseContentType],
  ] as const) {
    if (value === undefined || !/[^\u0000-\u00ff]/.test(value)) continue;
    const message = 'Header value cannot be represented using ISO-8859-1.';
    throw invalidArgument(message, parameter, value);
  }
}

/**
 * `response-*` in the query says headers of this one answer.
 * @throws AwsError InvalidArgument
 */
export function overrides(input: Overrides): GetObjectOutput {
  assertHeaderValues(input);
  const expires = input.ResponseExpires;
  const given = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    Expires: expires === undefined ? undefined : new Date(expires).toUTCString(),
  };
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as GetObjectOutput; // The members above that have a value.
}
