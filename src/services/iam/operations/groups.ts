/** Groups of users. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html */
import type {
  AddUserToGroupRequest,
  CreateGroupRequest,
  CreateGroupResponse,
  GetGroupRequest,
  GetGroupResponse,
  ListGroupsForUserRequest,
  ListGroupsRequest,
  ListGroupsResponse,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { deleteHolder } from '../delete-entity.ts';
import type { IamDependencies } from '../dependencies.ts';
import { describeGroup, describeUser } from '../describe.ts';
import { deleteConflict } from '../errors.ts';
import { keyOf } from '../model.ts';
import { insertEntity } from '../new-entity.ts';
import { pageOf } from '../paging.ts';
import {
  getEntity,
  groupsOfUser,
  joinGroup,
  leaveGroup,
  listEntities,
  usersOfGroup,
} from '../store-entities.ts';

/** The operations on groups alone. */
export function groupOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    AddUserToGroup: changeMembers(dependencies, joinGroup),
    CreateGroup: createGroup(dependencies),
    DeleteGroup: deleteGroup(dependencies),
    GetGroup: getGroup(dependencies),
    ListGroups: listGroups(dependencies),
    ListGroupsForUser: listGroupsForUser(dependencies),
    RemoveUserFromGroup: changeMembers(dependencies, leaveGroup),
  };
}

function createGroup(
  dependencies: IamDependencies,
): Operation<CreateGroupRequest, CreateGroupResponse> {
  return async ({ accountId }, { GroupName, Path }) => {
    const draft = { accountId, kind: 'group', name: GroupName, path: Path } as const;
    const group = await dependencies.database.transact((tx) =>
      insertEntity(dependencies, tx, draft),
    );
    return { Group: describeGroup(group) };
  };
}

function getGroup({ database }: IamDependencies): Operation<GetGroupRequest, GetGroupResponse> {
  return async ({ accountId }, { GroupName, ...input }) => {
    const { group, users } = await database.read(async (queries) => {
      const found = await getEntity(queries, accountId, 'group', GroupName);
      return { group: found, users: await usersOfGroup(queries, found) };
    });
    const page = pageOf(users, ({ name }) => keyOf(name), input);
    return { Group: describeGroup(group), Users: page.elements.map(describeUser), ...page.rest };
  };
}

function listGroups({
  database,
}: IamDependencies): Operation<ListGroupsRequest, ListGroupsResponse> {
  return async ({ accountId }, { PathPrefix = '/', ...input }) => {
    const groups = await database.read((queries) =>
      listEntities(queries, accountId, 'group', PathPrefix),
    );
    const page = pageOf(groups, ({ name }) => keyOf(name), input);
    return { Groups: page.elements.map(describeGroup), ...page.rest };
  };
}

function listGroupsForUser({
  database,
}: IamDependencies): Operation<ListGroupsForUserRequest, ListGroupsResponse> {
  return async ({ accountId }, { UserName, ...input }) => {
    const groups = await database.read(async (queries) =>
      groupsOfUser(queries, await getEntity(queries, accountId, 'user', UserName)),
    );
    const page = pageOf(groups, ({ name }) => keyOf(name), input);
    return { Groups: page.elements.map(describeGroup), ...page.rest };
  };
}

function deleteGroup({
  database,
}: IamDependencies): Operation<{ readonly GroupName: string }, object> {
  return async ({ accountId }, { GroupName }) => {
    await database.transact(async (tx) => {
      const group = await getEntity(tx, accountId, 'group', GroupName);
      if ((await usersOfGroup(tx, group)).length > 0) {
        throw deleteConflict('Cannot delete entity, must remove users from group first.');
      }
      await deleteHolder(tx, group);
    });
    return {};
  };
}

function changeMembers(
  { database }: IamDependencies,
  change: typeof joinGroup,
): Operation<AddUserToGroupRequest, object> {
  return async ({ accountId }, { GroupName, UserName }) => {
    await database.transact(async (tx) => {
      const group = await getEntity(tx, accountId, 'group', GroupName);
      await change(tx, group, await getEntity(tx, accountId, 'user', UserName));
    });
    return {};
  };
}
