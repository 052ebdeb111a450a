/**
 * How AWS says that somebody may not.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import type { Decision } from '#kernel/policy/index.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { isAnonymous } from '#ports/peers/requester.ts';
import { AwsError } from '../errors.ts';
import type { ServiceModel } from '../model.ts';
import type { Need, Refusal } from '../operation.ts';

export interface Refused {
  readonly model: ServiceModel;
  readonly refusal: Refusal | undefined;
  readonly principal: Principal;
  readonly need: Need;
  readonly decision: Exclude<Decision, { readonly kind: 'allowed' }>;
}

/** The error of a request that is not allowed. */
export function accessDenied(refused: Refused): AwsError {
  const { model, refusal = {} } = refused;
  const [protocol] = model.protocols;
  const isRestXml = protocol === 'restXml';
  const isQuery = isRestXml || protocol === 'awsQuery';
  const usual = isQuery ? 'AccessDenied' : 'AccessDeniedException';
  const status = protocol?.startsWith('awsJson') === true ? 400 : 403;
  return new AwsError({
    code: refusal.code ?? usual,
    status: refusal.status ?? status,
    message: isRestXml ? storageMessage(refused) : message(refused),
  });
}

/** Within an account S3 tells as much as the others; to everybody else, nothing. */
function storageMessage(refused: Refused): string {
  const { principal, decision, need } = refused;
  const isTold = !isAnonymous(principal) && decision.by !== 'resource-based policy';
  if (!isTold) return 'Access Denied';
  const on = need.resource === '*' ? '' : ` on resource: "${need.resource}"`;
  return sentence(refused, on);
}

function message(refused: Refused): string {
  return sentence(refused, ` on resource: ${refused.need.resource}`);
}

function sentence({ principal, need, decision, refusal }: Refused, on: string): string {
  const { arn } = principal;
  const action = refusal?.nameAction?.(need.action) ?? need.action;
  const head = `User: ${arn} is not authorized to perform: ${action}${on}`;
  // Of trust policies AWS says nothing.
  if (/^sts:(?:AssumeRole|SetSourceIdentity|TagSession)$/.test(action)) return head;
  if (decision.kind === 'not-allowed') {
    return `${head} because no ${decision.by} allows the ${action} action`;
  }
  const article = decision.by.startsWith('identity') ? 'an' : 'a';
  return `${head} with an explicit deny in ${article} ${decision.by}`;
}
