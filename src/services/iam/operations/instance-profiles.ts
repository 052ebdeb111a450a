/** Instance profiles, which tools look for before they delete a role. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html */
import type {
  AddRoleToInstanceProfileRequest,
  CreateInstanceProfileRequest,
  CreateInstanceProfileResponse,
  InstanceProfile,
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesRequest,
  ListInstanceProfilesResponse,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { describeInstanceProfile } from '../describe.ts';
import { deleteConflict, limitExceeded, noSuchEntity } from '../errors.ts';
import { keyOf, type Entity } from '../model.ts';
import { insertEntity } from '../new-entity.ts';
import { pageOf } from '../paging.ts';
import {
  deleteEntityRow,
  findEntity,
  getEntity,
  listEntities,
  putEntity,
} from '../store-entities.ts';

interface Named {
  readonly InstanceProfileName: string;
}

const KIND = 'instance-profile';

/** The operations on instance profiles. */
export function instanceProfileOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    AddRoleToInstanceProfile: addRole(dependencies),
    CreateInstanceProfile: createInstanceProfile(dependencies),
    DeleteInstanceProfile: deleteInstanceProfile(dependencies),
    GetInstanceProfile: getInstanceProfile(dependencies),
    ListInstanceProfiles: listInstanceProfiles(dependencies),
    ListInstanceProfilesForRole: listForRole(dependencies),
    RemoveRoleFromInstanceProfile: removeRole(dependencies),
  };
}

function createInstanceProfile(
  dependencies: IamDependencies,
): Operation<CreateInstanceProfileRequest, CreateInstanceProfileResponse> {
  return async ({ accountId }, { InstanceProfileName: name, Path: path, Tags: tags }) => {
    const profile = await dependencies.database.transact((tx) =>
      insertEntity(dependencies, tx, { accountId, kind: KIND, name, path, tags }),
    );
    return { InstanceProfile: describeInstanceProfile(profile, []) };
  };
}

function getInstanceProfile({
  database,
}: IamDependencies): Operation<Named, CreateInstanceProfileResponse> {
  return async ({ accountId }, { InstanceProfileName }) =>
    await database.read(async (queries) => {
      const profile = await getEntity(queries, accountId, KIND, InstanceProfileName);
      return { InstanceProfile: await describe(queries, profile) };
    });
}

function listInstanceProfiles({
  database,
}: IamDependencies): Operation<ListInstanceProfilesRequest, ListInstanceProfilesResponse> {
  return async ({ accountId }, { PathPrefix = '/', ...input }) =>
    await database.read(async (queries) => {
      const profiles = await listEntities(queries, accountId, KIND, PathPrefix);
      const page = pageOf(profiles, ({ name }) => keyOf(name), input);
      return { InstanceProfiles: await describeAll(queries, page.elements), ...page.rest };
    });
}

function listForRole({
  database,
}: IamDependencies): Operation<ListInstanceProfilesForRoleRequest, ListInstanceProfilesResponse> {
  return async ({ accountId }, { RoleName, ...input }) =>
    await database.read(async (queries) => {
      const role = await getEntity(queries, accountId, 'role', RoleName);
      const all = await listEntities(queries, accountId, KIND, '/');
      const profiles = all.filter(({ details }) => details.roles?.includes(role.name));
      const page = pageOf(profiles, ({ name }) => keyOf(name), input);
      return { InstanceProfiles: await describeAll(queries, page.elements), ...page.rest };
    });
}

function deleteInstanceProfile({ database }: IamDependencies): Operation<Named, object> {
  return async ({ accountId }, { InstanceProfileName }) => {
    await database.transact(async (tx) => {
      const profile = await getEntity(tx, accountId, KIND, InstanceProfileName);
      if ((profile.details.roles ?? []).length > 0) {
        throw deleteConflict(
          'Cannot delete entity, must remove roles from instance profile first.',
        );
      }
      await deleteEntityRow(tx, profile);
    });
    return {};
  };
}

function addRole({
  database,
}: IamDependencies): Operation<AddRoleToInstanceProfileRequest, object> {
  return async ({ accountId }, { InstanceProfileName, RoleName }) => {
    await database.transact(async (tx) => {
      const profile = await getEntity(tx, accountId, KIND, InstanceProfileName);
      const role = await getEntity(tx, accountId, 'role', RoleName);
      if ((profile.details.roles ?? []).length > 0) {
        throw limitExceeded('Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1');
      }
      await putEntity(tx, { ...profile, details: { roles: [role.name] } });
    });
    return {};
  };
}

function removeRole({
  database,
}: IamDependencies): Operation<AddRoleToInstanceProfileRequest, object> {
  return async ({ accountId }, { InstanceProfileName, RoleName }) => {
    await database.transact(async (tx) => {
      const profile = await getEntity(tx, accountId, KIND, InstanceProfileName);
      const roles = profile.details.roles ?? [];
      const left = roles.filter((name) => keyOf(name) !== keyOf(RoleName));
      if (left.length === roles.length) throw noSuchEntity('role', RoleName);
      await putEntity(tx, { ...profile, details: { roles: left } });
    });
    return {};
  };
}

async function describe(queries: Queries, profile: Entity): Promise<InstanceProfile> {
  const roles: Entity[] = [];
  for (const name of profile.details.roles ?? []) {
    const role = await findEntity(queries, profile.accountId, 'role', name);
    if (role !== undefined) roles.push(role);
  }
  return describeInstanceProfile(profile, roles);
}

async function describeAll(
  queries: Queries,
  profiles: readonly Entity[],
): Promise<InstanceProfile[]> {
  const described: InstanceProfile[] = [];
  for (const profile of profiles) described.push(await describe(queries, profile));
  return described;
}
