/** Metric and subscription filters, and the account's policies and destinations. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Scope } from './model.ts';

export type FilterKind = 'metric' | 'subscription';

export interface StoredFilter<Settings = unknown> {
  readonly groupId: number;
  readonly groupName: string;
  readonly kind: FilterKind;
  readonly name: string;
  readonly pattern: string;
  readonly createdAtMs: number;
  readonly settings: Settings;
}

interface FilterRow {
  readonly group_id: number;
  readonly group_name: string;
  readonly kind: FilterKind;
  readonly name: string;
  readonly pattern: string;
  readonly created_at_ms: number;
  readonly settings: string;
}

const SELECT = `SELECT f.*, g.name AS group_name FROM log_filter f JOIN log_group g ON g.group_id = f.group_id`;

/** A group's filters, by kind and name. */
export async function listGroupFilters(queries: Queries, groupId: number): Promise<StoredFilter[]> {
  const rows = await queries.all<FilterRow>(
    `${SELECT} WHERE f.group_id = $1 ORDER BY f.kind, f.name`,
    groupId,
  );
  return rows.map(filterOf);
}

/** An account's filters of a kind, by group and name. */
export async function listFilters(
  queries: Queries,
  scope: Scope,
  kind: FilterKind,
): Promise<StoredFilter[]> {
  const rows = await queries.all<FilterRow>(
    `${SELECT} WHERE g.account_id = $1 AND g.region = $2 AND f.kind = $3 ORDER BY g.name, f.name`,
    scope.accountId,
    scope.region,
    kind,
  );
  return rows.map(filterOf);
}

/** Puts a filter in place of one of its kind and name, whose age it keeps. */
export async function putFilter(
  tx: Transaction,
  filter: Omit<StoredFilter, 'groupName'>,
): Promise<void> {
  await tx.run(
    `INSERT INTO log_filter VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (group_id, kind, name) DO UPDATE SET pattern = excluded.pattern, settings = excluded.settings`,
    filter.groupId,
    filter.kind,
    filter.name,
    filter.pattern,
    filter.createdAtMs,
    JSON.stringify(filter.settings),
  );
}

/** Deletes a filter; false where there was none. */
export async function deleteFilter(
  tx: Transaction,
  groupId: number,
  kind: FilterKind,
  name: string,
): Promise<boolean> {
  const sql = 'DELETE FROM log_filter WHERE group_id = $1 AND kind = $2 AND name = $3';
  return (await tx.run(sql, groupId, kind, name)) > 0;
}

function filterOf(row: FilterRow): StoredFilter {
  return {
    groupId: Number(row.group_id),
    groupName: row.group_name,
    kind: row.kind,
    name: row.name,
    pattern: row.pattern,
    createdAtMs: Number(row.created_at_ms),
    settings: JSON.parse(row.settings),
  };
}

export type SettingKind =
  | 'delivery'
  | 'delivery-destination'
  | 'delivery-source'
  | 'destination'
  | 'export-task'
  | 'query'
  | 'query-definition'
  | 'resource-policy';

export interface StoredSetting<Settings> {
  readonly name: string;
  readonly changedAtMs: number;
  readonly settings: Settings;
}

interface SettingRow {
  readonly name: string;
  readonly changed_at_ms: number;
  readonly settings: string;
}

/** An account's settings of a kind, by name. The caller knows what it once put there. */
export async function listSettings<Settings>(
  queries: Queries,
  { accountId, region }: Scope,
  kind: SettingKind,
): Promise<StoredSetting<Settings>[]> {
  const rows = await queries.all<SettingRow>(
    `SELECT name, changed_at_ms, settings FROM log_setting
     WHERE account_id = $1 AND region = $2 AND kind = $3 ORDER BY name`,
    accountId,
    region,
    kind,
  );
  return rows.map((row) => settingOf<Settings>(row));
}

function settingOf<Settings>(row: SettingRow): StoredSetting<Settings> {
  return {
    name: row.name,
    changedAtMs: Number(row.changed_at_ms),
    settings: JSON.parse(row.settings) as Settings,
  };
}

/** An account's setting of a kind and name, or `undefined`. */
export async function findSetting<Settings>(
  queries: Queries,
  { accountId, region }: Scope,
  kind: SettingKind,
  name: string,
): Promise<StoredSetting<Settings> | undefined> {
  const row = await queries.get<SettingRow>(
    `SELECT name, changed_at_ms, settings FROM log_setting
     WHERE account_id = $1 AND region = $2 AND kind = $3 AND name = $4`,
    accountId,
    region,
    kind,
    name,
  );
  return row && settingOf<Settings>(row);
}

export interface OwnedSetting<Settings> extends StoredSetting<Settings>, Scope {}

/** All accounts' settings of a kind. */
export async function findSettingsOfAll<Settings>(
  queries: Queries,
  kind: SettingKind,
): Promise<OwnedSetting<Settings>[]> {
  const rows = await queries.all<SettingRow & { account_id: string; region: string }>(
    'SELECT account_id, region, name, changed_at_ms, settings FROM log_setting WHERE kind = $1',
    kind,
  );
  return rows.map((row) => ({
    ...settingOf<Settings>(row),
    accountId: row.account_id,
    region: row.region,
  }));
}

/** Puts a setting in place of one of its kind and name. */
export async function putSetting(
  tx: Transaction,
  { accountId, region }: Scope,
  kind: SettingKind,
  { name, changedAtMs, settings }: StoredSetting<unknown>,
): Promise<void> {
  await tx.run(
    `INSERT INTO log_setting VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, region, kind, name)
     DO UPDATE SET changed_at_ms = excluded.changed_at_ms, settings = excluded.settings`,
    accountId,
    region,
    kind,
    name,
    changedAtMs,
    JSON.stringify(settings),
  );
}

/** Deletes a setting; false where there was none. */
export async function deleteSetting(
  tx: Transaction,
  { accountId, region }: Scope,
  kind: SettingKind,
  name: string,
): Promise<boolean> {
  const sql =
    'DELETE FROM log_setting WHERE account_id = $1 AND region = $2 AND kind = $3 AND name = $4';
  return (await tx.run(sql, accountId, region, kind, name)) > 0;
}
