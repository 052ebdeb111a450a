/** Access keys of users. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
import { accessKeyId, secretAccessKey } from '#kernel/credential-ids.ts';
import type {
  AccessKey,
  CreateAccessKeyRequest,
  CreateAccessKeyResponse,
  DeleteAccessKeyRequest,
  GetAccessKeyLastUsedRequest,
  GetAccessKeyLastUsedResponse,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
  UpdateAccessKeyRequest,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, RequestContext, Service } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { wholeSeconds } from '../describe.ts';
import { limitExceeded, noSuchAccessKey } from '../errors.ts';
import { ACCESS_KEYS_MAX } from '../limits.ts';
import type { Entity, StoredAccessKey } from '../model.ts';
import { pageOf } from '../paging.ts';
import {
  deleteAccessKeyRow,
  findCredential,
  listAccessKeyRows,
  putAccessKey,
} from '../store-access-keys.ts';
import { getEntity } from '../store-entities.ts';
import { userNameOf } from '../user-name.ts';

/** The operations on access keys. */
export function accessKeyOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    CreateAccessKey: createAccessKey(dependencies),
    DeleteAccessKey: deleteAccessKey(dependencies),
    GetAccessKeyLastUsed: getAccessKeyLastUsed(dependencies),
    ListAccessKeys: listAccessKeys(dependencies),
    UpdateAccessKey: updateAccessKey(dependencies),
  };
}

function createAccessKey({
  clock,
  database,
  random,
}: IamDependencies): Operation<CreateAccessKeyRequest, CreateAccessKeyResponse> {
  return async (context, input) => {
    const key = await database.transact(async (tx) => {
      const user = await userOf(tx, context, input.UserName);
      if ((await listAccessKeyRows(tx, user)).length >= ACCESS_KEYS_MAX) {
        throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${ACCESS_KEYS_MAX}`);
      }
      const made: StoredAccessKey = {
        accessKeyId: accessKeyId('AKIA', user.accountId, random.bytes(10)),
        accountId: user.accountId,
        userName: user.name,
        secretAccessKey: secretAccessKey(random.bytes(30)),
        isActive: true,
        createdAtMs: clock.now(),
      };
      await putAccessKey(tx, made);
      return made;
    });
    return { AccessKey: { ...describe(key), SecretAccessKey: key.secretAccessKey } };
  };
}

function listAccessKeys({
  database,
}: IamDependencies): Operation<ListAccessKeysRequest, ListAccessKeysResponse> {
  return async (context, input) => {
    const keys = await database.read(async (queries) =>
      listAccessKeyRows(queries, await userOf(queries, context, input.UserName)),
    );
    const page = pageOf(keys, (key) => `${key.createdAtMs} ${key.accessKeyId}`, input);
    return { AccessKeyMetadata: page.elements.map(describe), ...page.rest };
  };
}

function updateAccessKey({
  database,
  forgetKey,
}: IamDependencies): Operation<UpdateAccessKeyRequest, object> {
  return async (context, { UserName, AccessKeyId, Status }) => {
    await database.transact(async (tx) => {
      const key = await keyOfUser(tx, await userOf(tx, context, UserName), AccessKeyId);
      await putAccessKey(tx, { ...key, isActive: Status === 'Active' });
    });
    forgetKey(AccessKeyId);
    return {};
  };
}

function deleteAccessKey({
  database,
  forgetKey,
}: IamDependencies): Operation<DeleteAccessKeyRequest, object> {
  return async (context, { UserName, AccessKeyId }) => {
    await database.transact(async (tx) => {
      await keyOfUser(tx, await userOf(tx, context, UserName), AccessKeyId);
      await deleteAccessKeyRow(tx, AccessKeyId);
    });
    forgetKey(AccessKeyId);
    return {};
  };
}

/** When a key was last used is not kept: AWS's answer for a key that was never used. */
function getAccessKeyLastUsed({
  database,
}: IamDependencies): Operation<GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse> {
  return async (_, { AccessKeyId }) => {
    const known = await database.read((queries) => findCredential(queries, AccessKeyId));
    if (known === undefined) throw noSuchAccessKey(AccessKeyId);
    return {
      UserName: userNameOf(known.principal, undefined),
      AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
    };
  };
}

async function userOf(
  queries: Queries,
  { accountId, principal }: RequestContext,
  named: string | undefined,
): Promise<Entity> {
  return await getEntity(queries, accountId, 'user', userNameOf(principal, named));
}

/** @throws AwsError NoSuchEntity */
async function keyOfUser(queries: Queries, user: Entity, id: string): Promise<StoredAccessKey> {
  const key = (await listAccessKeyRows(queries, user)).find((one) => one.accessKeyId === id);
  if (key === undefined) throw noSuchAccessKey(id);
  return key;
}

function describe(key: StoredAccessKey): Omit<AccessKey, 'SecretAccessKey'> {
  return {
    UserName: key.userName,
    AccessKeyId: key.accessKeyId,
    Status: key.isActive ? 'Active' : 'Inactive',
    CreateDate: wholeSeconds(key.createdAtMs),
  };
}
