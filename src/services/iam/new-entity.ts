import { uniqueId } from '#kernel/credential-ids.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { IamDependencies } from './dependencies.ts';
import { alreadyExists, limitExceeded } from './errors.ts';
import { TAGS_MAX } from './limits.ts';
import { ID_PREFIXES, type Entity, type Tag } from './model.ts';
import { findEntity, putEntity } from './store-entities.ts';

export type Draft = Pick<Entity, 'accountId' | 'kind' | 'name'> & {
  readonly path?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  readonly details?: Entity['details'];
};

/**
 * Makes an entity.
 * @throws AwsError EntityAlreadyExists, LimitExceeded
 */
export async function insertEntity(
  { clock, random }: IamDependencies,
  tx: Transaction,
  draft: Draft,
): Promise<Entity> {
  const { accountId, kind, name, path = '/', tags = [], details = {} } = draft;
  checkTagCount(tags);
  if (await findEntity(tx, accountId, kind, name)) throw alreadyExists(kind, name);
  const id = uniqueId(ID_PREFIXES[kind], random.bytes(11));
  const entity = { accountId, kind, name, id, path, tags, details, createdAtMs: clock.now() };
  await putEntity(tx, entity);
  return entity;
}

/** @throws AwsError LimitExceeded */
export function checkTagCount(tags: readonly Tag[]): void {
  if (tags.length <= TAGS_MAX) return;
  throw limitExceeded(`The number of tags has reached the maximum limit.`);
}
