import type { Queries } from '#ports/world/database.ts';
import type { Entity, Holder } from './model.ts';
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
