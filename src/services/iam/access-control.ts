/**
 * Decides whether somebody may, over all policies that meet in a request.
 * Owns a bounded memory of what principals have; not the policies of resources, which are looked up each time.
 * I1 A change by IAM's operations counts for every request that begins after it was answered: `forgetIdentities`.
 * I2 Where accounts are open within, what is another's of them needs its owner's policy, as in every mode.
 */
import { BoundedMap } from '#kernel/bounded-map.ts';
import { parseArn } from '#kernel/arn.ts';
import {
  conditionKeys,
  decide,
  PolicyCache,
  type ConditionKeys,
  type Decision,
  type IdentityPolicies,
  type PolicyRequest,
  type Requester,
} from '#kernel/policy/index.ts';
import type {
  AccessControl,
  Asked,
  GuardedResource,
  ResourcePolicies,
} from '#ports/peers/access-control.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import {
  isAnonymous,
  isRoot,
  principalKeys,
  requesterOf,
  serviceKeys,
} from '#ports/peers/requester.ts';
import type { Database, Queries } from '#ports/world/database.ts';
import { readIdentity, type StoredIdentity } from './identity.ts';
import { isTakingOn } from './permissions.ts';

/** Principals whose policies are remembered. */
const IDENTITIES_MAX = 2000;

export interface AccessControlDependencies {
  readonly database: Database;
  /** By the service of an ARN: `sqs`. */
  readonly resourcePolicies: ReadonlyMap<string, ResourcePolicies>;
  /** Accounts within which nobody is asked, and which are kept apart all the same (I2); policies decide all otherwise. */
  readonly openAccounts?: ReadonlySet<string>;
}

export interface IamAccessControl extends AccessControl {
  /** Looks all identities up anew. */
  forgetIdentities(): void;
}

/** Access control over a database whose schemas were migrated. */
export function createAccessControl(dependencies: AccessControlDependencies): IamAccessControl {
  const { database, resourcePolicies, openAccounts } = dependencies;
  const policies = new PolicyCache();
  const identities = new Identities();
  const decideIn = async (asked: Asked, queries: Queries): Promise<Decision> => {
    const { action, resource } = asked;
    const { service = '', accountId: named } = parseArn(resource) ?? {};
    const accountId = accountOf(asked);
    const isOpen = (owner: string | undefined): boolean =>
      openAccounts !== undefined && (owner === accountId || !openAccounts.has(owner ?? ''));
    // The ARN of a bucket names no account.
    if (named !== '' && isOpen(named)) return ALLOWED;
    const guarded = await resourcePolicies
      .get(service)
      ?.find(queries, action, resource, asked.keys);
    if (isOpen(ownerOf(resource, guarded))) return ALLOWED;
    const policy = isRecovery(asked) ? undefined : guarded?.policy;
    const guard = policy === undefined ? {} : { resource: policies.get(policy) };
    if (asked.who.kind === 'service') {
      const { source } = asked.who;
      const requester = { names: [], service: source.service };
      const request = requestOf(asked, guarded, serviceKeys(source));
      return decide({ ...guard, request, requester, isOwnAccount: false });
    }
    const { who } = asked;
    const principal = who.kind === 'role' ? sessionOf(who.roleArn) : who.principal;
    if (isAnonymous(principal)) {
      const request = requestOf(asked, guarded, principalKeys(principal));
      return decide({ ...guard, request, requester: requesterOf(principal), isOwnAccount: false });
    }
    const identity = await identities.get(principal, queries);
    const isOwnAccount = (ownerOf(resource, guarded) ?? accountId) === accountId;
    const isAdmitted = !isOwnAccount && guarded?.admitsOthers === true;
    const isClosed = !isOwnAccount && guarded?.isOwnersAlone === true;
    return decide({
      ...(isAdmitted || isClosed ? {} : guard),
      request: requestOf(asked, guarded, keysOf(principal, identity)),
      requester: namedRequester(principal, identity),
      own: openAccounts === undefined ? policiesOf(identity, principal, policies) : EVERYTHING,
      isOwnAccount: isOwnAccount || isAdmitted,
      needsResourcePolicy: isTakingOn(action),
    });
  };
  return {
    decide: (asked, queries) =>
      queries === undefined
        ? database.read((own) => decideIn(asked, own))
        : decideIn(asked, queries),
    forgetIdentities: () => identities.forget(),
  };
}

const ALLOWED: Decision = { kind: 'allowed' };
const EVERYTHING: IdentityPolicies = { identity: [], isRoot: true };

/** On whose account something is asked. */
function accountOf({ who }: Asked): string {
  if (who.kind === 'service') return who.source.sourceAccountId;
  if (who.kind === 'principal') return who.principal.accountId;
  return who.accountId ?? parseArn(who.roleArn)?.accountId ?? '';
}

/** What principals have, remembered until IAM changes (I1). */
class Identities {
  readonly #known = new BoundedMap<StoredIdentity>(IDENTITIES_MAX);
  #generation = 0;

  async get(principal: Principal, queries: Queries): Promise<StoredIdentity> {
    // Sessions of one name have the same, whenever they began.
    const { issuedAtMs: _, ...session } = principal.session ?? {};
    const key = JSON.stringify([principal.accountId, principal.arn, session]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const begunAt = this.#generation;
    const found = await readIdentity(queries, principal);
    // What was read before a change is not kept beyond it.
    if (begunAt !== this.#generation) return found;
    this.#known.set(key, found);
    return found;
  }

  forget(): void {
    this.#generation += 1;
    this.#known.clear();
  }
}

function requestOf(
  { action, resource, keys }: Asked,
  guarded: GuardedResource | undefined,
  own: ConditionKeys,
): PolicyRequest {
  const common = conditionKeys({
    'aws:ResourceAccount': ownerOf(resource, guarded),
    ...guarded?.keys,
    ...tagKeys('aws:ResourceTag', guarded?.tags),
    ...(action.startsWith('iam:') ? tagKeys('iam:ResourceTag', guarded?.tags) : {}),
  });
  return { action, resource, keys: new Map([...common, ...(keys ?? []), ...own]) };
}

function tagKeys(
  name: string,
  tags: GuardedResource['tags'] = {},
): Readonly<Record<string, string>> {
  const entries = Object.entries(tags);
  return Object.fromEntries(entries.map(([key, value]) => [`${name}/${key}`, value]));
}

/** What IAM knows of a principal counts more than what its credentials say. */
function keysOf(principal: Principal, { arn, tagKeys }: StoredIdentity): ConditionKeys {
  const known = conditionKeys({ 'aws:PrincipalArn': arn, ...tagKeys });
  return new Map([...principalKeys(principal), ...known]);
}

/** A role's session is named by the role's whole ARN, which only IAM knows. */
function namedRequester(principal: Principal, { arn }: StoredIdentity): Requester {
  const requester = requesterOf(principal);
  return requester.roleArn === undefined || arn === undefined
    ? requester
    : { ...requester, roleArn: arn };
}

/**
 * The root of an account can take away a bucket's policy that keeps everybody out.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html
 */
function isRecovery({ who, action }: Asked): boolean {
  return who.kind === 'principal' && isRoot(who.principal) && /^s3:\w+BucketPolicy$/.test(action);
}

/** The account of a resource, where anything tells it: a bucket's ARN does not. */
function ownerOf(resource: string, guarded: GuardedResource | undefined): string | undefined {
  const named = parseArn(resource)?.accountId ?? '';
  return guarded?.accountId ?? (/^\d{12}$/.test(named) ? named : undefined);
}

/** A role as a service has it that has taken it on. */
function sessionOf(roleArn: string): Principal {
  const { accountId = '', resource = '' } = parseArn(roleArn) ?? {};
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  const arn = `arn:aws:sts::${accountId}:assumed-role/${name}/service`;
  return { accountId, arn, userId: name, session: { roleArn } };
}

function policiesOf(
  { policies, boundary, sessionPolicies }: StoredIdentity,
  principal: Principal,
  cache: PolicyCache,
): IdentityPolicies {
  const parsed = (texts: readonly string[]) => texts.map((text) => cache.get(text));
  return {
    identity: parsed(policies),
    isRoot: isRoot(principal) || principal.session?.issuerArn?.endsWith(':root') === true,
    ...(boundary === undefined ? {} : { boundary: cache.get(boundary) }),
    ...(sessionPolicies === undefined ? {} : { session: parsed(sessionPolicies) }),
  };
}
