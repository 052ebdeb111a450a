/** Payload format 1.0 of HTTP APIs: what functions get, and what they may answer. Pure. */
import { requestMembers } from '#aws/execute-api/index.ts';
import {
  domainOf,
  eventBody,
  forwardedHeaders,
  isHeaderName,
  isHeaderText,
  requestTime,
} from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { utf8 } from '#kernel/bytes.ts';
import { isObject } from '#kernel/json.ts';
import type { MappedRequest } from './map-parameters.ts';
import {
  domainPrefixOf,
  stageVariablesOf,
  type Admitted,
  type Authorization,
  type Visit,
} from './visit.ts';

/**
 * The event, as bytes of JSON.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventV1(visit: Admitted, { head, path }: MappedRequest): Uint8Array {
  const { traceHeader, body } = visit;
  const { body: text, isBase64Encoded } = eventBody({ head, body });
  const event = {
    version: '1.0',
    ...visitMembers({ ...visit, head, traceHeader }),
    path: path === visit.path ? toldPath(visit) : path,
    requestContext: contextV1(visit, visit.authorization),
    body: text ?? null,
    isBase64Encoded,
  };
  return utf8(JSON.stringify(event));
}

/** What events of integrations and of authorizers tell of the request itself. */
export function visitMembers(visit: Visit) {
  const { head, match, stage } = visit;
  const { cookie } = head.headers;
  const forwarded = forwardedHeaders(visit);
  const headers = cookie === undefined ? forwarded : { ...forwarded, cookie };
  return {
    resource: resourceOf(visit),
    path: toldPath(visit),
    httpMethod: head.method,
    ...requestMembers(head.query, headers),
    pathParameters: match.pathParameters ?? null,
    stageVariables: stageVariablesOf(stage) ?? null,
  };
}

/** As the client wrote it under a name of the user's own, else with the stage. */
function toldPath({ path, writtenPath = path }: Visit): string {
  return writtenPath;
}

/** The route's path; `$default` of the route that takes the rest. */
function resourceOf({ match }: Visit): string {
  return match.route.RouteKey.split(' ')[1] ?? match.route.RouteKey;
}

/** The `requestContext` of format 1.0. */
export function contextV1(visit: Visit, authorization: Authorization) {
  const { owned, stage, head, match, nowMs, requestId } = visit;
  const caller = authorization.kind === 'iam' ? authorization.caller : undefined;
  return {
    accountId: owned.accountId,
    apiId: owned.apiId,
    ...authorizerV1(authorization),
    domainName: domainOf(head),
    domainPrefix: domainPrefixOf(visit),
    extendedRequestId: requestId,
    httpMethod: head.method,
    identity: {
      accessKey: null,
      accountId: caller?.accountId ?? null,
      caller: caller?.userId ?? null,
      cognitoAmr: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: head.sourceIp,
      user: caller?.userId ?? null,
      userAgent: head.headers['user-agent'] ?? '',
      userArn: caller?.arn ?? null,
    },
    path: toldPath(visit),
    protocol: 'HTTP/1.1',
    requestId,
    requestTime: requestTime(nowMs),
    requestTimeEpoch: nowMs,
    resourceId: match.route.RouteKey,
    resourcePath: resourceOf(visit),
    stage: stage.StageName,
  };
}

function authorizerV1(authorization: Authorization): { readonly authorizer?: object } {
  if (authorization.kind === 'jwt') {
    return { authorizer: { claims: authorization.claims, scopes: authorization.scopes } };
  }
  if (authorization.kind !== 'lambda') return {};
  const { context, principalId } = authorization;
  return { authorizer: { ...context, ...(principalId === undefined ? {} : { principalId }) } };
}

/** Headers that belong to the connection, not to the function. */
const CONNECTION = /^(?:connection|content-length|keep-alive|transfer-encoding|upgrade)$/;

/** The answer that a function's result says; `undefined` where that is none of format 1.0. */
export function responseV1(value: unknown): WireResponse | undefined {
  if (!isObject(value)) return undefined;
  const status = Number(value['statusCode']);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const { body = '', headers = {}, multiValueHeaders = {} } = value;
  if (body !== null && typeof body !== 'string') return undefined;
  const cookies: string[] = [];
  const sent: Record<string, string> = {};
  for (const [name, values] of headersV1(headers, multiValueHeaders)) {
    if (name === 'set-cookie') cookies.push(...values);
    else if (!CONNECTION.test(name)) sent[name] = values.join(',');
  }
  const bytes =
    value['isBase64Encoded'] === true
      ? Uint8Array.from(Buffer.from(body ?? '', 'base64'))
      : utf8(body ?? '');
  const typed = { 'content-type': 'text/plain;charset=utf-8', ...sent };
  return { status, headers: typed, ...(cookies.length === 0 ? {} : { cookies }), body: bytes };
}

function headersV1(headers: unknown, multiValueHeaders: unknown): Map<string, string[]> {
  const all = new Map<string, string[]>();
  const add = (name: string, values: readonly unknown[]): void => {
    const key = name.toLowerCase();
    const texts = values.map(String).filter(isHeaderText);
    if (isHeaderName(key)) all.set(key, [...(all.get(key) ?? []), ...texts]);
  };
  const many = isObject(multiValueHeaders) ? multiValueHeaders : {};
  for (const [name, values] of Object.entries(many)) add(name, Array.isArray(values) ? values : []);
  const listed = new Set(all.keys());
  for (const [name, value] of Object.entries(isObject(headers) ? headers : {})) {
    if (!listed.has(name.toLowerCase())) add(name, [value]);
  }
  return all;
}
