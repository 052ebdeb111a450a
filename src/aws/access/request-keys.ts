import { isLoopback } from '#kernel/ip-address.ts';
import { conditionKeys } from '#kernel/policy/index.ts';
import { principalKeys } from '#ports/peers/requester.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { RequestHead } from '../wire.ts';
import type { KeyValues } from '../operation.ts';

/** What of a request its condition keys follow from. */
export interface KeyedRequest {
  readonly principal: Principal;
  readonly http: RequestHead;
  /** Absent where nobody named one. */
  readonly region?: string;
  /** Absent where nothing depends on the time. */
  readonly nowMs?: number;
}

/**
 * The condition keys that every request has.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function requestKeys(
  { principal, http, region, nowMs }: KeyedRequest,
  more: KeyValues = {},
): Map<string, readonly string[]> {
  const { headers, sourceIp } = http;
  const at = nowMs === undefined ? undefined : new Date(nowMs);
  const keys = conditionKeys({
    'aws:CurrentTime': at && `${at.toISOString().slice(0, 19)}Z`,
    'aws:EpochTime': at && String(Math.floor(at.getTime() / 1000)),
    'aws:SourceIp': sourceIp.replace(/^::ffff:(?=\d+\.)/i, ''),
    'aws:SecureTransport': String(isSecure(http)),
    'aws:UserAgent': headers['user-agent'],
    'aws:Referer': headers['referer'],
    'aws:RequestedRegion': region,
    ...more,
  });
  return new Map([...principalKeys(principal), ...keys]);
}

/** What proxies add, which speak for somebody else. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** By TLS, as a proxy says; or by no network at all: from this machine, its functions too, or from a service. */
function isSecure({ headers, sourceIp }: RequestHead): boolean {
  const scheme = headers['x-forwarded-proto'];
  if (scheme !== undefined) return scheme === 'https';
  if (FORWARDED.some((name) => headers[name] !== undefined)) return false;
  return isLoopback(sourceIp) || sourceIp.endsWith('.amazonaws.com');
}
