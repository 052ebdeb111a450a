/** SQL of what happened to alarms; it stays when the alarm goes. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Alarm } from './alarm.ts';
import type { Scope } from './model.ts';

export type HistoryItemType = 'Action' | 'ConfigurationUpdate' | 'StateUpdate';

export interface NewHistoryItem {
  readonly type: HistoryItemType;
  readonly summary: string;
  readonly data: unknown;
}

export interface HistoryItem {
  /** In ms since 1970, and which of that moment's items. */
  readonly atMs: number;
  readonly item: number;
  readonly alarmName: string;
  readonly alarmType: string;
  readonly type: string;
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

interface HistoryRow {
  readonly at_ms: number;
  readonly item: number;
  readonly alarm_name: string;
  readonly alarm_type: string;
  readonly item_type: string;
  readonly summary: string;
  readonly data: string;
}

/** Notes one thing that happened to an alarm now. */
export async function noteHistory(
  tx: Transaction,
  { accountId, region, name, kind }: Pick<Alarm, 'kind' | 'name'> & Scope,
  atMs: number,
  { type, summary, data }: NewHistoryItem,
): Promise<void> {
  await tx.run(
    `INSERT INTO metric_alarm_history
       (account_id, region, at_ms, item, alarm_name, alarm_type, item_type, summary, data)
     SELECT $1, $2, $3, COALESCE(MAX(item), 0) + 1, $4, $5, $6, $7, $8
     FROM metric_alarm_history WHERE account_id = $1 AND region = $2 AND at_ms = $3`,
    accountId,
    region,
    atMs,
    name,
    kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
    type,
    summary,
    JSON.stringify(data),
  );
}

/** What happened in a range of time, the oldest first. */
export async function listHistory(
  queries: Queries,
  { accountId, region }: Scope,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Promise<HistoryItem[]> {
  const rows = await queries.all<HistoryRow>(
    `SELECT at_ms, item, alarm_name, alarm_type, item_type, summary, data
     FROM metric_alarm_history
     WHERE account_id = $1 AND region = $2 AND at_ms BETWEEN $3 AND $4 ORDER BY at_ms, item`,
    accountId,
    region,
    startMs,
    endMs,
  );
  return rows.map((row) => ({
    atMs: Number(row.at_ms),
    item: row.item,
    alarmName: row.alarm_name,
    alarmType: row.alarm_type,
    type: row.item_type,
    summary: row.summary,
    data: row.data,
  }));
}

/** Forgets what happened before a moment. */
export async function deleteOldHistory(tx: Transaction, beforeMs: number): Promise<void> {
  await tx.run('DELETE FROM metric_alarm_history WHERE at_ms < $1', beforeMs);
}
