import type { Queries } from '#ports/world/database.ts';
import { unmodifiable } from './errors.ts';
import { isServiceLinked, type Entity, type Holder } from './model.ts';
import type { PageInput } from './paging.ts';
import { getEntity } from './store-entities.ts';

/** How operations call a kind: `PutRolePolicy`, `RoleName`. */
export const WORDS = { role: 'Role', user: 'User', group: 'Group' } as const;

/** What the operations on policies of roles, users and groups are given. */
export interface HolderInput extends PageInput {
  readonly RoleName?: string;
  readonly UserName?: string;
  readonly GroupName?: string;
  readonly PolicyName?: string;
  readonly PolicyDocument?: string;
  readonly PolicyArn?: string;
}

/**
 * The role, user or group that a request names.
 * @throws AwsError NoSuchEntity
 */
export async function holderOf(
  queries: Queries,
  accountId: string,
  kind: Holder,
  input: HolderInput,
): Promise<Entity> {
  return await getEntity(queries, accountId, kind, input[`${WORDS[kind]}Name`] ?? '');
}

/**
 * The role, user or group whose policies a request changes.
 * @throws AwsError NoSuchEntity, UnmodifiableEntity
 */
export async function changedHolder(
  queries: Queries,
  accountId: string,
  kind: Holder,
  input: HolderInput,
): Promise<Entity> {
  const holder = await holderOf(queries, accountId, kind, input);
  if (isServiceLinked(holder)) throw unmodifiable(holder.name);
  return holder;
}
