/** A request as a function sees it behind a proxy integration: payload format 1.0. */
import { orNull, requestMembers } from '#aws/execute-api/index.ts';
import { textOf } from '#kernel/bytes.ts';
import { isBinary } from './payload.ts';
import { contextOf, type Caller, type Visit } from './visit.ts';

function headersOf({ head, traceHeader, domainName }: Visit): Readonly<Record<string, string>> {
  const { connection: _, 'content-length': __, ...rest } = head.headers;
  const port = /:(\d+)$/.exec(head.headers['host'] ?? '')?.[1] ?? '80';
  const added = {
    Host: domainName,
    'X-Amzn-Trace-Id': traceHeader,
    'X-Forwarded-For': head.sourceIp,
    'X-Forwarded-Port': port,
    'X-Forwarded-Proto': 'http',
  };
  const names = new Set(Object.keys(added).map((name) => name.toLowerCase()));
  const kept = Object.entries(rest).filter(([name]) => !names.has(name));
  const spelled = new Map(head.spelledNames?.().map((name) => [name.toLowerCase(), name]));
  const named = kept.map(([name, value]) => [spelled.get(name) ?? name, value] as const);
  return { ...Object.fromEntries(named), ...added };
}

/** What events of a request have in common, be they for a back end or for an authorizer. */
export function requestParts(visit: Visit, caller: Caller) {
  const { head, stageVariables, pathParameters } = visit;
  return {
    resource: visit.resourcePath,
    path: visit.eventPath,
    httpMethod: head.method,
    ...requestMembers(head.query, headersOf(visit)),
    pathParameters: orNull(Object.entries(pathParameters)),
    stageVariables: orNull(Object.entries(stageVariables)),
    requestContext: contextOf(visit, caller),
  };
}

/**
 * The event.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
export function proxyEvent(visit: Visit, caller: Caller) {
  const { body, head } = visit;
  const isBase64Encoded = body.byteLength > 0 && isBinary(visit, head.headers['content-type']);
  const text = isBase64Encoded ? Buffer.from(body).toString('base64') : textOf(body);
  return {
    ...requestParts(visit, caller),
    body: body.byteLength === 0 ? null : text,
    isBase64Encoded,
  };
}
