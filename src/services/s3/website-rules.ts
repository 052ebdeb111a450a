/** Where a website's configuration sends a request. Pure. */
import type { Redirect, RoutingRule, WebsiteConfiguration } from '#aws/models/s3.types.gen.ts';

/** What was asked of a website. */
export interface WebsiteRequest {
  /** Decoded, without the first slash. */
  readonly key: string;
  /** The host that the client named, with its port. */
  readonly host: string;
}

/** An answer that sends the client elsewhere. */
export interface Redirection {
  readonly status: number;
  readonly location: string;
}

const MOVED = 301;

/** The redirection of all requests, where the website has one. */
export function redirectAll(
  { RedirectAllRequestsTo: all }: WebsiteConfiguration,
  { key }: WebsiteRequest,
): Redirection | undefined {
  if (!all) return undefined;
  return {
    status: MOVED,
    location: `${all.Protocol ?? 'http'}://${all.HostName}/${encodeKey(key)}`,
  };
}

/**
 * The redirection of the first rule that fits.
 * @param errorStatus the status that the request would end with; `undefined` before the object is looked for
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html#advanced-conditional-redirects
 */
export function redirectByRule(
  { RoutingRules: rules = [] }: WebsiteConfiguration,
  request: WebsiteRequest,
  errorStatus: number | undefined,
): Redirection | undefined {
  const rule = rules.find((each) => isMet(each, request.key, errorStatus));
  if (!rule) return undefined;
  return {
    status: Number(rule.Redirect.HttpRedirectCode ?? MOVED),
    location: locationOf(rule.Redirect, rule.Condition?.KeyPrefixEquals ?? '', request),
  };
}

function isMet({ Condition: condition }: RoutingRule, key: string, status?: number): boolean {
  const code = condition?.HttpErrorCodeReturnedEquals;
  // A rule about an error waits for it; any other is there before.
  if ((code === undefined) !== (status === undefined)) return false;
  if (code !== undefined && code !== String(status)) return false;
  return key.startsWith(condition?.KeyPrefixEquals ?? '');
}

function locationOf(redirect: Redirect, prefix: string, { key, host }: WebsiteRequest): string {
  const { HostName: to = host, Protocol: protocol = 'http' } = redirect;
  return `${protocol}://${to}/${encodeKey(newKey(redirect, prefix, key))}`;
}

function newKey(
  { ReplaceKeyWith: whole, ReplaceKeyPrefixWith: start }: Redirect,
  prefix: string,
  key: string,
): string {
  if (whole !== undefined) return whole;
  return start === undefined ? key : start + key.slice(prefix.length);
}

function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}
