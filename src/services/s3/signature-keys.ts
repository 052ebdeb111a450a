/**
 * How a request is signed, as S3's policies ask for it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
 */
import type { KeyValues, RequestHead } from '#aws/operation.ts';
import { parseTimestamp } from '#aws/signature/index.ts';

/** The condition keys of a request's signature; none where it has none. */
export function signatureKeys({ method, headers, query }: RequestHead, nowMs: number): KeyValues {
  const { authorization, 'content-type': type = '' } = headers;
  const sha256 = headers['x-amz-content-sha256'] ?? query.get('X-Amz-Content-Sha256') ?? undefined;
  const content = { 's3:x-amz-content-sha256': sha256 };
  if (authorization !== undefined) return { ...content, ...signed('REST-HEADER', V4) };
  if (query.has('X-Amz-Algorithm')) {
    const signedMs = parseTimestamp(query.get('X-Amz-Date') ?? '');
    const age = signedMs === undefined ? undefined : String(nowMs - signedMs);
    return { ...content, ...signed('REST-QUERY-STRING', V4), 's3:signatureAge': age };
  }
  if (query.has('AWSAccessKeyId')) return signed('REST-QUERY-STRING', V2);
  const isForm = method === 'POST' && type.startsWith('multipart/form-data');
  return isForm ? { 's3:authType': 'POST' } : {};
}

const V4 = 'AWS4-HMAC-SHA256';
const V2 = 'AWS';

function signed(authType: string, version: string): KeyValues {
  return { 's3:authType': authType, 's3:signatureversion': version };
}
