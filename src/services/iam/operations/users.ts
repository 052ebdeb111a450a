/** Users. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
import type {
  CreateUserRequest,
  CreateUserResponse,
  GetUserRequest,
  ListUsersRequest,
  ListUsersResponse,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { deleteHolder } from '../delete-entity.ts';
import type { IamDependencies } from '../dependencies.ts';
import { describeUser, describeWholeUser } from '../describe.ts';
import { deleteConflict } from '../errors.ts';
import { keyOf } from '../model.ts';
import { insertEntity } from '../new-entity.ts';
import { pageOf } from '../paging.ts';
import { listAccessKeyRows } from '../store-access-keys.ts';
import { listDocuments } from '../store-documents.ts';
import { getEntity, groupsOfUser, listEntities } from '../store-entities.ts';
import { deleteCredential, listCredentials } from '../store-service-credentials.ts';
import { userNameOf } from '../user-name.ts';

/** The operations on users alone. */
export function userOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    CreateUser: createUser(dependencies),
    DeleteUser: deleteUser(dependencies),
    GetUser: getUser(dependencies),
    ListUsers: listUsers(dependencies),
  };
}

function createUser(
  dependencies: IamDependencies,
): Operation<CreateUserRequest, CreateUserResponse> {
  return async ({ accountId }, { UserName, Path, Tags, PermissionsBoundary }) => {
    const user = await dependencies.database.transact((tx) =>
      insertEntity(dependencies, tx, {
        accountId,
        kind: 'user',
        name: UserName,
        path: Path,
        tags: Tags,
        details: PermissionsBoundary === undefined ? {} : { boundaryArn: PermissionsBoundary },
      }),
    );
    return { User: describeWholeUser(user) };
  };
}

function getUser({ database }: IamDependencies): Operation<GetUserRequest, CreateUserResponse> {
  return async ({ accountId, principal }, input) => {
    if (input.UserName === undefined && principal.arn.endsWith(':root')) {
      // Root is no user and has no name; AWS answers its own shape for it.
      const root = { UserId: accountId, Arn: principal.arn, CreateDate: 0 };
      return { User: root as unknown as NonNullable<CreateUserResponse['User']> };
    }
    const name = userNameOf(principal, input.UserName);
    const user = await database.read((queries) => getEntity(queries, accountId, 'user', name));
    return { User: describeWholeUser(user) };
  };
}

function listUsers({ database }: IamDependencies): Operation<ListUsersRequest, ListUsersResponse> {
  return async ({ accountId }, { PathPrefix = '/', ...input }) => {
    const users = await database.read((queries) =>
      listEntities(queries, accountId, 'user', PathPrefix),
    );
    const page = pageOf(users, ({ name }) => keyOf(name), input);
    return { Users: page.elements.map(describeUser), ...page.rest };
  };
}

/** What has to go before its user. */
const HELD = [
  ['login-profile', 'delete login profile'],
  ['mfa-device', 'deactivate MFA device'],
  ['signing-certificate', 'delete signing certificates'],
  ['ssh-key', 'delete SSH public keys'],
] as const;

function deleteUser({
  database,
}: IamDependencies): Operation<{ readonly UserName: string }, object> {
  return async ({ accountId }, { UserName }) => {
    await database.transact(async (tx) => {
      const user = await getEntity(tx, accountId, 'user', UserName);
      if ((await listAccessKeyRows(tx, user)).length > 0) {
        throw deleteConflict('Cannot delete entity, must delete access keys first.');
      }
      if ((await groupsOfUser(tx, user)).length > 0) {
        throw deleteConflict('Cannot delete entity, must remove users from group first.');
      }
      for (const [kind, words] of HELD) {
        if ((await listDocuments(tx, accountId, kind, user.name)).length === 0) continue;
        throw deleteConflict(`Cannot delete entity, must ${words} first.`);
      }
      for (const credential of await listCredentials(tx, accountId, user.name)) {
        await deleteCredential(tx, credential);
      }
      await deleteHolder(tx, user);
    });
    return {};
  };
}
