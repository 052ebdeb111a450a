/** Policies that are not IAM's: an API's own, and those that authorizers return. */
import { conditionKeys, decide, parsePolicy } from '#kernel/policy/index.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { requesterOf } from '#ports/peers/requester.ts';

const ACTION = 'execute-api:Invoke';

export interface PolicyQuestion {
  readonly resource: string;
  readonly principal: Principal;
  readonly sourceIp: string;
}

/** Whether an API's policy lets somebody in. */
export function isAllowedBy(
  policy: string,
  { resource, principal, sourceIp }: PolicyQuestion,
): boolean {
  const keys = conditionKeys({
    'aws:SourceIp': sourceIp.replace(/^::ffff:(?=\d+\.)/i, ''),
    'aws:PrincipalAccount': principal.accountId,
  });
  const [, , , region = '', accountId = '', path = ''] = resource.split(':');
  const [apiId = ''] = path.split('/');
  // `execute-api:/stage/…` is short for this API.
  const written = policy.replaceAll(
    /"execute-api:\//g,
    `"arn:aws:execute-api:${region}:${accountId}:${apiId}/`,
  );
  const decision = decide({
    request: { action: ACTION, resource, keys },
    requester: requesterOf(principal),
    resource: parsePolicy(written),
    isOwnAccount: true,
  });
  return decision.kind === 'allowed';
}

/** What an authorizer's policy says of a method. */
export function decideByAuthorizer(
  policyDocument: unknown,
  resource: string,
  sourceIp: string,
): 'allowed' | 'denied' | 'not-allowed' {
  const keys = conditionKeys({ 'aws:SourceIp': sourceIp });
  const decision = decide({
    request: { action: ACTION, resource, keys },
    requester: { names: [] },
    own: { identity: [parsePolicy(JSON.stringify(policyDocument))] },
    isOwnAccount: true,
  });
  return decision.kind;
}
