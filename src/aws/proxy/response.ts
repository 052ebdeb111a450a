/** What a function returned, as the HTTP answer of a URL or an HTTP API: payload format 2.0. Pure. */
import { concatBytes, textOf, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { WireResponse } from '../wire.ts';
import { isHeaderName, isHeaderText } from './clean.ts';

/** Headers that belong to the connection, not to the function. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** The media type with which a streamed response says that it begins with status and headers. */
const PRELUDE_TYPE = 'application/vnd.awslambda.http-integration-response';

/** Status and headers end here in a streamed response. */
const PRELUDE_END = new Uint8Array(8);
const PRELUDE_BYTES_MAX = 64 * 1024;

/**
 * A whole response: an object with `statusCode` says all by itself, anything else is the body of a 200.
 * `undefined` where the object is none that can be answered.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
export function proxyResponse(payload: Uint8Array): WireResponse | undefined {
  const value = parseJson(textOf(payload));
  if (!isObject(value) || !('statusCode' in value)) {
    const headers = { 'content-type': 'application/json' };
    return { status: 200, headers, body: plainBody(value, payload) };
  }
  const head = responseHead(value);
  if (head === undefined) return undefined;
  const body = bodyOf(value['body'], value['isBase64Encoded'] === true);
  return { ...head, body };
}

/** A text is the body itself, and JSON as it is; what is neither goes out unchanged. */
function plainBody(value: unknown, payload: Uint8Array): Uint8Array {
  if (typeof value === 'string') return utf8(value);
  return value === undefined ? payload : utf8(withoutSpace(textOf(payload)));
}

/**
 * The same JSON without the space between its parts.
 * @see recording `lambda: TestLambdaURL::test_lambda_url_invocation[dict]`
 */
function withoutSpace(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, '$1');
}

function bodyOf(body: unknown, isBase64: boolean): Uint8Array {
  if (body === undefined || body === null) return utf8('');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return isBase64 ? Uint8Array.from(Buffer.from(text, 'base64')) : utf8(text);
}

function responseHead(
  value: Readonly<Record<string, unknown>>,
): Pick<WireResponse, 'status' | 'headers' | 'cookies'> | undefined {
  const status = Number(value['statusCode'] ?? 200);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const given = isObject(value['headers']) ? value['headers'] : {};
  for (const [name, content] of Object.entries(given)) {
    const key = name.toLowerCase();
    const text = String(content);
    const isSent = isHeaderName(key) && isHeaderText(text) && !CONNECTION_HEADERS.has(key);
    if (isSent) headers[key] = text;
  }
  const asked = Array.isArray(value['cookies']) ? value['cookies'].map(String) : [];
  const cookies = asked.filter(isHeaderText);
  return { status, headers, ...(cookies.length === 0 ? {} : { cookies }) };
}

/**
 * A streamed response: its prelude, where the content type announces one, gives status and headers.
 * `undefined` where the prelude is none. AWS's client sends it with the first byte: without one it is a 200 that says nothing.
 * @param hasFailed whether the function did, once its payload has ended
 * @see https://github.com/middyjs/middy/issues/1189
 */
export async function streamedProxyResponse(
  contentType: string | undefined,
  payload: AsyncIterable<Uint8Array>,
  hasFailed: () => Promise<boolean>,
): Promise<WireResponse | undefined> {
  if (contentType !== PRELUDE_TYPE) return untold(contentType, payload);
  const chunks = payload[Symbol.asyncIterator]();
  let read = new Uint8Array(0);
  while (read.byteLength <= PRELUDE_BYTES_MAX) {
    const end = Buffer.from(read).indexOf(PRELUDE_END);
    if (end >= 0) {
      const value = parseJson(textOf(read.subarray(0, end)));
      const head = isObject(value) ? responseHead(value) : undefined;
      if (head === undefined) break;
      return { ...head, body: rest(read.subarray(end + PRELUDE_END.byteLength), chunks) };
    }
    const next = await chunks.next();
    if (next.done === true) {
      const isEmpty = read.byteLength === 0 && !(await hasFailed());
      return isEmpty ? untold(undefined, read) : undefined;
    }
    read = Uint8Array.from(concatBytes([read, next.value]));
  }
  await chunks.return?.();
  return undefined;
}

function untold(contentType: string | undefined, body: WireResponse['body']): WireResponse {
  const headers = { 'content-type': contentType ?? 'application/octet-stream' };
  return { status: 200, headers, body };
}

async function* rest(
  first: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  if (first.byteLength > 0) yield first;
  try {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}
