/** All users, groups, roles and policies of an account in one answer. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
import type {
  AttachedPolicy,
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse,
  GroupDetail,
  ManagedPolicyDetail,
  PolicyDetail,
  RoleDetail,
  UserDetail,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { nameOfPolicyArn } from '../aws-managed-policies.ts';
import type { IamDependencies } from '../dependencies.ts';
import {
  describeGroup,
  describeInstanceProfile,
  describePolicy,
  describeRole,
  describeWholeUser,
  boundaryOf,
  tagsOf,
  wholeSeconds,
} from '../describe.ts';
import { keyOf } from '../model.ts';
import type { Entity, ManagedPolicy } from '../model.ts';
import { pageOf } from '../paging.ts';
import { encodeDocument } from '../policy-document.ts';
import { boundaryCount, groupsOfUser, listEntities } from '../store-entities.ts';
import {
  attachedArns,
  holdersOf,
  listInlinePolicies,
  listPolicyRows,
  listVersions,
} from '../store-policies.ts';

/** The one operation. */
export function authorizationDetailsOperations({
  database,
}: IamDependencies): Service['operations'] {
  const getDetails: Operation<
    GetAccountAuthorizationDetailsRequest,
    GetAccountAuthorizationDetailsResponse
  > = ({ accountId }, { Filter, ...input }) =>
    database.read(async (queries) => {
      const wanted = (kind: string): boolean => Filter === undefined || Filter.includes(kind);
      const found = await findAll(queries, accountId, wanted);
      const page = pageOf(found, ({ key }) => key, input);
      const of = <Kind extends Found['kind']>(kind: Kind) =>
        page.elements.filter((one): one is Extract<Found, { kind: Kind }> => one.kind === kind);
      const UserDetailList: UserDetail[] = [];
      for (const { entity } of of('user')) UserDetailList.push(await userDetail(queries, entity));
      const GroupDetailList: GroupDetail[] = [];
      for (const { entity } of of('group'))
        GroupDetailList.push(await groupDetail(queries, entity));
      const RoleDetailList: RoleDetail[] = [];
      for (const { entity } of of('role')) RoleDetailList.push(await roleDetail(queries, entity));
      const Policies: ManagedPolicyDetail[] = [];
      for (const { policy } of of('policy')) Policies.push(await policyDetail(queries, policy));
      return { UserDetailList, GroupDetailList, RoleDetailList, Policies, ...page.rest };
    });
  return { GetAccountAuthorizationDetails: getDetails };
}

type Found = { readonly key: string } & (
  | { readonly kind: 'group'; readonly entity: Entity }
  | { readonly kind: 'role'; readonly entity: Entity }
  | { readonly kind: 'user'; readonly entity: Entity }
  | { readonly kind: 'policy'; readonly policy: ManagedPolicy }
);

const FILTERS = { group: 'Group', role: 'Role', user: 'User' } as const;

/** What the filter leaves, sorted by its key. */
async function findAll(
  queries: Queries,
  accountId: string,
  isWanted: (filter: string) => boolean,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const kind of ['group', 'role', 'user'] as const) {
    if (!isWanted(FILTERS[kind])) continue;
    for (const entity of await listEntities(queries, accountId, kind, '/')) {
      found.push({ kind, entity, key: `${kind}/${keyOf(entity.name)}` });
    }
  }
  if (isWanted('LocalManagedPolicy')) {
    for (const policy of await listPolicyRows(queries, accountId)) {
      found.push({ kind: 'policy', policy, key: `policy/${policy.arn}` });
    }
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function inlineOf(queries: Queries, holder: Entity): Promise<PolicyDetail[]> {
  const policies = await listInlinePolicies(queries, holder);
  return policies.map(({ policyName, document }) => ({
    PolicyName: policyName,
    PolicyDocument: encodeDocument(document),
  }));
}

async function attachedOf(queries: Queries, holder: Entity): Promise<AttachedPolicy[]> {
  const arns = await attachedArns(queries, holder);
  return arns.map((PolicyArn) => ({ PolicyName: nameOfPolicyArn(PolicyArn), PolicyArn }));
}

async function userDetail(queries: Queries, user: Entity): Promise<UserDetail> {
  return {
    ...describeWholeUser(user),
    UserPolicyList: await inlineOf(queries, user),
    GroupList: (await groupsOfUser(queries, user)).map(({ name }) => name),
    AttachedManagedPolicies: await attachedOf(queries, user),
  };
}

async function groupDetail(queries: Queries, group: Entity): Promise<GroupDetail> {
  return {
    ...describeGroup(group),
    GroupPolicyList: await inlineOf(queries, group),
    AttachedManagedPolicies: await attachedOf(queries, group),
  };
}

async function roleDetail(queries: Queries, role: Entity): Promise<RoleDetail> {
  const profiles = await listEntities(queries, role.accountId, 'instance-profile', '/');
  const carrying = profiles.filter(({ details }) => details.roles?.includes(role.name));
  return {
    ...describeRole(role),
    InstanceProfileList: carrying.map((profile) => describeInstanceProfile(profile, [role])),
    RolePolicyList: await inlineOf(queries, role),
    AttachedManagedPolicies: await attachedOf(queries, role),
    ...boundaryOf(role),
    ...tagsOf(role),
    RoleLastUsed: {},
  };
}

async function policyDetail(queries: Queries, policy: ManagedPolicy): Promise<ManagedPolicyDetail> {
  const holders = await holdersOf(queries, policy.accountId, policy.arn);
  const boundaries = await boundaryCount(queries, policy.accountId, policy.arn);
  const versions = await listVersions(queries, policy);
  return {
    ...describePolicy(policy, holders.length, boundaries),
    ...(policy.description !== undefined && { Description: policy.description }),
    PolicyVersionList: versions.map(({ versionId, document, createdAtMs }) => ({
      Document: encodeDocument(document),
      VersionId: versionId,
      IsDefaultVersion: versionId === policy.defaultVersion,
      CreateDate: wholeSeconds(createdAtMs),
    })),
  };
}
