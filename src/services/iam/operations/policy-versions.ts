/** Versions of managed policies. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html */
import type {
  CreatePolicyVersionRequest,
  CreatePolicyVersionResponse,
  DeletePolicyVersionRequest,
  ListPolicyVersionsRequest,
  ListPolicyVersionsResponse,
  PolicyVersion,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { awsManagedDocument, isAwsManaged } from '../aws-managed-policies.ts';
import type { IamDependencies } from '../dependencies.ts';
import { wholeSeconds } from '../describe.ts';
import { deleteConflict, limitExceeded, noSuchVersion } from '../errors.ts';
import { POLICY_VERSIONS_MAX } from '../limits.ts';
import type { ManagedPolicy, StoredVersion } from '../model.ts';
import { pageOf } from '../paging.ts';
import { encodeDocument } from '../policy-document.ts';
import { deleteVersionRow, insertVersion, listVersions, putPolicy } from '../store-policies.ts';
import { checkManagedPolicy, policyOf } from './policies.ts';

/** The operations on versions of managed policies. */
export function policyVersionOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    CreatePolicyVersion: createPolicyVersion(dependencies),
    DeletePolicyVersion: deletePolicyVersion(dependencies),
    GetPolicyVersion: getPolicyVersion(dependencies),
    ListPolicyVersions: listPolicyVersions(dependencies),
    SetDefaultPolicyVersion: setDefaultPolicyVersion(dependencies),
  };
}

function createPolicyVersion({
  clock,
  database,
}: IamDependencies): Operation<CreatePolicyVersionRequest, CreatePolicyVersionResponse> {
  return async ({ accountId }, { PolicyArn, PolicyDocument, SetAsDefault }) => {
    checkManagedPolicy(PolicyDocument);
    const made = await database.transact(async (tx) => {
      const policy = await policyOf(tx, accountId, PolicyArn);
      if ((await listVersions(tx, policy)).length >= POLICY_VERSIONS_MAX) {
        throw limitExceeded(
          `A managed policy can have up to ${POLICY_VERSIONS_MAX} versions. Before you create a new version, you must delete an existing version.`,
        );
      }
      const lastVersion = policy.lastVersion + 1;
      const versionId = `v${lastVersion}`;
      const version = { versionId, document: PolicyDocument, createdAtMs: clock.now() };
      const defaultVersion = SetAsDefault === true ? versionId : policy.defaultVersion;
      const changed = { ...policy, lastVersion, defaultVersion, updatedAtMs: clock.now() };
      await insertVersion(tx, policy, version);
      await putPolicy(tx, changed);
      return describe(changed, version);
    });
    return { PolicyVersion: made };
  };
}

function getPolicyVersion({
  database,
}: IamDependencies): Operation<DeletePolicyVersionRequest, CreatePolicyVersionResponse> {
  return async ({ accountId }, { PolicyArn, VersionId }) =>
    await database.read(async (queries) => {
      const policy = await policyOf(queries, accountId, PolicyArn);
      const version = await versionOf(queries, policy, VersionId);
      const Document = encodeDocument(version.document);
      return { PolicyVersion: { Document, ...describe(policy, version) } };
    });
}

function listPolicyVersions({
  database,
}: IamDependencies): Operation<ListPolicyVersionsRequest, ListPolicyVersionsResponse> {
  return async ({ accountId }, { PolicyArn, ...input }) =>
    await database.read(async (queries) => {
      const policy = await policyOf(queries, accountId, PolicyArn);
      const versions = await versionsOf(queries, policy);
      // The newest comes first: the key falls as versions grow.
      const key = ({ versionId }: StoredVersion): string =>
        String(1_000_000 - Number(versionId.slice(1)));
      const page = pageOf(versions, key, input);
      return { Versions: page.elements.map((one) => describe(policy, one)), ...page.rest };
    });
}

function deletePolicyVersion({
  database,
}: IamDependencies): Operation<DeletePolicyVersionRequest, object> {
  return async ({ accountId }, { PolicyArn, VersionId }) => {
    await database.transact(async (tx) => {
      const policy = await policyOf(tx, accountId, PolicyArn);
      await versionOf(tx, policy, VersionId);
      if (VersionId === policy.defaultVersion) {
        throw deleteConflict('Cannot delete the default version of a policy.');
      }
      await deleteVersionRow(tx, policy, VersionId);
    });
    return {};
  };
}

function setDefaultPolicyVersion({
  clock,
  database,
}: IamDependencies): Operation<DeletePolicyVersionRequest, object> {
  return async ({ accountId }, { PolicyArn, VersionId }) => {
    await database.transact(async (tx) => {
      const policy = await policyOf(tx, accountId, PolicyArn);
      await versionOf(tx, policy, VersionId);
      await putPolicy(tx, { ...policy, defaultVersion: VersionId, updatedAtMs: clock.now() });
    });
    return {};
  };
}

/** A policy's versions, the newest first; of AWS's own the one that is known. */
async function versionsOf(queries: Queries, policy: ManagedPolicy): Promise<StoredVersion[]> {
  if (!isAwsManaged(policy.arn)) return await listVersions(queries, policy);
  const document = awsManagedDocument(policy.arn);
  const { createdAtMs } = policy;
  return document === undefined ? [] : [{ versionId: 'v1', document, createdAtMs }];
}

/** @throws AwsError NoSuchEntity */
async function versionOf(
  queries: Queries,
  policy: ManagedPolicy,
  versionId: string,
): Promise<StoredVersion> {
  const versions = await versionsOf(queries, policy);
  const version = versions.find((one) => one.versionId === versionId);
  if (version === undefined) throw noSuchVersion(policy.arn, versionId);
  return version;
}

function describe(policy: ManagedPolicy, version: StoredVersion): PolicyVersion {
  return {
    VersionId: version.versionId,
    IsDefaultVersion: version.versionId === policy.defaultVersion,
    CreateDate: wholeSeconds(version.createdAtMs),
  };
}
