import type { Route } from '#aws/models/apigatewayv2.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import { badRequest, conflict } from './errors.ts';
import { partsOf } from './find-parts.ts';
import { DEFAULT_ROUTE, type OwnedApi } from './model.ts';
import { isWebSocket } from './protocol.ts';
import { checkSocketRoute } from './sockets/check-route.ts';
import { findPart, listParts, type Owner } from './store.ts';

/** Types of authorizers, by the type of authorization that asks them. */
const AUTHORIZER_TYPES: Readonly<Record<string, string>> = { JWT: 'JWT', CUSTOM: 'REQUEST' };

/** The id in a route's target, `integrations/ID`. */
export function integrationIdOf({ Target }: Pick<Route, 'Target'>): string | undefined {
  return /^integrations\/([^/]+)$/.exec(Target ?? '')?.[1];
}

/**
 * Whether a route may be kept as it is.
 * @throws AwsError BadRequestException, ConflictException where another route has its key
 */
export async function checkRoute(queries: Queries, owned: OwnedApi, route: Route): Promise<void> {
  const owner = partsOf(owned);
  if (isWebSocket(owned.api)) checkSocketRoute(route);
  else checkHttpRoute(route);
  const routes = await listParts(queries, owner, 'route');
  const isTaken = routes.some(
    ({ RouteKey, RouteId }) => RouteKey === route.RouteKey && RouteId !== route.RouteId,
  );
  if (isTaken) throw conflict(`Route with key ${route.RouteKey} already exists for this API`);
  await checkTarget(queries, owner, route);
  await checkAuthorization(queries, owner, route);
}

function checkHttpRoute({ RouteKey, ApiKeyRequired }: Route): void {
  checkRouteKey(RouteKey);
  if (ApiKeyRequired !== true) return;
  throw badRequest('ApiKeyRequired is not currently supported for HTTP APIs');
}

async function checkTarget(queries: Queries, owner: Owner, route: Route): Promise<void> {
  if (route.Target === undefined) return;
  const id = integrationIdOf(route);
  if (id === undefined) throw badRequest(`Invalid target specified ${route.Target}`);
  if ((await findPart(queries, owner, 'integration', id)) === undefined) {
    throw badRequest(`Invalid Integration identifier specified ${id}`);
  }
}

async function checkAuthorization(queries: Queries, owner: Owner, route: Route): Promise<void> {
  const { AuthorizationType = 'NONE', AuthorizerId: id, AuthorizationScopes = [] } = route;
  if (AuthorizationScopes.length > 0 && AuthorizationType !== 'JWT') {
    throw badRequest('AuthorizationScopes are only supported for AuthorizationType JWT');
  }
  const type = AUTHORIZER_TYPES[AuthorizationType];
  if (type === undefined) {
    if (id === undefined) return;
    throw badRequest(`AuthorizerId must not be set for AuthorizationType ${AuthorizationType}`);
  }
  const found = id === undefined ? undefined : await findPart(queries, owner, 'authorizer', id);
  if (found === undefined) throw badRequest(`Invalid Authorizer identifier specified ${id ?? ''}`);
  if (found.AuthorizerType !== type) {
    throw badRequest(`AuthorizationType ${AuthorizationType} needs an authorizer of type ${type}`);
  }
}

const METHODS = ['ANY', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const ROUTE_KEY = new RegExp(`^(?:${METHODS.join('|')}) (/\\S*)$`);
/** `{id}`, and the greedy `{proxy+}`, which only the last segment may be. */
const VARIABLE = /^\{[A-Za-z0-9._-]+\+?\}$/;

/** @throws AwsError BadRequestException for what is neither `METHOD /path` nor `$default` */
export function checkRouteKey(routeKey: string): void {
  if (routeKey === DEFAULT_ROUTE) return;
  const path = ROUTE_KEY.exec(routeKey)?.[1];
  if (path === undefined) {
    throw badRequest(
      'The provided route key is not formatted properly for HTTP protocol. ' +
        'Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
    );
  }
  const segments = path.split('/').slice(1);
  const names = new Set<string>();
  for (const [index, segment] of segments.entries()) {
    if (!/[{}]/.test(segment)) continue;
    const isGreedy = segment.endsWith('+}');
    const isLast = index === segments.length - 1;
    const isNew = !names.has(segment);
    names.add(segment);
    if (VARIABLE.test(segment) && isNew && (isLast || !isGreedy)) continue;
    throw badRequest(`Invalid route key ${routeKey}: its path variables are not valid`);
  }
}
