/**
 * The decision over all policies that a request meets. An explicit denial wins; nothing is allowed that nobody allows.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Policy } from './document.ts';
import { evaluateIdentity, evaluateResource, type Verdict } from './evaluate.ts';
import type { PolicyRequest, Requester } from './request.ts';

/** The kinds of policies, as AWS's messages name them. */
export type PolicyKind =
  | 'identity-based policy'
  | 'resource-based policy'
  | 'permissions boundary'
  | 'session policy';

export type Decision =
  | { readonly kind: 'allowed' }
  /** A statement denies it. */
  | { readonly kind: 'denied'; readonly by: PolicyKind }
  /** No statement of that kind allows it. */
  | { readonly kind: 'not-allowed'; readonly by: PolicyKind };

/** The policies of a principal. */
export interface IdentityPolicies {
  readonly identity: readonly Policy[];
  readonly boundary?: Policy;
  /** Of temporary credentials; what one of them allows counts. */
  readonly session?: readonly Policy[];
  /** The root of an account needs no policy. */
  readonly isRoot?: boolean;
}

export interface Question {
  readonly request: PolicyRequest;
  readonly requester: Requester;
  /** Absent for services, and for requests without a signature. */
  readonly own?: IdentityPolicies;
  readonly resource?: Policy;
  /** Whether the resource is the principal's own account's. */
  readonly isOwnAccount: boolean;
  /** Whether the resource's policy has to agree even within the account, as a role's trust policy has to. */
  readonly needsResourcePolicy?: boolean;
}

const ALLOWED: Decision = { kind: 'allowed' };
const NOTHING: Verdict = { isDenied: false };

/** Decides a question. */
export function decide(question: Question): Decision {
  const { own, request, requester, resource, isOwnAccount } = question;
  const byResource =
    resource === undefined ? NOTHING : evaluateResource(resource, request, requester);
  if (own === undefined) return byResourceAlone(byResource);
  const limits = limitsOf(own, request);
  const denial = denialOf(limits, byResource);
  if (denial !== undefined) return denial;
  const { grant } = byResource;
  const isNeeded = question.needsResourcePolicy === true || !isOwnAccount;
  if (isOwnAccount && grant === 'name') return ALLOWED;
  const isGrantedToRole = isOwnAccount && grant === 'role';
  const missing = limits.find(
    ({ kind, verdict }) =>
      verdict.grant === undefined && !(isGrantedToRole && kind === 'identity-based policy'),
  );
  if (missing !== undefined) return { kind: 'not-allowed', by: missing.kind };
  if (isNeeded && grant === undefined) return { kind: 'not-allowed', by: 'resource-based policy' };
  return ALLOWED;
}

function byResourceAlone({ isDenied, grant }: Verdict): Decision {
  if (isDenied) return { kind: 'denied', by: 'resource-based policy' };
  return grant === undefined ? { kind: 'not-allowed', by: 'resource-based policy' } : ALLOWED;
}

interface Limit {
  readonly kind: PolicyKind;
  readonly verdict: Verdict;
}

/** What has to allow a request on the principal's side, each kind by itself. */
function limitsOf(
  { identity, boundary, session, isRoot }: IdentityPolicies,
  request: PolicyRequest,
): readonly Limit[] {
  const limit = (kind: PolicyKind, policies: readonly Policy[]): Limit => ({
    kind,
    verdict: together(policies.map((policy) => evaluateIdentity(policy, request))),
  });
  const ownLimit: Limit = isRoot
    ? { kind: 'identity-based policy', verdict: { isDenied: false, grant: 'name' } }
    : limit('identity-based policy', identity);
  return [
    ownLimit,
    ...(boundary === undefined ? [] : [limit('permissions boundary', [boundary])]),
    ...(session === undefined ? [] : [limit('session policy', session)]),
  ];
}

function together(verdicts: readonly Verdict[]): Verdict {
  const isDenied = verdicts.some((verdict) => verdict.isDenied);
  const isAllowed = verdicts.some((verdict) => verdict.grant !== undefined);
  return { isDenied, ...(isAllowed ? { grant: 'name' } : {}) };
}

function denialOf(limits: readonly Limit[], byResource: Verdict): Decision | undefined {
  const by = limits.find(({ verdict }) => verdict.isDenied)?.kind;
  if (by !== undefined) return { kind: 'denied', by };
  return byResource.isDenied ? { kind: 'denied', by: 'resource-based policy' } : undefined;
}
