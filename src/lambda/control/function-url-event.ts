/** A request to a function URL as the function sees it: the HTTP API's payload format 2.0. Pure. */
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { RequestHead } from '#aws/operation.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';

import { omitUndefined } from '../model/omit-undefined.ts';

export interface UrlRequest {
  readonly head: RequestHead;
  readonly body: Uint8Array;
  readonly urlId: string;
  readonly requestId: string;
  readonly nowMs: number;
  /** `Root=1-…`: the client's, or a new one. */
  readonly traceHeader: string;
  /** Who signed it, where the URL asks for signatures. */
  readonly caller?: Principal;
}

/**
 * The event, as bytes of JSON.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function urlEvent(request: UrlRequest): Uint8Array {
  const { head, body } = request;
  const query = [...head.query];
  const cookies = head.headers['cookie'];
  const isText = isTextType(head.headers['content-type'] ?? '');
  const hasBody = body.byteLength > 0;
  const event = {
    version: '2.0',
    routeKey: '$default',
    rawPath: head.path,
    rawQueryString: head.rawQuery ?? head.query.toString(),
    cookies: cookies === undefined ? undefined : cookies.split('; '),
    headers: headersOf(request),
    queryStringParameters: query.length === 0 ? undefined : joined(query),
    requestContext: contextOf(request),
    body: hasBody ? bodyText(body, isText) : undefined,
    isBase64Encoded: hasBody && !isText,
  };
  return utf8(JSON.stringify(omitUndefined(event)));
}

function bodyText(body: Uint8Array, isText: boolean): string {
  return isText ? textOf(body) : Buffer.from(body).toString('base64');
}

/** Bodies of these types come as text, all others as base64. */
function isTextType(contentType: string): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type.startsWith('text/')) return true;
  return /^application\/(json|javascript|xml|graphql|[\w.-]+\+(json|xml))$/.test(type);
}

function headersOf({ head, traceHeader }: UrlRequest): Readonly<Record<string, string>> {
  const { cookie: _cookie, connection: _connection, ...rest } = head.headers;
  const port = /:(\d+)$/.exec(head.headers['host'] ?? '')?.[1] ?? '80';
  return {
    ...rest,
    'x-amzn-trace-id': traceHeader,
    'x-forwarded-for': head.sourceIp,
    'x-forwarded-port': port,
    'x-forwarded-proto': 'http',
  };
}

/** Values of a parameter that comes more than once, joined by commas. */
function joined(query: readonly (readonly [string, string])[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

function contextOf(request: UrlRequest) {
  const { head, urlId, requestId, nowMs, caller } = request;
  const host = (head.headers['host'] ?? '').replace(/:\d+$/, '');
  return omitUndefined({
    accountId: caller?.accountId ?? 'anonymous',
    apiId: urlId,
    authentication: caller === undefined ? undefined : null,
    authorizer: caller === undefined ? undefined : { iam: iamOf(caller, accessKeyOf(head)) },
    domainName: host,
    domainPrefix: urlId,
    http: {
      method: head.method,
      path: head.path,
      protocol: 'HTTP/1.1',
      sourceIp: head.sourceIp,
      userAgent: head.headers['user-agent'] ?? '',
    },
    requestId,
    routeKey: '$default',
    stage: '$default',
    time: requestTime(nowMs),
    timeEpoch: nowMs,
  });
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload */
function iamOf({ accountId, arn, userId }: Principal, accessKey: string) {
  return {
    accessKey,
    accountId,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId,
  };
}

/** The key of a signature that holds: from the header, or from the query of a signed URL. */
function accessKeyOf({ headers, query }: RequestHead): string {
  const inHeader = /Credential=([^/,\s]+)/.exec(headers['authorization'] ?? '')?.[1];
  return inHeader ?? query.get('X-Amz-Credential')?.split('/')[0] ?? '';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2026:19:03:58 +0000` */
function requestTime(nowMs: number): string {
  const iso = new Date(nowMs).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
