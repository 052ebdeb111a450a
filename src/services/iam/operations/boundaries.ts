/** Permissions boundaries of roles and users. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
import type { Operation, Service } from '#aws/operation.ts';
import type { IamDependencies } from '../dependencies.ts';
import { holderOf, WORDS, type HolderInput } from '../holder.ts';
import { putEntity } from '../store-entities.ts';
import { policyOf } from './policies.ts';

interface Input extends HolderInput {
  readonly PermissionsBoundary?: string;
}

/** `PutRolePermissionsBoundary` and its like. */
export function boundaryOperations(
  { database }: IamDependencies,
  kind: 'role' | 'user',
): Service['operations'] {
  const put: Operation<Input, object> = async ({ accountId }, input) => {
    const { PermissionsBoundary: boundaryArn = '' } = input;
    await database.transact(async (tx) => {
      const holder = await holderOf(tx, accountId, kind, input);
      await policyOf(tx, accountId, boundaryArn);
      await putEntity(tx, { ...holder, details: { ...holder.details, boundaryArn } });
    });
    return {};
  };
  const remove: Operation<Input, object> = async ({ accountId }, input) => {
    await database.transact(async (tx) => {
      const holder = await holderOf(tx, accountId, kind, input);
      const { boundaryArn: _, ...details } = holder.details;
      await putEntity(tx, { ...holder, details });
    });
    return {};
  };
  return {
    [`Put${WORDS[kind]}PermissionsBoundary`]: put,
    [`Delete${WORDS[kind]}PermissionsBoundary`]: remove,
  };
}
