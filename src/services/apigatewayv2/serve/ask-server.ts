/** Integrations with servers outside: requests are passed on as they came. */
import type { Integration } from '#aws/models/apigatewayv2.types.gen.ts';
import { leavesPath } from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { PAYLOAD_BYTES_MAX, TIMEOUT_MS_MAX } from '../limits.ts';
import type { MappedRequest } from './map-parameters.ts';
import { filledUri } from './variables.ts';
import { internalError, plainAnswer, type Admitted } from './visit.ts';

/** Headers of one connection, which nobody passes on. */
const HOP_BY_HOP =
  /^(?:connection|keep-alive|proxy-authenticate|proxy-authorization|te|trailer|transfer-encoding|upgrade|host|content-length|expect)$/;

/** The server's answer; 504 where it does not come in time, 503 where nobody answers. */
export async function askServer(
  { http }: Apigatewayv2Dependencies,
  visit: Admitted,
  integration: Integration,
  { head, path }: MappedRequest,
): Promise<WireResponse> {
  const given = [
    path === visit.path ? '' : path,
    ...Object.values(visit.match.pathParameters ?? {}),
  ];
  // A client's path stays below the endpoint's.
  if (given.some(leavesPath)) return plainAnswer(400, 'Bad Request');
  const url = urlOf(visit, integration, { head, path });
  if (url === undefined) return internalError();
  const { IntegrationMethod: method = 'ANY', TimeoutInMillis: timeoutMs = TIMEOUT_MS_MAX } =
    integration;
  const { body } = visit;
  const answer = await http.post(
    {
      url: url.href,
      method: method === 'ANY' ? head.method : method,
      headers: {
        ...withoutHops(head.headers),
        ...(body.byteLength === 0 ? {} : { 'content-length': String(body.byteLength) }),
        forwarded: `for=${head.sourceIp};host=${head.headers['host'] ?? ''};proto=http`,
        'x-amzn-trace-id': visit.traceHeader,
      },
      body,
      timeoutMs,
      answerBytesMax: PAYLOAD_BYTES_MAX + 1,
    },
    visit.signal,
  );
  if (answer.kind === 'failed') {
    const isLate = answer.reason === 'timeout';
    return isLate ? plainAnswer(504, 'Gateway Timeout') : plainAnswer(503, 'Service Unavailable');
  }
  const { headers = {}, cookies, body: bytes = EMPTY_BYTES } = answer;
  if (bytes.byteLength > PAYLOAD_BYTES_MAX) return internalError();
  const { 'set-cookie': _cookie, ...sent } = withoutHops(headers);
  return {
    status: answer.status,
    headers: sent,
    ...(cookies === undefined ? {} : { cookies }),
    body: bytes,
  };
}

/** The endpoint with the path's variables filled in, and the request's query behind its own. */
function urlOf(
  visit: Admitted,
  { IntegrationUri = '' }: Integration,
  { head, path }: MappedRequest,
): URL | undefined {
  const filled = filledUri(IntegrationUri, visit.stage)?.replaceAll(
    /\{([\w.-]+)\+?\}/g,
    (whole, name: string) => {
      const value = visit.match.pathParameters?.[name];
      return value === undefined ? whole : value.split('/').map(encodeURIComponent).join('/');
    },
  );
  if (filled === undefined || !URL.canParse(filled)) return undefined;
  const url = new URL(filled);
  // A mapping that overwrites the path overwrites the endpoint's own.
  if (path !== visit.path) url.pathname = path;
  const query = head.rawQuery ?? head.query.toString();
  if (query !== '') url.search = url.search === '' ? query : `${url.search}&${query}`;
  return url;
}

function withoutHops(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.test(name)));
}
