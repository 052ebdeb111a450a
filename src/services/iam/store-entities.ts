/** SQL of roles, users, groups and instance profiles. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { noSuchEntity } from './errors.ts';
import { keyOf, type Entity, type EntityDetails, type Kind, type Tag } from './model.ts';

interface EntityRow {
  readonly account_id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly tags: string;
  readonly details: string;
  readonly created_ms: number;
}

const COLUMNS = 'account_id, kind, name, id, path, tags, details, created_ms';

function entityOf(row: EntityRow): Entity {
  return {
    accountId: row.account_id,
    kind: row.kind,
    name: row.name,
    id: row.id,
    path: row.path,
    createdAtMs: row.created_ms,
    // Both were written by this file.
    tags: JSON.parse(row.tags) as Tag[],
    details: JSON.parse(row.details) as EntityDetails,
  };
}

/** An entity by its name, in whatever case. */
export async function findEntity(
  queries: Queries,
  accountId: string,
  kind: Kind,
  name: string,
): Promise<Entity | undefined> {
  const row = await queries.get<EntityRow>(
    `SELECT ${COLUMNS} FROM iam_entities WHERE account_id = $1 AND kind = $2 AND name_key = $3`,
    accountId,
    kind,
    keyOf(name),
  );
  return row === undefined ? undefined : entityOf(row);
}

/**
 * An entity that has to be there.
 * @throws AwsError NoSuchEntity
 */
export async function getEntity(
  queries: Queries,
  accountId: string,
  kind: Kind,
  name: string,
): Promise<Entity> {
  const entity = await findEntity(queries, accountId, kind, name);
  if (entity === undefined) throw noSuchEntity(kind, name);
  return entity;
}

/** All entities of a kind whose path begins so, by their names. */
export async function listEntities(
  queries: Queries,
  accountId: string,
  kind: Kind,
  pathPrefix: string,
): Promise<Entity[]> {
  const rows = await queries.all<EntityRow>(
    `SELECT ${COLUMNS} FROM iam_entities
     WHERE account_id = $1 AND kind = $2 AND substr(path, 1, $3) = $4 ORDER BY name_key`,
    accountId,
    kind,
    pathPrefix.length,
    pathPrefix,
  );
  return rows.map(entityOf);
}

/** How many roles and users have a policy as their boundary. */
export async function boundaryCount(
  queries: Queries,
  accountId: string,
  arn: string,
): Promise<number> {
  const roles = await listEntities(queries, accountId, 'role', '/');
  const users = await listEntities(queries, accountId, 'user', '/');
  return [...roles, ...users].filter(({ details }) => details.boundaryArn === arn).length;
}

/** Stores a new entity, or the new state of one that is there. */
export async function putEntity(tx: Transaction, entity: Entity): Promise<void> {
  await tx.run(
    `INSERT INTO iam_entities (${COLUMNS}, name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (account_id, kind, name_key) DO UPDATE SET path = excluded.path,
       tags = excluded.tags, details = excluded.details`,
    entity.accountId,
    entity.kind,
    entity.name,
    entity.id,
    entity.path,
    JSON.stringify(entity.tags),
    JSON.stringify(entity.details),
    entity.createdAtMs,
    keyOf(entity.name),
  );
}

/** Takes an entity's own row away. */
export async function deleteEntityRow(tx: Transaction, entity: Entity): Promise<void> {
  await tx.run(
    'DELETE FROM iam_entities WHERE account_id = $1 AND kind = $2 AND name_key = $3',
    entity.accountId,
    entity.kind,
    keyOf(entity.name),
  );
}

/** Groups of a user, by their names. */
export async function groupsOfUser(queries: Queries, user: Entity): Promise<Entity[]> {
  const rows = await queries.all<EntityRow>(
    `SELECT ${COLUMNS} FROM iam_entities e WHERE account_id = $1 AND kind = 'group'
     AND EXISTS (SELECT 1 FROM iam_group_members m WHERE m.account_id = e.account_id
       AND m.group_key = e.name_key AND m.user_key = $2) ORDER BY name_key`,
    user.accountId,
    keyOf(user.name),
  );
  return rows.map(entityOf);
}

/** Users of a group, by their names. */
export async function usersOfGroup(queries: Queries, group: Entity): Promise<Entity[]> {
  const rows = await queries.all<EntityRow>(
    `SELECT ${COLUMNS} FROM iam_entities e WHERE account_id = $1 AND kind = 'user'
     AND EXISTS (SELECT 1 FROM iam_group_members m WHERE m.account_id = e.account_id
       AND m.user_key = e.name_key AND m.group_key = $2) ORDER BY name_key`,
    group.accountId,
    keyOf(group.name),
  );
  return rows.map(entityOf);
}

/** Puts a user into a group; once is enough. */
export async function joinGroup(tx: Transaction, group: Entity, user: Entity): Promise<void> {
  await tx.run(
    `INSERT INTO iam_group_members (account_id, group_key, user_key) VALUES ($1, $2, $3)
     ON CONFLICT (account_id, group_key, user_key) DO NOTHING`,
    group.accountId,
    keyOf(group.name),
    keyOf(user.name),
  );
}

/** Takes a user out of a group. */
export async function leaveGroup(tx: Transaction, group: Entity, user: Entity): Promise<void> {
  await tx.run(
    'DELETE FROM iam_group_members WHERE account_id = $1 AND group_key = $2 AND user_key = $3',
    group.accountId,
    keyOf(group.name),
    keyOf(user.name),
  );
}
