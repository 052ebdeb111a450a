/** Cross-origin rules of function URLs and HTTP APIs, which have the same ones. Pure. */
import type { Cors } from '../models/lambda.types.gen.ts';
import type { RequestHead } from '../wire.ts';

export type CorsHeaders = Readonly<Record<string, string>>;

/** True for a browser's question before a request, which is answered without the function where there are rules. */
export function isPreflight(head: RequestHead): boolean {
  return head.method === 'OPTIONS' && 'access-control-request-method' in head.headers;
}

/**
 * Headers for the answer to a request from another origin; none where its origin is not allowed.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
 */
export function corsHeaders(cors: Cors | undefined, head: RequestHead): CorsHeaders {
  const origin = head.headers['origin'];
  const allowed = originOf(cors, origin);
  if (cors === undefined || allowed === undefined) return {};
  const { AllowCredentials, ExposeHeaders = [] } = cors;
  return {
    'access-control-allow-origin': allowed,
    ...(allowed === '*' ? {} : { vary: 'Origin' }),
    ...(AllowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(ExposeHeaders.length === 0
      ? {}
      : { 'access-control-expose-headers': ExposeHeaders.join(',') }),
  };
}

/** Headers for the answer to a preflight. */
export function preflightHeaders(cors: Cors | undefined, head: RequestHead): CorsHeaders {
  const headers = corsHeaders(cors, head);
  if (cors === undefined || Object.keys(headers).length === 0) return {};
  const { AllowMethods = [], AllowHeaders = [], MaxAge } = cors;
  return {
    ...headers,
    ...(AllowMethods.length === 0
      ? {}
      : { 'access-control-allow-methods': AllowMethods.join(',') }),
    ...(AllowHeaders.length === 0
      ? {}
      : { 'access-control-allow-headers': AllowHeaders.join(',') }),
    ...(MaxAge === undefined ? {} : { 'access-control-max-age': String(MaxAge) }),
  };
}

function originOf(cors: Cors | undefined, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  const origins = cors?.AllowOrigins ?? [];
  if (origins.includes('*')) return cors?.AllowCredentials === true ? origin : '*';
  return origins.some((allowed) => matchesOrigin(allowed, origin)) ? origin : undefined;
}

/** One `*` may stand for a subdomain: `https://*.example.com`. */
function matchesOrigin(allowed: string, origin: string): boolean {
  const [before = '', after, ...more] = allowed.split('*');
  if (after === undefined) return allowed === origin;
  const isLongEnough = origin.length >= before.length + after.length;
  return more.length === 0 && isLongEnough && origin.startsWith(before) && origin.endsWith(after);
}
