/** A request as a function sees it that a URL or an HTTP API calls: payload format 2.0. Pure. */
import { textOf, utf8 } from '#kernel/bytes.ts';
import type { AuthenticatedRequest } from '../operation.ts';
import type { RequestHead } from '../wire.ts';

export interface ProxyRequest {
  readonly head: RequestHead;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly nowMs: number;
  /** `Root=1-…`: the client's, or a new one. */
  readonly traceHeader: string;
  readonly route: ProxyRoute;
}

/** By which URL or route of an API a request came. */
export interface ProxyRoute {
  readonly accountId: string;
  /** The API's id, or the URL's. */
  readonly apiId: string;
  /** The first label of the host, where that is not the id. */
  readonly domainPrefix?: string;
  readonly stage: string;
  /** `GET /pets/{id}`, `$default`. */
  readonly routeKey: string;
  /** As events tell it. */
  readonly path: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** What is known of the caller, as the event's `requestContext.authorizer`. */
  readonly authorizer?: object;
  /** Absent from the event where it is not given. */
  readonly authentication?: null;
}

/**
 * The event, as bytes of JSON.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function proxyEvent(request: ProxyRequest): Uint8Array {
  const { head, route } = request;
  const query = [...head.query];
  const cookies = head.headers['cookie'];
  const event = {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: route.path,
    rawQueryString: head.rawQuery ?? head.query.toString(),
    cookies: cookies === undefined ? undefined : cookies.split('; '),
    headers: forwardedHeaders(request),
    queryStringParameters: query.length === 0 ? undefined : joinedValues(query),
    pathParameters: route.pathParameters,
    stageVariables: route.stageVariables,
    requestContext: contextOf(request),
    ...eventBody(request),
  };
  return utf8(JSON.stringify(event));
}

/** A body as events carry it: text of some types, base64 of all others. */
export function eventBody({ head, body }: Pick<ProxyRequest, 'head' | 'body'>): {
  readonly body?: string;
  readonly isBase64Encoded: boolean;
} {
  if (body.byteLength === 0) return { isBase64Encoded: false };
  const isText = isTextType(head.headers['content-type'] ?? '');
  const text = isText ? textOf(body) : Buffer.from(body).toString('base64');
  return { body: text, isBase64Encoded: !isText };
}

/** Bodies of these types come as text. */
function isTextType(contentType: string): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type.startsWith('text/')) return true;
  return /^application\/(json|javascript|xml|graphql|[\w.-]+\+(json|xml))$/.test(type);
}

/** The headers of an event: the client's without what is told elsewhere, and those that a gateway adds. */
export function forwardedHeaders({
  head,
  traceHeader,
}: Pick<ProxyRequest, 'head' | 'traceHeader'>): Readonly<Record<string, string>> {
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
function joinedValues(query: readonly (readonly [string, string])[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

function contextOf({ head, requestId, nowMs, route }: ProxyRequest) {
  return {
    accountId: route.accountId,
    apiId: route.apiId,
    authentication: route.authentication,
    authorizer: route.authorizer,
    domainName: domainOf(head),
    domainPrefix: route.domainPrefix ?? route.apiId,
    http: {
      method: head.method,
      path: route.path,
      protocol: 'HTTP/1.1',
      sourceIp: head.sourceIp,
      userAgent: head.headers['user-agent'] ?? '',
    },
    requestId,
    routeKey: route.routeKey,
    stage: route.stage,
    time: requestTime(nowMs),
    timeEpoch: nowMs,
  };
}

/** The host that was asked, without its port. */
export function domainOf({ headers }: RequestHead): string {
  return (headers['host'] ?? '').replace(/:\d+$/, '');
}

/**
 * Who signed a request, as events tell it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
 */
export function iamAuthorizer({
  principal: { accountId, arn, userId },
  accessKeyId,
}: Omit<AuthenticatedRequest, 'request'>) {
  return {
    iam: {
      accessKey: accessKeyId,
      accountId,
      callerId: userId,
      cognitoIdentity: null,
      principalOrgId: null,
      userArn: arn,
      userId,
    },
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2026:19:03:58 +0000` */
export function requestTime(nowMs: number): string {
  const iso = new Date(nowMs).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** The trace of a request that came without one. @param random 12 bytes */
export function newTraceHeader(nowMs: number, random: Uint8Array): string {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `Root=1-${seconds}-${Buffer.from(random).toString('hex')}`;
}
