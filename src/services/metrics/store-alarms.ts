import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Alarm } from './alarm.ts';
import type { Scope } from './model.ts';

interface AlarmRow {
  readonly account_id: string;
  readonly region: string;
  readonly name: string;
  readonly kind: 'metric' | 'composite';
  readonly settings: string;
  readonly tags: string;
  readonly state: string;
  readonly configured_at_ms: number;
}

/** An account's alarm by its name. */
export async function findAlarm(
  queries: Queries,
  scope: Scope,
  name: string,
): Promise<Alarm | undefined> {
  const row = await queries.get<AlarmRow>(
    'SELECT * FROM metric_alarm WHERE account_id = $1 AND region = $2 AND name = $3',
    scope.accountId,
    scope.region,
    name,
  );
  return row === undefined ? undefined : alarmOf(row);
}

/** An account's alarms, by name. */
export async function listAlarms(queries: Queries, scope: Scope): Promise<Alarm[]> {
  const rows = await queries.all<AlarmRow>(
    'SELECT * FROM metric_alarm WHERE account_id = $1 AND region = $2 ORDER BY name',
    scope.accountId,
    scope.region,
  );
  return rows.map(alarmOf);
}

/** Every account's alarms. */
export async function listAllAlarms(queries: Queries): Promise<Alarm[]> {
  return (await queries.all<AlarmRow>('SELECT * FROM metric_alarm')).map(alarmOf);
}

/** Stores an alarm in place of one of its name. */
export async function putAlarm(tx: Transaction, alarm: Alarm): Promise<void> {
  await tx.run(
    `INSERT INTO metric_alarm VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (account_id, region, name) DO UPDATE SET kind = excluded.kind, settings = excluded.settings,
       tags = excluded.tags, state = excluded.state, configured_at_ms = excluded.configured_at_ms`,
    alarm.accountId,
    alarm.region,
    alarm.name,
    alarm.kind,
    JSON.stringify(alarm.settings),
    JSON.stringify(alarm.tags),
    JSON.stringify(alarm.state),
    alarm.configuredAtMs,
  );
}

/** Deletes an alarm; one that is not there is no error. */
export async function deleteAlarm(tx: Transaction, scope: Scope, name: string): Promise<void> {
  await tx.run(
    'DELETE FROM metric_alarm WHERE account_id = $1 AND region = $2 AND name = $3',
    scope.accountId,
    scope.region,
    name,
  );
}

function alarmOf(row: AlarmRow): Alarm {
  // Written by putAlarm: the kind says what the settings are.
  return {
    accountId: row.account_id,
    region: row.region,
    name: row.name,
    kind: row.kind,
    settings: JSON.parse(row.settings),
    tags: JSON.parse(row.tags),
    state: JSON.parse(row.state),
    configuredAtMs: Number(row.configured_at_ms),
  };
}
