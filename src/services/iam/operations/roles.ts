/** Roles: what Lambda's functions are. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
import type {
  CreateRoleRequest,
  CreateRoleResponse,
  ListRolesRequest,
  ListRolesResponse,
  UpdateAssumeRolePolicyRequest,
  UpdateRoleDescriptionRequest,
  UpdateRoleRequest,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, RequestContext, Service } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { deleteHolder } from '../delete-entity.ts';
import type { IamDependencies } from '../dependencies.ts';
import {
  boundaryOf,
  describeListedRole,
  describeRole,
  describeWholeRole,
  tagsOf,
} from '../describe.ts';
import { deleteConflict, limitExceeded, unmodifiable } from '../errors.ts';
import { SESSION_SECONDS_DEFAULT, TRUST_CHARACTERS_MAX } from '../limits.ts';
import { isServiceLinked, keyOf, type Entity, type EntityDetails } from '../model.ts';
import { insertEntity } from '../new-entity.ts';
import { pageOf } from '../paging.ts';
import { checkTrustPolicy, policyCharacters } from '../policy-document.ts';
import { getEntity, listEntities, putEntity } from '../store-entities.ts';

interface Named {
  readonly RoleName: string;
}

/** The operations on roles alone. */
export function roleOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    CreateRole: createRole(dependencies),
    DeleteRole: deleteRole(dependencies),
    GetRole: getRole(dependencies),
    ListRoles: listRoles(dependencies),
    UpdateAssumeRolePolicy: updateAssumeRolePolicy(dependencies),
    UpdateRole: updateRole(dependencies),
    UpdateRoleDescription: updateRoleDescription(dependencies),
  };
}

function createRole(
  dependencies: IamDependencies,
): Operation<CreateRoleRequest, CreateRoleResponse> {
  return async ({ accountId }, input) => {
    const { RoleName, Path, Tags, Description, PermissionsBoundary } = input;
    const trustPolicy = input.AssumeRolePolicyDocument;
    checkTrust(trustPolicy);
    const details: EntityDetails = {
      trustPolicy,
      sessionSecondsMax: input.MaxSessionDuration ?? SESSION_SECONDS_DEFAULT,
      ...(Description !== undefined && { description: Description }),
      ...(PermissionsBoundary !== undefined && { boundaryArn: PermissionsBoundary }),
    };
    const role = await dependencies.database.transact((tx) =>
      insertEntity(dependencies, tx, {
        accountId,
        kind: 'role',
        name: RoleName,
        path: Path,
        tags: Tags,
        details,
      }),
    );
    // Recorded: the answer has no MaxSessionDuration where the request had none.
    const describe = input.MaxSessionDuration === undefined ? describeRole : describeListedRole;
    return { Role: { ...describe(role), ...boundaryOf(role), ...tagsOf(role) } };
  };
}

function getRole({ database }: IamDependencies): Operation<Named, CreateRoleResponse> {
  return async ({ accountId }, { RoleName }) => {
    const role = await database.read((queries) => getEntity(queries, accountId, 'role', RoleName));
    return { Role: describeWholeRole(role) };
  };
}

function listRoles({ database }: IamDependencies): Operation<ListRolesRequest, ListRolesResponse> {
  return async ({ accountId }, { PathPrefix = '/', ...input }) => {
    const roles = await database.read((queries) =>
      listEntities(queries, accountId, 'role', PathPrefix),
    );
    const page = pageOf(roles, ({ name }) => keyOf(name), input);
    return { Roles: page.elements.map(describeListedRole), ...page.rest };
  };
}

function deleteRole({ database }: IamDependencies): Operation<Named, object> {
  return async ({ accountId }, { RoleName }) => {
    await database.transact(async (tx) => {
      const role = await getEntity(tx, accountId, 'role', RoleName);
      if (isServiceLinked(role)) throw unmodifiable(role.name);
      const profiles = await listEntities(tx, accountId, 'instance-profile', '/');
      if (profiles.some(({ details }) => details.roles?.includes(role.name))) {
        throw deleteConflict(
          'Cannot delete entity, must remove roles from instance profile first.',
        );
      }
      await deleteHolder(tx, role);
    });
    return {};
  };
}

function updateRole({ database }: IamDependencies): Operation<UpdateRoleRequest, object> {
  return async (context, { RoleName, Description, MaxSessionDuration }) => {
    await database.transact((tx) =>
      change(tx, context, RoleName, {
        sessionSecondsMax: MaxSessionDuration ?? SESSION_SECONDS_DEFAULT,
        ...(Description !== undefined && { description: Description }),
      }),
    );
    return {};
  };
}

function updateRoleDescription({
  database,
}: IamDependencies): Operation<UpdateRoleDescriptionRequest, CreateRoleResponse> {
  return async (context, { RoleName, Description }) => {
    const role = await database.transact((tx) =>
      change(tx, context, RoleName, { description: Description }),
    );
    return { Role: describeListedRole(role) };
  };
}

function updateAssumeRolePolicy({
  database,
}: IamDependencies): Operation<UpdateAssumeRolePolicyRequest, object> {
  return async (context, { RoleName, PolicyDocument }) => {
    checkTrust(PolicyDocument);
    await database.transact(async (tx) => {
      const role = await change(tx, context, RoleName, { trustPolicy: PolicyDocument });
      if (isServiceLinked(role)) throw unmodifiable(role.name);
    });
    return {};
  };
}

async function change(
  tx: Transaction,
  { accountId }: RequestContext,
  roleName: string,
  details: EntityDetails,
): Promise<Entity> {
  const role = await getEntity(tx, accountId, 'role', roleName);
  const changed = { ...role, details: { ...role.details, ...details } };
  await putEntity(tx, changed);
  return changed;
}

/** @throws AwsError MalformedPolicyDocument, LimitExceeded */
function checkTrust(document: string): void {
  checkTrustPolicy(document);
  if (policyCharacters(document) <= TRUST_CHARACTERS_MAX) return;
  throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${TRUST_CHARACTERS_MAX}`);
}
