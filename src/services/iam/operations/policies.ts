/** Managed policies. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
import { formatArn } from '#kernel/arn.ts';
import { uniqueId } from '#kernel/credential-ids.ts';
import type {
  CreatePolicyRequest,
  CreatePolicyResponse,
  ListEntitiesForPolicyRequest,
  ListEntitiesForPolicyResponse,
  ListPoliciesRequest,
  ListPoliciesResponse,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import { awsManagedPolicy, isAwsManaged, knownAwsPolicies } from '../aws-managed-policies.ts';
import type { IamDependencies } from '../dependencies.ts';
import { describePolicy, tagsOf } from '../describe.ts';
import { deleteConflict, limitExceeded, noSuchPolicy, policyExists } from '../errors.ts';
import { POLICY_CHARACTERS_MAX } from '../limits.ts';
import { keyOf, type Kind, type ManagedPolicy } from '../model.ts';
import { checkTagCount } from '../new-entity.ts';
import { pageOf } from '../paging.ts';
import { checkIdentityPolicy, policyCharacters } from '../policy-document.ts';
import { boundaryCount } from '../store-entities.ts';
import {
  deletePolicyRows,
  findPolicy,
  hasPolicyNamed,
  holdersOf,
  insertVersion,
  listPolicyRows,
  listVersions,
  putPolicy,
} from '../store-policies.ts';

interface Named {
  readonly PolicyArn: string;
}

/** The operations on managed policies. */
export function policyOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    CreatePolicy: createPolicy(dependencies),
    DeletePolicy: deletePolicy(dependencies),
    GetPolicy: getPolicy(dependencies),
    ListEntitiesForPolicy: listEntitiesForPolicy(dependencies),
    ListPolicies: listPolicies(dependencies),
  };
}

/**
 * A managed policy that has to be there, a customer's or AWS's.
 * @throws AwsError NoSuchEntity
 */
export async function policyOf(
  queries: Queries,
  accountId: string,
  arn: string,
): Promise<ManagedPolicy> {
  if (isAwsManaged(arn)) return awsManagedPolicy(arn);
  const policy = await findPolicy(queries, accountId, arn);
  if (policy === undefined) throw noSuchPolicy(arn);
  return policy;
}

/** @throws AwsError MalformedPolicyDocument, LimitExceeded */
export function checkManagedPolicy(document: string): void {
  checkIdentityPolicy(document);
  if (policyCharacters(document) <= POLICY_CHARACTERS_MAX) return;
  throw limitExceeded(`Cannot exceed quota for PolicySize: ${POLICY_CHARACTERS_MAX}`);
}

function createPolicy({
  clock,
  database,
  random,
}: IamDependencies): Operation<CreatePolicyRequest, CreatePolicyResponse> {
  return async ({ accountId }, input) => {
    const { PolicyName: name, Path: path = '/', PolicyDocument: document } = input;
    const { Tags: tags = [], Description: description } = input;
    checkTagCount(tags);
    checkManagedPolicy(document);
    const nowMs = clock.now();
    const policy: ManagedPolicy = {
      accountId,
      arn: formatArn('iam', '', accountId, `policy${path}${name}`),
      name,
      id: uniqueId('ANPA', random.bytes(11)),
      path,
      ...(description !== undefined && { description }),
      tags,
      defaultVersion: 'v1',
      lastVersion: 1,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    await database.transact(async (tx) => {
      if (await hasPolicyNamed(tx, accountId, name)) throw policyExists(name);
      await putPolicy(tx, policy);
      await insertVersion(tx, policy, { versionId: 'v1', document, createdAtMs: nowMs });
    });
    // AWS shows neither the description nor what only the list knows.
    return { Policy: { ...describePolicy(policy, 0), ...tagsOf(policy) } };
  };
}

function getPolicy({ database }: IamDependencies): Operation<Named, CreatePolicyResponse> {
  return async ({ accountId }, { PolicyArn }) => {
    const { policy, count, boundaries } = await database.read(async (queries) => {
      const found = await policyOf(queries, accountId, PolicyArn);
      const holders = await holdersOf(queries, accountId, PolicyArn);
      const used = await boundaryCount(queries, accountId, PolicyArn);
      return { policy: found, count: holders.length, boundaries: used };
    });
    const { description } = policy;
    return {
      Policy: {
        ...describePolicy(policy, count, boundaries),
        ...(description !== undefined && { Description: description }),
        Tags: policy.tags,
      },
    };
  };
}

function listPolicies({
  database,
}: IamDependencies): Operation<ListPoliciesRequest, ListPoliciesResponse> {
  return async ({ accountId }, { Scope = 'All', PathPrefix = '/', OnlyAttached, ...input }) => {
    const counted = await database.read(async (queries) => {
      const own = Scope === 'AWS' ? [] : await listPolicyRows(queries, accountId);
      const others = Scope === 'Local' ? [] : knownAwsPolicies().map(awsManagedPolicy);
      const policies = [...own, ...others].filter(({ path }) => path.startsWith(PathPrefix));
      const found: { readonly policy: ManagedPolicy; readonly count: number }[] = [];
      for (const policy of policies) {
        found.push({ policy, count: (await holdersOf(queries, accountId, policy.arn)).length });
      }
      return found;
    });
    const sorted = counted
      .filter(({ count }) => OnlyAttached !== true || count > 0)
      .sort((a, b) => (keyOf(a.policy.name) < keyOf(b.policy.name) ? -1 : 1));
    const page = pageOf(sorted, ({ policy }) => keyOf(policy.name), input);
    return {
      Policies: page.elements.map(({ policy, count }) => describePolicy(policy, count)),
      ...page.rest,
    };
  };
}

function deletePolicy({ database }: IamDependencies): Operation<Named, object> {
  return async ({ accountId }, { PolicyArn }) => {
    await database.transact(async (tx) => {
      const policy = await findPolicy(tx, accountId, PolicyArn);
      if (policy === undefined) throw noSuchPolicy(PolicyArn);
      await refuseInUse(tx, policy);
      await deletePolicyRows(tx, policy);
    });
    return {};
  };
}

/** @throws AwsError DeleteConflict */
async function refuseInUse(tx: Transaction, policy: ManagedPolicy): Promise<void> {
  const { accountId, arn } = policy;
  const holders = await holdersOf(tx, accountId, arn);
  if (holders.length > 0 || (await boundaryCount(tx, accountId, arn)) > 0) {
    throw deleteConflict('Cannot delete a policy attached to entities.');
  }
  if ((await listVersions(tx, policy)).length > 1) {
    throw deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
}

function listEntitiesForPolicy({
  database,
}: IamDependencies): Operation<ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse> {
  return async ({ accountId }, { PolicyArn, EntityFilter, ...input }) => {
    const holders = await database.read(async (queries) => {
      await policyOf(queries, accountId, PolicyArn);
      return await holdersOf(queries, accountId, PolicyArn);
    });
    const wanted = holders.filter(
      ({ kind }) => EntityFilter === undefined || EntityFilter.toLowerCase() === kind,
    );
    const page = pageOf(wanted, ({ kind, name }) => `${keyOf(name)} ${kind}`, input);
    const of = (kind: Kind) => page.elements.filter((one) => one.kind === kind);
    return {
      PolicyGroups: of('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: of('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyRoles: of('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      ...page.rest,
    };
  };
}
