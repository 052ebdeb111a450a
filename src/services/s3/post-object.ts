/**
 * A browser's upload by a form, whose policy is signed instead of the request.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
import type { ServiceExtras } from '#aws/extras.ts';
import { s3 } from '#aws/models/s3.gen.ts';
import type { PutObjectOutput, PutObjectRequest, Tagging } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { MalformedXml, parseXml, readElement } from '#aws/protocols/xml-reader.ts';
import { element, escapeXml } from '#aws/protocols/xml-writer.ts';
import { verifyPostPolicy, type SigningKeys, type VerifiedPost } from '#aws/signature/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { present } from '#kernel/assert.ts';
import { askPolicies } from './ask-policies.ts';
import type { S3Core } from './core.ts';
import { invalidArgument, s3Error } from './errors.ts';
import { formBoundary, readForm, type Form, type FormFile } from './form.ts';
import type { Bucket } from './model.ts';
import { storeObject } from './operations/put-object.ts';
import { extendedRequestId } from './owner.ts';
import { findBucket } from './store.ts';

type Exchange = Parameters<ServiceExtras['answer']>[0];

/**
 * Takes a form's file into the bucket.
 * @throws AwsError AccessDenied, InvalidArgument, EntityTooLarge, EntityTooSmall, MalformedPOSTRequest …
 */
export async function postObject(
  core: S3Core,
  keys: SigningKeys,
  { request, requestId, signal }: Exchange,
  bucketName: string,
): Promise<WireResponse> {
  const boundary = formBoundary(request.headers['content-type'] ?? '');
  if (boundary === undefined) {
    const condition = 'Bucket POST must be of the enclosure-type multipart/form-data';
    throw s3Error('PreconditionFailed', { Condition: condition });
  }
  const form = await readForm(request.body, boundary);
  const { credentials, machineClock, clock } = core;
  const options = { credentials, keys, nowMs: (machineClock ?? clock).now() };
  const verified = await verifyPostPolicy({ fields: form.fields, bucket: bucketName }, options);
  if (!verified) throw s3Error('AccessDenied');
  const bucket = await core.database.read((queries) => findBucket(queries, bucketName));
  if (!bucket) throw s3Error('NoSuchBucket', { BucketName: bucketName });
  const file = requireFile(form);
  const input = inputOf(form, file, { bucket, lengthRange: verified.lengthRange });
  const { body: _, ...http } = request;
  const context: RequestContext = {
    requestId,
    accountId: verified.principal.accountId,
    region: bucket.region,
    principal: verified.principal,
    signal,
    http,
  };
  // Whoever signed the form's policy must be allowed to put the object.
  await askPolicies(core, context, 'PutObject', input);
  const output = await storeObject(core, context, input, 'ObjectCreated:Post');
  return responseOf(form.fields, context, input, output);
}

function requireFile({ file, fields }: Form): FormFile {
  if (fields.get('key') === undefined) {
    throw invalidArgument(
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      'key',
      '',
    );
  }
  if (file) return file;
  throw invalidArgument('POST requires exactly one file upload per request.', 'file', 0);
}

/** Fields that are members of PutObject. */
const MEMBERS: readonly (readonly [string, keyof PutObjectRequest])[] = [
  ['acl', 'ACL'],
  ['cache-control', 'CacheControl'],
  ['content-disposition', 'ContentDisposition'],
  ['content-encoding', 'ContentEncoding'],
  ['content-language', 'ContentLanguage'],
  ['content-type', 'ContentType'],
  ['expires', 'Expires'],
  ['x-amz-storage-class', 'StorageClass'],
  ['x-amz-server-side-encryption', 'ServerSideEncryption'],
  ['x-amz-server-side-encryption-aws-kms-key-id', 'SSEKMSKeyId'],
  ['x-amz-website-redirect-location', 'WebsiteRedirectLocation'],
];

const META = 'x-amz-meta-';

function inputOf(
  { fields }: Form,
  file: FormFile,
  {
    bucket,
    lengthRange,
  }: { readonly bucket: Bucket; readonly lengthRange: VerifiedPost['lengthRange'] },
): PutObjectRequest {
  const name = file.name;
  const key = fields.get('key') ?? '';
  const tags = fields.get('tagging');
  const metadata = [...fields].flatMap(([field, value]) =>
    field.startsWith(META) ? [[field.slice(META.length), value] as const] : [],
  );
  const members = MEMBERS.flatMap(([field, member]) => {
    const value = fields.get(field);
    return value === undefined ? [] : [[member, value] as const];
  });
  return {
    Bucket: bucket.name,
    Key: name === undefined ? key : key.replaceAll('${filename}', baseName(name)),
    Body: lengthRange ? bounded(file.content, lengthRange) : file.content,
    ...Object.fromEntries(members),
    ...(metadata.length === 0 ? {} : { Metadata: Object.fromEntries(metadata) }),
    ...(tags === undefined ? {} : { Tagging: taggingHeader(tags) }),
  };
}

/** Some browsers send the path. */
function baseName(name: string): string {
  return name.split(/[/\\]/).at(-1) ?? name;
}

/** Recorded: s3.json TestS3PresignedPost::test_post_object_policy_validation_size */
async function* bounded(
  content: AsyncIterable<Uint8Array>,
  { min, max }: NonNullable<VerifiedPost['lengthRange']>,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.byteLength;
    if (size > max) throw s3Error('EntityTooLarge', { ProposedSize: size, MaxSizeAllowed: max });
    yield chunk;
  }
  if (size < min) throw s3Error('EntityTooSmall', { ProposedSize: size, MinSizeAllowed: min });
}

/** The field holds XML, as PutObjectTagging's body does. Recorded: test_post_object_with_tags */
function taggingHeader(xml: string): string {
  const payload = s3.operation('PutObjectTagging')?.input.payload;
  const shape = present(payload, 'PutObjectTagging has a payload').shape;
  if (shape.kind !== 'structure') return '';
  try {
    const { TagSet } = readElement(shape, parseXml(xml)) as Partial<Tagging>; // Its shape says so.
    return (TagSet ?? [])
      .map(({ Key, Value }) => `${encodeURIComponent(Key)}=${encodeURIComponent(Value)}`)
      .join('&');
  } catch (error) {
    if (error instanceof MalformedXml) throw s3Error('MalformedXML');
    throw error;
  }
}

function responseOf(
  fields: Form['fields'],
  { requestId, http }: RequestContext,
  { Bucket: bucket, Key: key }: PutObjectRequest,
  output: PutObjectOutput,
): WireResponse {
  const { ETag: etag = '' } = output;
  const location = `http://${http.headers['host'] ?? ''}/${bucket}/${encodeURIComponent(key)}`;
  const headers: Record<string, string> = {
    etag,
    location,
    'x-amz-request-id': requestId,
    'x-amz-id-2': extendedRequestId(requestId),
    ...(output.VersionId === undefined ? {} : { 'x-amz-version-id': output.VersionId }),
    ...(output.ServerSideEncryption === undefined
      ? {}
      : { 'x-amz-server-side-encryption': output.ServerSideEncryption }),
  };
  const redirect = redirectOf(fields, { bucket, key, etag });
  if (redirect !== undefined) {
    return { status: 303, headers: { ...headers, location: redirect }, body: EMPTY_BYTES };
  }
  const status = fields.get('success_action_status');
  if (status === '200') return { status: 200, headers, body: EMPTY_BYTES };
  if (status !== '201') return { status: 204, headers, body: EMPTY_BYTES };
  const members = { Location: location, Bucket: bucket, Key: key, ETag: etag };
  const content = Object.entries(members).map(([name, text]) => element(name, escapeXml(text)));
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${element('PostResponse', content.join(''))}`;
  return {
    status: 201,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: utf8(xml),
  };
}

/** Where the browser goes next; what is no address is ignored. */
function redirectOf(
  fields: Form['fields'],
  result: { readonly bucket: string; readonly key: string; readonly etag: string },
): string | undefined {
  const text = fields.get('success_action_redirect') ?? fields.get('redirect');
  const url = text === undefined ? null : URL.parse(text);
  if (!url) return undefined;
  for (const [name, value] of Object.entries(result)) url.searchParams.append(name, value);
  return url.href;
}
