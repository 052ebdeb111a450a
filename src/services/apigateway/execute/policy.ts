/** Policies that are not IAM's: an API's own, and those that authorizers return. */
import { decide, parsePolicy, type ConditionKeys, type Decision } from '#kernel/policy/index.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { requesterOf } from '#ports/peers/requester.ts';

const ACTION = 'execute-api:Invoke';

export interface PolicyQuestion {
  readonly resource: string;
  readonly principal: Principal;
  readonly keys: ConditionKeys;
}

/** What an API's policy says of somebody. */
export function decideByApi(
  policy: string,
  { resource, principal, keys }: PolicyQuestion,
): Decision['kind'] {
  const decision = decide({
    request: { action: ACTION, resource, keys },
    requester: requesterOf(principal),
    resource: parsePolicy(wholePolicy(policy, resource)),
    isOwnAccount: true,
  });
  return decision.kind;
}

/** An API's policy with its resources in full: `execute-api:/stage/…` is short for the API that is asked. */
export function wholePolicy(policy: string, resource: string): string {
  const [, , , region = '', accountId = '', path = ''] = resource.split(':');
  const [apiId = ''] = path.split('/');
  const prefix = `"arn:aws:execute-api:${region}:${accountId}:${apiId}/`;
  return policy.replaceAll(/"execute-api:\//g, prefix);
}

/** What an authorizer's policy says of a method. */
export function decideByAuthorizer(
  policyDocument: unknown,
  resource: string,
  keys: ConditionKeys,
): Decision['kind'] {
  const decision = decide({
    request: { action: ACTION, resource, keys },
    requester: { names: [] },
    own: { identity: [parsePolicy(JSON.stringify(policyDocument))] },
    isOwnAccount: true,
  });
  return decision.kind;
}
