import { badRequest } from './errors.ts';
import { DEFAULT_ROUTE } from './model.ts';

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
