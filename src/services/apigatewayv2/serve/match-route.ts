/** Which route of an API a request takes. Pure. */
import type { Route } from '#aws/models/apigatewayv2.types.gen.ts';
import { DEFAULT_ROUTE } from '../model.ts';

export interface RouteMatch {
  readonly route: Route;
  /** Values of the path's variables, decoded; absent where there are none. */
  readonly pathParameters?: Readonly<Record<string, string>>;
}

/** How near a route is to a request: a text segment by segment, the smaller the nearer. */
interface Candidate extends RouteMatch {
  readonly rank: string;
}

/** Segments by how exactly they match, then the method. */
const RANKS = { text: '0', variable: '1', greedy: '2' } as const;

/**
 * The most specific route: by its path from left to right (a text before a variable before a greedy one), then a
 * method before `ANY`; `$default` where none matches.
 * @param path decoded, without the stage
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteMatch | undefined {
  let best: Candidate | undefined;
  for (const route of routes) {
    const candidate = candidateOf(route, method, path);
    if (candidate === undefined) continue;
    if (best === undefined || candidate.rank < best.rank) best = candidate;
  }
  if (best !== undefined) return best;
  const route = routes.find(({ RouteKey }) => RouteKey === DEFAULT_ROUTE);
  return route && { route };
}

function candidateOf(route: Route, method: string, path: string): Candidate | undefined {
  const [routeMethod = '', routePath] = route.RouteKey.split(' ');
  if (routePath === undefined) return undefined;
  if (routeMethod !== 'ANY' && routeMethod !== method) return undefined;
  const given = path.split('/').slice(1);
  const wanted = routePath.split('/').slice(1);
  const values: [string, string][] = [];
  let rank = '';
  for (const [index, segment] of wanted.entries()) {
    const [, name, plus] = /^\{(.+?)(\+)?\}$/.exec(segment) ?? [];
    const isGreedy = plus !== undefined;
    const value = isGreedy ? given.slice(index).join('/') : (given[index] ?? '');
    if (name === undefined ? value !== segment : value === '') return undefined;
    if (name !== undefined) values.push([name, value]);
    rank += name === undefined ? RANKS.text : isGreedy ? RANKS.greedy : RANKS.variable;
    if (isGreedy) return candidate(route, values, rank, routeMethod);
  }
  return given.length === wanted.length ? candidate(route, values, rank, routeMethod) : undefined;
}

function candidate(
  route: Route,
  values: readonly (readonly [string, string])[],
  rank: string,
  method: string,
): Candidate {
  const parameters = values.length === 0 ? {} : { pathParameters: Object.fromEntries(values) };
  // A path's own rank goes before its method's; no rank is the beginning of another one that fits, too.
  return { route, ...parameters, rank: `${rank} ${method === 'ANY' ? '1' : '0'}` };
}
