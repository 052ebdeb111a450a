/** Who asks where a test calls an operation itself: an account's root, over loopback, in `us-east-1`. */
import type { RequestContext } from '#aws/operation.ts';

/** A context of the account's, with what of its HTTP a test cares about. */
export function requestContext(
  accountId: string,
  http: Partial<RequestContext['http']> = {},
): RequestContext {
  return {
    requestId: '00000000-0000-4000-8000-000000000000',
    accountId,
    region: 'us-east-1',
    principal: { accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId },
    signal: new AbortController().signal,
    http: {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: {},
      sourceIp: '127.0.0.1',
      ...http,
    },
  };
}
