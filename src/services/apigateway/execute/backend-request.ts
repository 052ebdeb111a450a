/** The request that an integration makes of a visit, for whatever speaks HTTP. */
import type { Integration } from '#aws/models/apigateway.types.gen.ts';
import { leavesPath } from '#aws/proxy/index.ts';
import { GatewayFailure } from './failure.ts';
import { isProxy } from './headers.ts';
import { mapped, withStageVariables } from './mapping.ts';
import { requestBody } from './payload.ts';
import type { Visit } from './visit.ts';

export interface BackendRequest {
  readonly method: string;
  /** With the path's parts filled in, without the query. */
  readonly uri: string;
  readonly query: URLSearchParams;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Values by the places that they go to. */
interface Parts {
  readonly header: Record<string, string>;
  readonly path: Record<string, string>;
  readonly querystring: Record<string, string>;
}

function isPart(name: string | undefined): name is keyof Parts {
  return name === 'header' || name === 'path' || name === 'querystring';
}

/** What the mappings, and the overrides that a template set, give. */
function partsOf(
  { requestParameters = {} }: Integration,
  visit: Visit,
  context: ReadonlyMap<string, unknown>,
): Parts {
  const parts: Parts = { header: {}, path: {}, querystring: {} };
  for (const [target, source] of Object.entries(requestParameters)) {
    const [, , place, ...rest] = target.split('.');
    const value = mapped(source, { visit, context });
    if (isPart(place) && value !== undefined) parts[place][rest.join('.')] = value;
  }
  const overrides = context.get('requestOverride');
  if (!(overrides instanceof Map)) return parts;
  for (const [place, values] of overrides as ReadonlyMap<string, unknown>) {
    if (!isPart(place) || !(values instanceof Map)) continue;
    for (const [name, value] of values as ReadonlyMap<string, unknown>)
      parts[place][name] = String(value);
  }
  return parts;
}

/**
 * The request; a proxy's has the client's headers and query, too.
 * @throws GatewayFailure where the body or the path may not pass, or a template cannot be rendered
 */
export function backendRequest(
  integration: Integration,
  visit: Visit,
  context: Map<string, unknown>,
): BackendRequest {
  const isPassing = isProxy(integration);
  const body = isPassing ? visit.body : requestBody(visit, integration, context);
  const parts = partsOf(integration, visit, context);
  const query = new URLSearchParams(isPassing ? visit.head.query : undefined);
  for (const [name, value] of Object.entries(parts.querystring)) query.set(name, value);
  const header = Object.entries(parts.header).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const written = withStageVariables(integration.uri ?? '', visit);
  const uri = written.replaceAll(/\{([\w.:-]+)\+?\}/g, (whole, name: string) => {
    const value = parts.path[name] ?? (isPassing ? visit.pathParameters[name] : undefined);
    return value === undefined ? whole : encodePath(value);
  });
  const method = integration.httpMethod ?? visit.head.method;
  return {
    method: method === 'ANY' ? visit.head.method : method,
    uri,
    query,
    headers: Object.fromEntries(header),
    body,
  };
}

/**
 * Slashes stay: what a greedy variable took may have several parts.
 * @throws GatewayFailure where the path would lead out of the integration's
 */
function encodePath(value: string): string {
  if (leavesPath(value)) throw new GatewayFailure('BAD_REQUEST_PARAMETERS', 'Bad Request');
  return value
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
}
