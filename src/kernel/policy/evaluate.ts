/** What one policy says of a request. */
import { holdAll } from './condition.ts';
import type { Clause, Policy, Principals, Statement } from './document.ts';
import { fillIn, isLike, isLikeArn } from './pattern.ts';
import type { PolicyRequest, Requester } from './request.ts';

/**
 * How narrowly a resource's policy names whom it lets in. Who is named by name, or as everybody, needs nothing else in
 * their own account; a role's session still needs what limits the session; an account hands the question on.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export type Grant = 'name' | 'role' | 'account';

export interface Verdict {
  readonly isDenied: boolean;
  /** The narrowest of what is granted. */
  readonly grant?: Grant;
}

const NARROWEST: readonly Grant[] = ['name', 'role', 'account'];

/** What the policy of an identity says; whatever it grants, it grants by name. */
export function evaluateIdentity({ statements }: Policy, request: PolicyRequest): Verdict {
  const concerned = statements.filter((statement) => isAbout(statement, request));
  const isAllowed = concerned.some(({ effect }) => effect === 'Allow');
  return {
    isDenied: concerned.some(({ effect }) => effect === 'Deny'),
    ...(isAllowed ? { grant: 'name' } : {}),
  };
}

/** What the policy of a resource says. */
export function evaluateResource(
  { statements }: Policy,
  request: PolicyRequest,
  requester: Requester,
): Verdict {
  const grants = new Set<Grant>();
  let isDenied = false;
  for (const statement of statements) {
    const grant = statement.principals && grantOf(statement.principals, requester, request.keys);
    if (grant === undefined || !isAbout(statement, request)) continue;
    if (statement.effect === 'Deny') isDenied = true;
    else grants.add(grant);
  }
  const grant = NARROWEST.find((one) => grants.has(one));
  return { isDenied, ...(grant === undefined ? {} : { grant }) };
}

/** Action, resource and conditions; a statement without resources is about that which it hangs on. */
function isAbout(statement: Statement, { action, resource, keys }: PolicyRequest): boolean {
  const { actions, resources, conditions, effect } = statement;
  const isAction = (pattern: string): boolean => isLike(pattern, action.toLowerCase());
  if (!isIn(actions, keys, isAction)) return false;
  const isResource = (pattern: string): boolean =>
    resource === '*' ? isLike(pattern, resource) : isLikeArn(pattern, resource);
  if (resources !== undefined && !isIn(resources, keys, isResource)) return false;
  return holdAll(conditions, keys, effect);
}

function isIn(
  { isNegated, patterns }: Clause,
  keys: PolicyRequest['keys'],
  isLikeIt: (pattern: string) => boolean,
): boolean {
  const isOne = patterns.some((pattern) => {
    const filled = fillIn(pattern, keys);
    return filled !== undefined && isLikeIt(filled);
  });
  return isOne !== isNegated;
}

function grantOf(
  principals: Principals,
  requester: Requester,
  keys: PolicyRequest['keys'],
): Grant | undefined {
  const named = namedAs(principals, requester, keys);
  if (!principals.isNegated) return named;
  return named === undefined ? 'name' : undefined;
}

function namedAs(
  { aws, services }: Principals,
  requester: Requester,
  keys: PolicyRequest['keys'],
): Grant | undefined {
  const { accountId, names, roleArn, service } = requester;
  if (aws.includes('*')) return 'name';
  if (service !== undefined) return isOneOf(services, service, keys) ? 'name' : undefined;
  if (names.some((name) => aws.includes(name))) return 'name';
  if (roleArn !== undefined && aws.includes(roleArn)) return 'role';
  if (accountId === undefined) return undefined;
  const isAccount = aws.includes(accountId) || aws.includes(`arn:aws:iam::${accountId}:root`);
  return isAccount ? 'account' : undefined;
}

/** A service is named as in every Region, or as in the one where it asks: `logs.us-east-1.amazonaws.com`. */
function isOneOf(
  services: readonly string[],
  service: string,
  keys: PolicyRequest['keys'],
): boolean {
  if (services.includes(service)) return true;
  const [, , , region = ''] = keys.get('aws:sourcearn')?.[0]?.split(':') ?? [];
  return region !== '' && services.includes(service.replace(/(?=\.amazonaws\.com$)/, `.${region}`));
}
