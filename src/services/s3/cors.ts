import type { CORSConfiguration, CORSRule } from '#aws/models/s3.types.gen.ts';
import { s3Error, invalidRequest } from './errors.ts';
import { CORS_RULES_MAX } from './limits.ts';

const METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'];

/**
 * @throws AwsError MalformedXML, InvalidRequest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
 */
export function checkCors({ CORSRules: rules }: CORSConfiguration): void {
  if (rules.length === 0 || rules.length > CORS_RULES_MAX) throw s3Error('MalformedXML');
  for (const { AllowedMethods, AllowedOrigins, AllowedHeaders = [] } of rules) {
    if (AllowedMethods.length === 0 || AllowedOrigins.length === 0) throw s3Error('MalformedXML');
    const unsupported = AllowedMethods.find((method) => !METHODS.includes(method));
    if (unsupported !== undefined) {
      throw invalidRequest(
        `Found unsupported HTTP method in CORS config. Unsupported method is ${unsupported}`,
      );
    }
    for (const [name, values] of [
      ['AllowedOrigin', AllowedOrigins],
      ['AllowedHeader', AllowedHeaders],
    ] as const) {
      const wild = values.find((value) => value.split('*').length > 2);
      if (wild === undefined) continue;
      throw invalidRequest(`${name} "${wild}" can not have more than one wildcard.`);
    }
  }
}

/** What a browser asks for. */
export interface CorsRequest {
  readonly origin: string;
  readonly method: string;
  /** Of `Access-Control-Request-Headers`; for a preflight alone. */
  readonly headers: readonly string[];
}

/** The first rule that allows the request. */
export function matchCors(
  configuration: CORSConfiguration,
  { origin, method, headers }: CorsRequest,
): CORSRule | undefined {
  return configuration.CORSRules.find(
    ({ AllowedOrigins, AllowedMethods, AllowedHeaders = [] }) =>
      AllowedMethods.includes(method) &&
      AllowedOrigins.some((pattern) => matchesWild(pattern, origin)) &&
      headers.every((header) =>
        AllowedHeaders.some((pattern) => matchesWild(pattern.toLowerCase(), header.toLowerCase())),
      ),
  );
}

/** A pattern with at most one `*`. */
function matchesWild(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.split('*');
  if (after === undefined) return pattern === text;
  return (
    text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
  );
}

const VARY = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method';

/** The headers of an answer that a rule allows. Recorded: s3_cors.json */
export function corsHeaders(
  rule: CORSRule,
  { origin, headers }: CorsRequest,
): Record<string, string> {
  const isAny = rule.AllowedOrigins.includes('*');
  const exposed = rule.ExposeHeaders ?? [];
  return {
    'access-control-allow-origin': isAny ? '*' : origin,
    'access-control-allow-methods': rule.AllowedMethods.join(', '),
    ...(isAny ? {} : { 'access-control-allow-credentials': 'true' }),
    ...(headers.length === 0
      ? {}
      : { 'access-control-allow-headers': headers.map((one) => one.toLowerCase()).join(', ') }),
    ...(exposed.length === 0 ? {} : { 'access-control-expose-headers': exposed.join(', ') }),
    ...(rule.MaxAgeSeconds === undefined
      ? {}
      : { 'access-control-max-age': String(rule.MaxAgeSeconds) }),
    vary: VARY,
  };
}
