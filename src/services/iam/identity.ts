/** What a principal has of policies: its own, its groups', its boundary and its session's. */
import { parseArn } from '#kernel/arn.ts';
import type { Principal, PrincipalSession } from '#ports/peers/credential-issuer.ts';
import { roleArnOf } from '#ports/peers/requester.ts';
import type { Queries } from '#ports/world/database.ts';
import { awsManagedDocument, isAwsManaged } from './aws-managed-policies.ts';
import { arnOf, type Entity } from './model.ts';
import { findEntity, groupsOfUser } from './store-entities.ts';
import { attachedArns, findPolicy, listInlinePolicies, listVersions } from './store-policies.ts';

/** Policies as JSON. */
export interface StoredIdentity {
  /** The user's or role's, with its path; absent for whom IAM does not know. */
  readonly arn?: string;
  readonly policies: readonly string[];
  readonly boundary?: string;
  /** Absent where nothing limits the session. */
  readonly sessionPolicies?: readonly string[];
  /** Condition keys of the principal's tags. */
  readonly tagKeys: Readonly<Record<string, string>>;
}

/** Allows nothing: a boundary whose policy is gone, or is one of AWS's that is not known here. */
const NOTHING = '{"Version":"2012-10-17","Statement":[]}';

/** Reads what a principal has; whom IAM does not know has nothing. */
export async function readIdentity(
  queries: Queries,
  principal: Principal,
): Promise<StoredIdentity> {
  const { session } = principal;
  const holder = await holderOf(queries, principal);
  const limited = session === undefined ? undefined : await sessionOf(queries, principal, session);
  const sessionPolicies = limited === undefined ? {} : { sessionPolicies: limited };
  if (holder === undefined) return { policies: [], tagKeys: {}, ...sessionPolicies };
  const tags = {
    ...Object.fromEntries(holder.tags.map(({ Key, Value }) => [Key, Value])),
    ...session?.tags,
  };
  return {
    arn: arnOf(holder),
    ...(await readHolder(queries, holder)),
    tagKeys: Object.fromEntries(
      Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]),
    ),
    ...sessionPolicies,
  };
}

/** The policies of a user, group or role, those of a user's groups among them, and its boundary. */
export async function readHolder(
  queries: Queries,
  holder: Entity,
): Promise<Pick<StoredIdentity, 'policies' | 'boundary'>> {
  const groups = holder.kind === 'user' ? await groupsOfUser(queries, holder) : [];
  const policies: string[] = [];
  for (const one of [holder, ...groups]) policies.push(...(await documentsOf(queries, one)));
  const { boundaryArn } = holder.details;
  if (boundaryArn === undefined) return { policies };
  const boundary = await managedDocument(queries, holder.accountId, boundaryArn);
  return { policies, boundary: boundary ?? NOTHING };
}

/** The user or role whose permissions a principal has: a federated user has those of whoever asked for them. */
async function holderOf(queries: Queries, principal: Principal): Promise<Entity | undefined> {
  const { session, accountId } = principal;
  const issuer = session?.issuerArn;
  const arn = parseArn(issuer ?? roleArnOf(principal) ?? principal.arn);
  const [kind] = arn?.resource.split('/') ?? [];
  if (kind !== 'user' && kind !== 'role') return undefined;
  const name = arn?.resource.slice(arn.resource.lastIndexOf('/') + 1) ?? '';
  return findEntity(queries, accountId, kind, name);
}

/** Inline policies, and managed ones in their default version. */
async function documentsOf(queries: Queries, holder: Entity): Promise<readonly string[]> {
  const inline = await listInlinePolicies(queries, holder);
  const documents = inline.map(({ document }) => document);
  for (const arn of await attachedArns(queries, holder)) {
    const document = await managedDocument(queries, holder.accountId, arn);
    if (document !== undefined) documents.push(document);
  }
  return documents;
}

async function sessionOf(
  queries: Queries,
  { accountId }: Principal,
  { policies, policyArns }: PrincipalSession,
): Promise<readonly string[] | undefined> {
  if (policies === undefined && policyArns === undefined) return undefined;
  const documents = [...(policies ?? [])];
  for (const arn of policyArns ?? []) {
    documents.push((await managedDocument(queries, accountId, arn)) ?? NOTHING);
  }
  return documents;
}

/** What a managed policy says by its default version; `undefined` where nobody knows. */
async function managedDocument(
  queries: Queries,
  accountId: string,
  arn: string,
): Promise<string | undefined> {
  if (isAwsManaged(arn)) return awsManagedDocument(arn);
  const policy = await findPolicy(queries, accountId, arn);
  if (policy === undefined) return undefined;
  const versions = await listVersions(queries, policy);
  return versions.find(({ versionId }) => versionId === policy.defaultVersion)?.document;
}
