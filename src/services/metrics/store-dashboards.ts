/** SQL of dashboards, which an account has in no Region. */
import type { Queries, Transaction } from '#ports/world/database.ts';

export interface Dashboard {
  readonly name: string;
  /** JSON, as it was given. */
  readonly body: string;
  /** In ms since 1970. */
  readonly modifiedAtMs: number;
}

interface DashboardRow {
  readonly name: string;
  readonly body: string;
  readonly modified_ms: number;
}

/** Stores a dashboard, over one of its name. */
export async function putDashboardRow(
  tx: Transaction,
  accountId: string,
  { name, body, modifiedAtMs }: Dashboard,
): Promise<void> {
  await tx.run(
    `INSERT INTO metric_dashboard (account_id, name, body, modified_ms) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, name) DO UPDATE SET
       body = excluded.body, modified_ms = excluded.modified_ms`,
    accountId,
    name,
    body,
    modifiedAtMs,
  );
}

/** A dashboard, or `undefined`. */
export async function findDashboard(
  queries: Queries,
  accountId: string,
  name: string,
): Promise<Dashboard | undefined> {
  const row = await queries.get<DashboardRow>(
    'SELECT name, body, modified_ms FROM metric_dashboard WHERE account_id = $1 AND name = $2',
    accountId,
    name,
  );
  return row && dashboardOf(row);
}

/** Dashboards after a name, by their names. */
export async function listDashboardRows(
  queries: Queries,
  accountId: string,
  { prefix, after, limit }: { prefix: string; after: string; limit: number },
): Promise<Dashboard[]> {
  const rows = await queries.all<DashboardRow>(
    `SELECT name, body, modified_ms FROM metric_dashboard
     WHERE account_id = $1 AND substr(name, 1, $2) = $3 AND name > $4 ORDER BY name LIMIT $5`,
    accountId,
    prefix.length,
    prefix,
    after,
    limit,
  );
  return rows.map(dashboardOf);
}

/** Takes a dashboard away. */
export async function deleteDashboardRow(
  tx: Transaction,
  accountId: string,
  name: string,
): Promise<void> {
  await tx.run('DELETE FROM metric_dashboard WHERE account_id = $1 AND name = $2', accountId, name);
}

function dashboardOf({ name, body, modified_ms: modifiedAtMs }: DashboardRow): Dashboard {
  return { name, body, modifiedAtMs };
}
