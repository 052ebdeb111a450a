import { SECOND_MS } from '#kernel/units.ts';
import type { AssumeRoleRequest, AssumeRoleResponse } from '#aws/models/sts.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { Principal, PrincipalSession } from '#ports/peers/credential-issuer.ts';
import { makeSessionCredentials } from '../credentials.ts';
import type { StsDependencies } from '../dependencies.ts';
import { describeCredentials } from '../describe-credentials.ts';
import { chainedSessionTooLong, mayNot, sessionTooLong, transitiveTagConflict } from '../errors.ts';
import { CHAINED_SECONDS_MAX, ROLE_SECONDS_DEFAULT } from '../limits.ts';
import { assumedRole } from '../model.ts';
import { checkSessionPolicy } from '../session-policy.ts';
import { insertSession } from '../store.ts';

/** Trades the caller's credentials for a role's. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function assumeRole(
  dependencies: StsDependencies,
): Operation<AssumeRoleRequest, AssumeRoleResponse> {
  const { clock, database, random, roles } = dependencies;
  return async ({ principal: caller }, input) => {
    checkSessionPolicy(input.Policy);
    const role = await roles.find(input.RoleArn);
    // A federated user becomes nobody else.
    if (role === undefined || caller.session?.issuerArn !== undefined) {
      throw mayNot('sts:AssumeRole', caller.arn, input.RoleArn);
    }
    const sourceIdentity = sourceIdentityOf(caller, input);
    const seconds = input.DurationSeconds ?? ROLE_SECONDS_DEFAULT;
    if (seconds > role.sessionSecondsMax) throw sessionTooLong();
    const isChained = caller.arn.includes(':assumed-role/');
    if (isChained && seconds > CHAINED_SECONDS_MAX) throw chainedSessionTooLong();
    const transitiveTags = tagsToPass(caller, input);
    const issuedAtMs = clock.now();
    const principal = assumedRole(role, input.RoleSessionName, {
      ...sessionOf(input, transitiveTags),
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      transitiveTags,
      issuedAtMs,
    });
    const expiresAtMs = issuedAtMs + seconds * SECOND_MS;
    const credentials = makeSessionCredentials(random, role.accountId, expiresAtMs);
    await database.transact((tx) => insertSession(tx, { credentials, principal }));
    return {
      Credentials: describeCredentials(credentials),
      AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    };
  };
}

/**
 * Who is behind the session: whoever was behind the caller's, and nobody else.
 * @throws AwsError AccessDenied
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
function sourceIdentityOf(
  { arn, session }: Principal,
  { SourceIdentity: wanted, RoleArn }: AssumeRoleRequest,
): string | undefined {
  const known = session?.sourceIdentity;
  if (wanted === undefined || known === undefined || wanted === known) return known ?? wanted;
  throw mayNot('sts:SetSourceIdentity', arn, RoleArn);
}

/** What limits the session, and its tags: those that are asked for, and those that the caller's own pass on. */
function sessionOf(
  { Policy, PolicyArns, Tags = [] }: AssumeRoleRequest,
  passed: Readonly<Record<string, string>>,
): PrincipalSession {
  const arns = PolicyArns?.flatMap(({ arn }) => arn ?? []) ?? [];
  const tags = { ...passed, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
  return {
    ...(Policy === undefined ? {} : { policies: [Policy] }),
    ...(arns.length === 0 ? {} : { policyArns: arns }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
  };
}

/**
 * The tags that the new session passes on: the caller's, and those that are asked for.
 * @throws AwsError InvalidParameterValue where a tag would replace the caller's
 */
function tagsToPass(
  { session }: Principal,
  { Tags = [], TransitiveTagKeys = [] }: AssumeRoleRequest,
): Record<string, string> {
  const passed: Record<string, string> = { ...session?.transitiveTags };
  const taken = new Set(Object.keys(passed).map((key) => key.toLowerCase()));
  for (const { Key } of Tags) if (taken.has(Key.toLowerCase())) throw transitiveTagConflict();
  const wanted = new Set(TransitiveTagKeys.map((key) => key.toLowerCase()));
  for (const { Key, Value } of Tags) if (wanted.has(Key.toLowerCase())) passed[Key] = Value;
  return passed;
}
