import type { ServiceExtras } from '#aws/extras.ts';
import type { CORSConfiguration } from '#aws/models/s3.types.gen.ts';
import type { RequestHead } from '#aws/operation.ts';
import { createSigningKeys } from '#aws/signature/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { corsHeaders, matchCors, type CorsRequest } from './cors.ts';
import type { S3Core } from './core.ts';
import { s3Error } from './errors.ts';
import { extendedRequestId } from './owner.ts';
import { postObject } from './post-object.ts';
import { findBucket, getConfiguration } from './store.ts';
import { percentDecode } from './url-encoding.ts';

/** How S3 names itself. Recorded: s3.json TestS3::test_get_object_content_length_with_virtual_host */
const SERVER = 'AmazonS3';

/** What S3 answers outside its operations: preflights and forms; and the CORS headers of all else. */
export function createExtras(core: S3Core): ServiceExtras {
  const keys = createSigningKeys();
  return {
    async answer(exchange) {
      const { request, requestId } = exchange;
      const { bucket, key } = addressOf(request.path);
      if (request.method === 'OPTIONS') return preflight(core, request, requestId);
      const isForm = request.method === 'POST' && key === '' && isUnsignedPost(request);
      if (!isForm || bucket === undefined) return undefined;
      const response = await postObject(core, keys, exchange, bucket);
      return withCors(core, request, response);
    },
    complete: (request, response) => withCors(core, request, response),
  };
}

/** A POST to the bucket itself that names no operation. */
function isUnsignedPost({ query, headers }: RequestHead): boolean {
  if (query.has('delete')) return false;
  return headers['authorization'] === undefined && !query.has('X-Amz-Signature');
}

/** Of a path that begins with the bucket. */
function addressOf(path: string): { readonly bucket: string | undefined; readonly key: string } {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const name = percentDecode(bucket) ?? '';
  return { bucket: name === '' ? undefined : name, key };
}

/**
 * @throws AwsError BadRequest, AccessForbidden. Recorded: s3_cors.json
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
 */
async function preflight(
  core: S3Core,
  request: RequestHead,
  requestId: string,
): Promise<WireResponse> {
  const { bucket, key } = addressOf(request.path);
  const method = request.headers['access-control-request-method'];
  if (request.headers['origin'] === undefined) {
    throw s3Error('BadRequest', {}, 'Insufficient information. Origin request header needed.');
  }
  if (method === undefined) {
    throw s3Error('BadRequest', {}, 'Invalid Access-Control-Request-Method: null');
  }
  const fields = { Method: method, ResourceType: key === '' ? 'BUCKET' : 'OBJECT' };
  const { configuration, isThere } = await readCors(core, bucket);
  if (!isThere) throw s3Error('AccessForbidden', fields, 'CORSResponse: Bucket not found');
  if (!configuration) {
    throw s3Error('AccessForbidden', fields, 'CORSResponse: CORS is not enabled for this bucket.');
  }
  const asked = corsRequest(request, method);
  const rule = asked && matchCors(configuration, asked);
  if (!rule) throw s3Error('AccessForbidden', fields);
  const headers = {
    server: SERVER,
    ...corsHeaders(rule, asked),
    'x-amz-request-id': requestId,
    'x-amz-id-2': extendedRequestId(requestId),
  };
  return { status: 200, headers, body: EMPTY_BYTES };
}

/** A HEAD of a bucket tells of XML that is not there. Recorded: s3.json TestS3::test_create_bucket_head_bucket */
function commonHeaders({ method }: RequestHead): Readonly<Record<string, string>> {
  return { server: SERVER, ...(method === 'HEAD' ? { 'content-type': 'application/xml' } : {}) };
}

async function withCors(
  core: S3Core,
  request: RequestHead,
  response: WireResponse,
): Promise<WireResponse> {
  const named = { ...response, headers: { ...commonHeaders(request), ...response.headers } };
  const asked = corsRequest(request, request.method);
  if (!asked) return named;
  const { configuration } = await readCors(core, addressOf(request.path).bucket);
  const rule = configuration && matchCors(configuration, asked);
  if (!rule) return named;
  return { ...named, headers: { ...named.headers, ...corsHeaders(rule, asked) } };
}

function corsRequest({ headers }: RequestHead, method: string): CorsRequest | undefined {
  const { origin, 'access-control-request-headers': names = '' } = headers;
  if (origin === undefined) return undefined;
  const list = names.split(',').map((name) => name.trim());
  return { origin, method, headers: list.filter((name) => name !== '') };
}

async function readCors(
  core: S3Core,
  bucket: string | undefined,
): Promise<{ readonly isThere: boolean; readonly configuration: CORSConfiguration | undefined }> {
  if (bucket === undefined) return { isThere: false, configuration: undefined };
  return core.database.read(async (queries) => ({
    isThere: (await findBucket(queries, bucket)) !== undefined,
    configuration: await getConfiguration<CORSConfiguration>(queries, bucket, 'cors'),
  }));
}
