/** What an authorizer's function answered: a simple response, or a policy. Pure. */
import type { Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import { isObject } from '#kernel/json.ts';
import { compilePolicy, decide, type ConditionKeys, type Policy } from '#kernel/policy/index.ts';

export interface Verdict {
  /**
   * @param arn of a request: `arn:aws:execute-api:…:ID/STAGE/METHOD/path`
   * @param keys what conditions look at
   */
  allows(arn: string, keys: ConditionKeys): boolean;
  readonly context: Readonly<Record<string, unknown>>;
  readonly principalId?: string;
}

/** `undefined` for what is no answer in the authorizer's format. */
export function readVerdict(value: unknown, authorizer: Authorizer): Verdict | undefined {
  if (!isObject(value)) return undefined;
  const context = isObject(value['context']) ? value['context'] : {};
  if (authorizer.EnableSimpleResponses === true) {
    const { isAuthorized } = value;
    return typeof isAuthorized === 'boolean' ? { allows: () => isAuthorized, context } : undefined;
  }
  const { principalId, policyDocument } = value;
  const policy = policyOf(policyDocument);
  if (policy === undefined) return undefined;
  return {
    allows: (arn, keys) => isAllowedBy(policy, arn, keys),
    context,
    ...(typeof principalId === 'string' ? { principalId } : {}),
  };
}

function policyOf(document: unknown): Policy | undefined {
  if (!isObject(document)) return undefined;
  try {
    return compilePolicy(document);
  } catch {
    return undefined;
  }
}

function isAllowedBy(policy: Policy, resource: string, keys: ConditionKeys): boolean {
  const request = { action: 'execute-api:Invoke', resource, keys };
  const requester = { names: [] };
  const own = { identity: [policy] };
  return decide({ request, requester, own, isOwnAccount: true }).kind === 'allowed';
}
