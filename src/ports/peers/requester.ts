/** Principals as policies see them: by what names, and with what condition keys. Pure. */
import { parseArn } from '#kernel/arn.ts';
import { conditionKeys, type ConditionKeys, type Requester } from '#kernel/policy/index.ts';
import type { Principal } from './credential-issuer.ts';

/** How policies name a principal; one without a signature has no name. */
export function requesterOf(principal: Principal): Requester {
  const { accountId, arn, userId } = principal;
  if (isAnonymous(principal)) return { names: [] };
  const roleArn = roleArnOf(principal);
  return { accountId, names: [arn, userId], ...(roleArn === undefined ? {} : { roleArn }) };
}

/** True where nobody signed. */
export function isAnonymous({ arn }: Principal): boolean {
  return arn === '*';
}

/** True for whoever holds an account's own credentials. */
export function isRoot({ accountId, arn }: Principal): boolean {
  return arn === `arn:aws:iam::${accountId}:root`;
}

/** The role of an assumed role's session; with its path only where the session tells it. */
export function roleArnOf({ accountId, arn, session }: Principal): string | undefined {
  if (session?.roleArn !== undefined) return session.roleArn;
  const [kind, name] = parseArn(arn)?.resource.split('/') ?? [];
  if (kind !== 'assumed-role' || name === undefined) return undefined;
  return `arn:aws:iam::${accountId}:role/${name}`;
}

/**
 * The condition keys that tell who asks.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
 */
export function principalKeys(principal: Principal): Map<string, readonly string[]> {
  const { accountId, arn, userId, session, via } = principal;
  if (isAnonymous(principal)) {
    return conditionKeys({ 'aws:PrincipalType': 'Anonymous', 'aws:userid': 'anonymous' });
  }
  const isUser = parseArn(arn)?.resource.startsWith('user/') === true;
  const tags = Object.entries(session?.tags ?? {});
  return conditionKeys({
    'aws:PrincipalArn': roleArnOf(principal) ?? arn,
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalType': typeOf(principal),
    'aws:PrincipalIsAWSService': 'false',
    'aws:ViaAWSService': String(via !== undefined),
    'aws:CalledVia': via === undefined ? undefined : [via],
    'aws:CalledViaFirst': via,
    'aws:CalledViaLast': via,
    'aws:userid': userId,
    'aws:username': isUser ? arn.slice(arn.lastIndexOf('/') + 1) : undefined,
    'aws:MultiFactorAuthPresent': session === undefined ? undefined : 'false',
    'aws:SourceIdentity': session?.sourceIdentity,
    'aws:TokenIssueTime':
      session?.issuedAtMs === undefined ? undefined : dateOf(session.issuedAtMs),
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
  });
}

function dateOf(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

function typeOf(principal: Principal): string {
  if (isRoot(principal)) return 'Account';
  const [kind = ''] = parseArn(principal.arn)?.resource.split('/') ?? [];
  return kind === 'assumed-role'
    ? 'AssumedRole'
    : kind === 'federated-user'
      ? 'FederatedUser'
      : 'User';
}

/** A service that asks for itself, on account of a resource of somebody's. */
export interface ServiceSource {
  /** `s3.amazonaws.com`. */
  readonly service: string;
  readonly sourceArn: string;
  readonly sourceAccountId: string;
}

/** The condition keys of a service's own request. */
export function serviceKeys({ service, sourceArn, sourceAccountId }: ServiceSource): ConditionKeys {
  return conditionKeys({
    'aws:SourceArn': sourceArn,
    'aws:SourceAccount': sourceAccountId,
    // Alarms are known to topics' default policies by the account alone.
    'aws:SourceOwner': service === 'cloudwatch.amazonaws.com' ? sourceAccountId : undefined,
    'aws:PrincipalIsAWSService': 'true',
    'aws:PrincipalServiceName': service,
    'aws:PrincipalServiceNamesList': [service],
  });
}
