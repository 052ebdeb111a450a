import type { ConditionKeys, Decision } from '#kernel/policy/index.ts';
import type { Queries } from '#ports/world/database.ts';
import type { Principal } from './credential-issuer.ts';
import type { ServiceSource } from './requester.ts';

/** Who wants something: the sender of a request, a role that a service has taken on, or a service for itself. */
export type Asking =
  | { readonly kind: 'principal'; readonly principal: Principal }
  /** With the account whose resource has taken it on, where that may be another than the role's. */
  | { readonly kind: 'role'; readonly roleArn: string; readonly accountId?: string }
  | { readonly kind: 'service'; readonly source: ServiceSource };

export interface Asked {
  readonly who: Asking;
  /** `sqs:SendMessage`. */
  readonly action: string;
  /** An ARN, or `*` for what is about no resource. */
  readonly resource: string;
  /** What is known of the request beside who sent it. */
  readonly keys?: ConditionKeys;
}

/** Whether somebody may do something: identity policies, resource policies, boundaries and session policies together. */
export interface AccessControl {
  /** @param queries those of a transaction that is under way; its own reads where there is none */
  decide(asked: Asked, queries?: Queries): Promise<Decision>;
}

/** Whether a role trusts a service to take it on; each one does where no policy is evaluated. */
export async function isTrusted(
  access: AccessControl | undefined,
  source: ServiceSource,
  roleArn: string,
  queries?: Queries,
): Promise<boolean> {
  if (access === undefined) return true;
  const who = { kind: 'service', source } as const;
  const asked = { who, action: 'sts:AssumeRole', resource: roleArn };
  return (await access.decide(asked, queries)).kind === 'allowed';
}

/** A resource that is there, and the policy on it. */
export interface GuardedResource {
  readonly accountId: string;
  /** As JSON. */
  readonly policy?: string;
  /** For `aws:ResourceTag`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** What else of it conditions may ask for. */
  readonly keys?: Readonly<Record<string, string>>;
  /** True where the service itself decides, too, whom of other accounts it lets in. */
  readonly admitsOthers?: boolean;
  /** True where no policy lets other accounts do what is asked. */
  readonly isOwnersAlone?: boolean;
}

/** A service's resources, as far as policies can be put on them. */
export interface ResourcePolicies {
  /**
   * `undefined` where there is no such resource, or nothing is known of it.
   * @param keys what is known of the request
   */
  find(
    queries: Queries,
    action: string,
    arn: string,
    keys?: ConditionKeys,
  ): Promise<GuardedResource | undefined>;
}
