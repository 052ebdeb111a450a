import type { Queries, SqlValue, Transaction } from '#ports/world/database.ts';
import { noLogGroup } from './errors.ts';
import type { LogGroup, Scope } from './model.ts';

interface GroupRow {
  readonly group_id: number;
  readonly account_id: string;
  readonly region: string;
  readonly name: string;
  readonly created_at_ms: number;
  readonly retention_days: number | null;
  readonly kms_key_id: string | null;
  readonly class: string;
  readonly is_protected: number;
  readonly tags: string;
}

/** The next number of a kind; never given again. */
export async function nextNumber(tx: Transaction, kind: 'group' | 'stream'): Promise<number> {
  const row = await tx.get<{ value: number }>(
    `INSERT INTO log_number VALUES ($1, 1)
     ON CONFLICT (kind) DO UPDATE SET value = log_number.value + 1 RETURNING value`,
    kind,
  );
  return Number(row?.value);
}

/** An account's group by its name. */
export async function findGroup(
  queries: Queries,
  scope: Scope,
  name: string,
): Promise<LogGroup | undefined> {
  const row = await queries.get<GroupRow>(
    'SELECT * FROM log_group WHERE account_id = $1 AND region = $2 AND name = $3',
    scope.accountId,
    scope.region,
    name,
  );
  return row === undefined ? undefined : groupOf(row);
}

/** @throws AwsError ResourceNotFoundException */
export async function requireGroup(
  queries: Queries,
  scope: Scope,
  name: string,
): Promise<LogGroup> {
  const group = await findGroup(queries, scope, name);
  if (group === undefined) throw noLogGroup();
  return group;
}

/** Stores a group whose name is free. */
export async function insertGroup(tx: Transaction, group: LogGroup): Promise<void> {
  await tx.run(
    'INSERT INTO log_group VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    group.groupId,
    group.accountId,
    group.region,
    group.name,
    group.createdAtMs,
    group.retentionDays ?? null,
    group.kmsKeyId ?? null,
    group.class,
    Number(group.isProtected),
    JSON.stringify(group.tags),
  );
}

type Change = Partial<Pick<LogGroup, 'isProtected' | 'tags'>> & {
  readonly retentionDays?: number | null;
  readonly kmsKeyId?: string | null;
};

/** Changes what is given of a group; `null` takes it away. */
export async function updateGroup(tx: Transaction, groupId: number, change: Change): Promise<void> {
  const columns: Record<string, SqlValue | undefined> = {
    retention_days: change.retentionDays,
    kms_key_id: change.kmsKeyId,
    is_protected: change.isProtected === undefined ? undefined : Number(change.isProtected),
    tags: change.tags === undefined ? undefined : JSON.stringify(change.tags),
  };
  for (const [column, value] of Object.entries(columns)) {
    if (value !== undefined)
      await tx.run(`UPDATE log_group SET ${column} = $1 WHERE group_id = $2`, value, groupId);
  }
}

/** Deletes the group at once, its events by and by. */
export async function deleteGroup(tx: Transaction, groupId: number): Promise<void> {
  await tx.run('DELETE FROM log_group WHERE group_id = $1', groupId);
  await tx.run('DELETE FROM log_stream WHERE group_id = $1', groupId);
  await tx.run('DELETE FROM log_filter WHERE group_id = $1', groupId);
  await tx.run('INSERT INTO log_garbage VALUES ($1, 0)', groupId);
}

/** Groups by name, after one, at most `limit`. */
export async function listGroups(
  queries: Queries,
  scope: Scope,
  after: string,
  limit: number,
): Promise<LogGroup[]> {
  const rows = await queries.all<GroupRow>(
    'SELECT * FROM log_group WHERE account_id = $1 AND region = $2 AND name > $3 ORDER BY name LIMIT $4',
    scope.accountId,
    scope.region,
    after,
    limit,
  );
  return rows.map(groupOf);
}

/** Every group that keeps its events for a time only. */
export async function listGroupsWithRetention(queries: Queries): Promise<LogGroup[]> {
  const rows = await queries.all<GroupRow>(
    'SELECT * FROM log_group WHERE retention_days IS NOT NULL',
  );
  return rows.map(groupOf);
}

/** Bytes of all the group's streams, and the number of its metric filters. */
export async function measureGroup(
  queries: Queries,
  groupId: number,
): Promise<{ readonly storedBytes: number; readonly metricFilterCount: number }> {
  const bytes = await queries.get<{ sum: number | string | null }>(
    'SELECT SUM(stored_bytes) AS sum FROM log_stream WHERE group_id = $1',
    groupId,
  );
  const filters = await queries.get<{ count: number | string }>(
    "SELECT COUNT(*) AS count FROM log_filter WHERE group_id = $1 AND kind = 'metric'",
    groupId,
  );
  return { storedBytes: Number(bytes?.sum ?? 0), metricFilterCount: Number(filters?.count ?? 0) };
}

function groupOf(row: GroupRow): LogGroup {
  return {
    groupId: Number(row.group_id),
    accountId: row.account_id,
    region: row.region,
    name: row.name,
    createdAtMs: Number(row.created_at_ms),
    ...(row.retention_days === null ? {} : { retentionDays: Number(row.retention_days) }),
    ...(row.kms_key_id === null ? {} : { kmsKeyId: row.kms_key_id }),
    class: row.class,
    isProtected: Number(row.is_protected) === 1,
    // Written by insertGroup or updateGroup.
    tags: JSON.parse(row.tags) as Record<string, string>,
  };
}
