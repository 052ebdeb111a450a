/**
 * Buckets as websites, at `BUCKET.s3-website.HOST` and `BUCKET.s3-website-REGION.HOST`. Whoever asks is nobody: what is
 * shown must be public.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
 */
import { requestKeys } from '#aws/access/index.ts';
import { AwsError } from '#aws/errors.ts';
import type { WebsiteConfiguration } from '#aws/models/s3.types.gen.ts';
import { hostReader } from '#aws/host-name.ts';
import { ANONYMOUS, type HttpSurface, type RequestHead } from '#aws/operation.ts';
import type { WireResponse } from '#aws/wire.ts';
import type { Queries } from '#ports/world/database.ts';
import { isGranted } from './access.ts';
import { checkRead } from './conditions.ts';
import type { S3Core } from './core.ts';
import { assertReadable } from './describe-object.ts';
import { noSuchKey, s3Error } from './errors.ts';
import { quoteEtag } from './etag.ts';
import { writeMetadata } from './metadata.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { contentRange, parseRange } from './range.ts';
import { findAndOpen, sourceOfVersion, type Source } from './read-content.ts';
import { findBucket, getConfiguration } from './store.ts';
import { findLatest } from './store-objects.ts';
import { percentDecode } from './url-encoding.ts';
import { faultPage, redirectPage, websiteHeaders } from './website-page.ts';
import { redirectAll, redirectByRule, type WebsiteRequest } from './website-rules.ts';

const bucketOfHost = hostReader(/^(.+)\.s3-website[.-]/i);

/** Answers for the hosts of websites. */
export function createWebsite(core: S3Core): HttpSurface {
  return {
    match: (head) => bucketOf(head) !== undefined,
    async handle({ request, requestId }) {
      try {
        return await answer(core, request, requestId);
      } catch (error) {
        if (error instanceof AwsError) return faultPage(error, requestId);
        throw error;
      }
    },
  };
}

function bucketOf({ headers }: RequestHead): string | undefined {
  return bucketOfHost(headers['host']);
}

/** A website, and what is asked of it. */
interface Visit {
  readonly bucket: Bucket;
  readonly website: WebsiteConfiguration;
  readonly head: RequestHead;
  readonly request: WebsiteRequest;
  readonly requestId: string;
}

async function answer(core: S3Core, head: RequestHead, requestId: string): Promise<WireResponse> {
  if (head.method !== 'GET' && head.method !== 'HEAD') {
    throw s3Error('MethodNotAllowed', { Method: head.method, ResourceType: 'OBJECT' });
  }
  const key = percentDecode(head.path.slice(1)) ?? '';
  const request = { key, host: head.headers['host'] ?? '' };
  const visit = { ...(await openWebsite(core, head)), head, request, requestId };
  const redirection =
    redirectAll(visit.website, request) ?? redirectByRule(visit.website, request, undefined);
  if (redirection) return redirectPage(redirection.status, redirection.location, requestId);
  try {
    return await show(core, visit, indexed(visit.website, key));
  } catch (error) {
    if (!(error instanceof AwsError) || error.status < 400) throw error;
    return answerFault(core, visit, error);
  }
}

/** @throws AwsError NoSuchBucket, NoSuchWebsiteConfiguration */
async function openWebsite(
  core: S3Core,
  head: RequestHead,
): Promise<Pick<Visit, 'bucket' | 'website'>> {
  const name = bucketOf(head) ?? '';
  return core.database.read(async (queries) => {
    const bucket = await findBucket(queries, name);
    if (!bucket) throw s3Error('NoSuchBucket', { BucketName: name });
    const website = await getConfiguration<WebsiteConfiguration>(queries, name, 'website');
    if (!website) throw s3Error('NoSuchWebsiteConfiguration', { BucketName: name });
    return { bucket, website };
  });
}

/** The key of a folder's index document, or the key itself. */
function indexed({ IndexDocument: index }: WebsiteConfiguration, key: string): string {
  return key === '' || key.endsWith('/') ? key + (index?.Suffix ?? '') : key;
}

interface Shown {
  readonly version: ObjectVersion;
  readonly source: Source;
}

async function show(core: S3Core, visit: Visit, key: string): Promise<WireResponse> {
  const { head, request, requestId, website } = visit;
  const find = (): Promise<Shown | undefined> =>
    core.database.read(async (queries) => {
      const version = await visible(core, queries, visit, key);
      if (version) return { version, source: await sourceOfVersion(queries, version) };
      if (request.key.endsWith('/') || !website.IndexDocument) throw noSuchKey(key);
      // A folder without its slash is sent there.
      const folder = `${request.key}/${website.IndexDocument.Suffix}`;
      if (!(await visible(core, queries, visit, folder))) throw noSuchKey(key);
      return undefined;
    });
  const found = await find();
  if (!found) return redirectPage(302, `${head.path}/`, requestId);
  return send(core, visit, found.version, 200);
}

/**
 * The object of that key, where everybody may read it; `undefined` where there is none and everybody may know that.
 * @throws AwsError AccessDenied
 */
async function visible(
  { clock }: S3Core,
  queries: Queries,
  { bucket, head }: Pick<Visit, 'bucket' | 'head'>,
  key: string,
): Promise<ObjectVersion | undefined> {
  const keys = requestKeys({ principal: ANONYMOUS, http: head, nowMs: clock.now() });
  const asked = { operationName: 'GetObject', input: { Bucket: bucket.name, Key: key }, keys };
  if (!(await isGranted(queries, bucket, ANONYMOUS, asked))) throw s3Error('AccessDenied');
  const version = await findLatest(queries, bucket.name, key);
  return version?.isDeleteMarker ? undefined : version;
}

async function send(
  core: S3Core,
  visit: Visit,
  version: ObjectVersion,
  status: number,
): Promise<WireResponse> {
  const { head, requestId } = visit;
  const { WebsiteRedirectLocation: elsewhere } = version.attributes.headers;
  if (elsewhere !== undefined) return redirectPage(301, elsewhere, requestId);
  const nowMs = core.clock.now();
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = head.headers;
  if (status === 200) checkRead({ ifNoneMatch, ifMatch }, version, nowMs);
  assertReadable(version, nowMs);
  const wanted = status === 200 ? head.headers['range'] : undefined;
  const range = wanted === undefined ? undefined : parseRange(wanted, version.size);
  const find = async (): Promise<Shown> =>
    core.database.read(async (queries) => {
      const current = (await visible(core, queries, visit, version.key)) ?? version;
      return { version: current, source: await sourceOfVersion(queries, current, range) };
    });
  const { found, content } = await findAndOpen(core.blobs, find);
  const bytes = range ? range.end - range.start + 1 : found.version.size;
  return {
    status: range ? 206 : status,
    headers: {
      ...websiteHeaders(requestId),
      ...headersOf(found.version),
      'content-length': String(bytes),
      ...(range ? { 'content-range': contentRange(range, found.version.size) } : {}),
    },
    body: content,
  };
}

function headersOf(version: ObjectVersion): Readonly<Record<string, string>> {
  const { headers, metadata } = version.attributes;
  const named = {
    'content-type': headers.ContentType,
    'cache-control': headers.CacheControl,
    'content-disposition': headers.ContentDisposition,
    'content-encoding': headers.ContentEncoding,
    'content-language': headers.ContentLanguage,
    expires: headers.Expires,
    etag: quoteEtag(version.etag),
    'last-modified': new Date(version.modifiedAtMs).toUTCString(),
  };
  const given = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const own = Object.entries(writeMetadata(metadata)).map(
    ([name, value]) => [`x-amz-meta-${name.toLowerCase()}`, value] as const,
  );
  return Object.fromEntries([...given, ...own]);
}

/** By a rule about the error, else the error document, else a page that says what is wrong. */
async function answerFault(core: S3Core, visit: Visit, error: AwsError): Promise<WireResponse> {
  const { website, request, requestId } = visit;
  const redirection = redirectByRule(website, request, error.status);
  if (redirection) return redirectPage(redirection.status, redirection.location, requestId);
  const key = website.ErrorDocument?.Key;
  if (key === undefined) return faultPage(error, requestId);
  try {
    const version = await core.database.read((queries) => visible(core, queries, visit, key));
    if (!version) throw noSuchKey(key);
    return await send(core, visit, version, error.status);
  } catch (failure) {
    if (failure instanceof AwsError) return faultPage(error, requestId, failure);
    throw failure;
  }
}
