/** New names and paths of users and groups. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html */
import type { UpdateGroupRequest, UpdateUserRequest } from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { alreadyExists } from '../errors.ts';
import { keyOf, type Entity } from '../model.ts';
import { listAccessKeyRows } from '../store-access-keys.ts';
import { findEntity, getEntity } from '../store-entities.ts';
import { renameEntity } from '../store-rename.ts';

/** The two operations. */
export function renameOperations({ database, forgetKey }: IamDependencies): Service['operations'] {
  const updateUser: Operation<UpdateUserRequest, object> = async ({ accountId }, input) => {
    const { UserName, NewUserName, NewPath } = input;
    const keys = await database.transact(async (tx) => {
      const user = await getEntity(tx, accountId, 'user', UserName);
      await rename(tx, user, { name: NewUserName, path: NewPath });
      return listAccessKeyRows(tx, { ...user, name: NewUserName ?? user.name });
    });
    // Whoever remembers them has their user's old name.
    for (const { accessKeyId } of keys) forgetKey(accessKeyId);
    return {};
  };
  const updateGroup: Operation<UpdateGroupRequest, object> = async ({ accountId }, input) => {
    const { GroupName, NewGroupName, NewPath } = input;
    await database.transact(async (tx) => {
      const group = await getEntity(tx, accountId, 'group', GroupName);
      await rename(tx, group, { name: NewGroupName, path: NewPath });
    });
    return {};
  };
  return { UpdateUser: updateUser, UpdateGroup: updateGroup };
}

async function rename(
  tx: Transaction,
  entity: Entity,
  change: { readonly name: string | undefined; readonly path: string | undefined },
): Promise<void> {
  const { name = entity.name, path = entity.path } = change;
  const other = await findEntity(tx, entity.accountId, entity.kind, name);
  if (other !== undefined && keyOf(name) !== keyOf(entity.name)) {
    throw alreadyExists(entity.kind, name);
  }
  await renameEntity(tx, entity, { name, path });
}
