/** Integrations with servers outside: a message becomes one request. */
import type { Integration } from '#aws/models/apigatewayv2.types.gen.ts';
import { cleanHeaders, leavesPath } from '#aws/proxy/index.ts';
import { EMPTY_BYTES, textOf, utf8 } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { PAYLOAD_BYTES_MAX, SOCKET_TIMEOUT_MS_MAX } from '../limits.ts';
import { filledUri } from '../serve/variables.ts';
import { mappedValue } from './expressions.ts';
import type { Reply } from './outcome.ts';
import { bodyOf, type Turn } from './turn.ts';

/** The server's answer; `undefined` where there is none. */
export async function askSocketServer(
  { http }: Apigatewayv2Dependencies,
  turn: Turn,
  integration: Integration,
  payload: string,
): Promise<Reply | undefined> {
  const { IntegrationMethod: method = 'POST', TimeoutInMillis: timeoutMs = SOCKET_TIMEOUT_MS_MAX } =
    integration;
  const mapped = mappedParameters(turn, integration);
  // What a client says stays below the endpoint's path.
  const isBelow = !Object.values(mapped.path).some(leavesPath);
  const url = isBelow ? urlOf(turn, integration, mapped) : undefined;
  if (url === undefined) return undefined;
  const body = utf8(payload);
  const answer = await http.post(
    {
      url: url.href,
      method: method === 'ANY' ? 'POST' : method,
      headers: {
        'content-type': 'application/json',
        'content-length': String(body.byteLength),
        ...cleanHeaders(mapped.header),
        'x-amzn-trace-id': turn.traceHeader,
      },
      body,
      timeoutMs,
      answerBytesMax: PAYLOAD_BYTES_MAX,
    },
    turn.signal,
  );
  if (answer.kind === 'failed') return undefined;
  return { status: answer.status, payload: textOf(answer.body ?? EMPTY_BYTES) };
}

interface Mapped {
  readonly header: Readonly<Record<string, string>>;
  readonly querystring: Readonly<Record<string, string>>;
  readonly path: Readonly<Record<string, string>>;
}

function mappedParameters(turn: Turn, { RequestParameters = {} }: Integration): Mapped {
  const mapped = {
    header: new Map<string, string>(),
    querystring: new Map<string, string>(),
    path: new Map<string, string>(),
  };
  const body = parseJson(bodyOf(turn));
  for (const [target, source] of Object.entries(RequestParameters)) {
    const [, , place = '', ...names] = target.split('.');
    const value = mappedValue(source, turn, body);
    if (value === undefined) continue;
    const name = names.join('.');
    if (place === 'header') mapped.header.set(name.toLowerCase(), value);
    else if (place === 'path') mapped.path.set(name, value);
    else mapped.querystring.set(name, value);
  }
  return {
    header: Object.fromEntries(mapped.header),
    querystring: Object.fromEntries(mapped.querystring),
    path: Object.fromEntries(mapped.path),
  };
}

function urlOf(
  { stage }: Turn,
  { IntegrationUri = '' }: Integration,
  { path, querystring }: Mapped,
): URL | undefined {
  const filled = filledUri(IntegrationUri, stage)?.replaceAll(/\{([\w.-]+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name] ?? ''),
  );
  if (filled === undefined || !URL.canParse(filled)) return undefined;
  const url = new URL(filled);
  for (const [name, value] of Object.entries(querystring)) url.searchParams.set(name, value);
  return url;
}
