/** Schedules and groups on the database: the only SQL of this service. */
import type { Queries, Schema, Transaction } from '#ports/world/database.ts';
import type { Firing, Group, Place, Schedule, ScheduleAddress } from './model.ts';

/** Bodies are JSON of the types in model.ts; times are ms since 1970. */
export const schedulerSchema: Schema = {
  name: 'scheduler',
  steps: [
    `CREATE TABLE scheduler_groups (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, name)
    );
    CREATE TABLE scheduler_schedules (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      group_name TEXT NOT NULL,
      name TEXT NOT NULL,
      scheduled_ms BIGINT,
      due_ms BIGINT,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, group_name, name)
    );
    CREATE INDEX scheduler_schedules_due ON scheduler_schedules (due_ms) WHERE due_ms IS NOT NULL`,
  ],
};

interface ScheduleRow {
  readonly account_id: string;
  readonly region: string;
  readonly group_name: string;
  readonly name: string;
  readonly scheduled_ms: number;
  readonly due_ms: number;
  readonly body: string;
}

/** What saveSchedule has stored. */
function parseSchedule({ body }: Pick<ScheduleRow, 'body'>): Schedule {
  return JSON.parse(body) as Schedule;
}

/** The schedule of a group and name, or `undefined`. */
export async function findSchedule(
  queries: Queries,
  { accountId, region, group, name }: ScheduleAddress,
): Promise<Schedule | undefined> {
  const row = await queries.get<ScheduleRow>(
    `SELECT body FROM scheduler_schedules
     WHERE account_id = $1 AND region = $2 AND group_name = $3 AND name = $4`,
    accountId,
    region,
    group,
    name,
  );
  return row && parseSchedule(row);
}

/** Makes or replaces. @param firing the next one, where there is one */
export async function saveSchedule(
  tx: Transaction,
  { accountId, region, group, name }: ScheduleAddress,
  schedule: Schedule,
  firing: Firing | undefined,
): Promise<void> {
  await tx.run(
    `INSERT INTO scheduler_schedules
       (account_id, region, group_name, name, scheduled_ms, due_ms, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (account_id, region, group_name, name) DO UPDATE SET
       scheduled_ms = excluded.scheduled_ms, due_ms = excluded.due_ms, body = excluded.body`,
    accountId,
    region,
    group,
    name,
    firing?.scheduledAtMs ?? null,
    firing?.dueAtMs ?? null,
    JSON.stringify(schedule),
  );
}

/** Deletes one schedule. */
export async function deleteScheduleRow(
  tx: Transaction,
  { accountId, region, group, name }: ScheduleAddress,
): Promise<boolean> {
  const changed = await tx.run(
    `DELETE FROM scheduler_schedules
     WHERE account_id = $1 AND region = $2 AND group_name = $3 AND name = $4`,
    accountId,
    region,
    group,
    name,
  );
  return changed > 0;
}

export interface NamedSchedule extends ScheduleAddress {
  readonly schedule: Schedule;
}

/** All schedules of a group, or of every group, by group and name. */
export async function listSchedulesOf(
  queries: Queries,
  { accountId, region }: Place,
  group: string | undefined,
): Promise<NamedSchedule[]> {
  const rows = await queries.all<ScheduleRow>(
    `SELECT group_name, name, body FROM scheduler_schedules
     WHERE account_id = $1 AND region = $2 AND ($3 = '' OR group_name = $3)
     ORDER BY group_name, name`,
    accountId,
    region,
    group ?? '',
  );
  return rows.map((row) => ({
    accountId,
    region,
    group: row.group_name,
    name: row.name,
    schedule: parseSchedule(row),
  }));
}

export interface DueSchedule extends NamedSchedule {
  readonly firing: Firing;
}

/** The oldest first. */
export async function dueSchedules(
  queries: Queries,
  nowMs: number,
  limit: number,
): Promise<DueSchedule[]> {
  const rows = await queries.all<ScheduleRow>(
    `SELECT * FROM scheduler_schedules
     WHERE due_ms IS NOT NULL AND due_ms <= $1 ORDER BY due_ms LIMIT $2`,
    nowMs,
    limit,
  );
  return rows.map(dueScheduleOf);
}

/** All that fire. */
export async function firingSchedules(queries: Queries): Promise<DueSchedule[]> {
  const rows = await queries.all<ScheduleRow>(
    'SELECT * FROM scheduler_schedules WHERE due_ms IS NOT NULL',
  );
  return rows.map(dueScheduleOf);
}

function dueScheduleOf(row: ScheduleRow): DueSchedule {
  return {
    accountId: row.account_id,
    region: row.region,
    group: row.group_name,
    name: row.name,
    schedule: parseSchedule(row),
    firing: { scheduledAtMs: row.scheduled_ms, dueAtMs: row.due_ms },
  };
}

/** When the next schedule is due, in ms since 1970. */
export async function nextDueOfAll(queries: Queries): Promise<number | undefined> {
  const row = await queries.get<{ readonly at: number | null }>(
    'SELECT MIN(due_ms) AS at FROM scheduler_schedules WHERE due_ms IS NOT NULL',
  );
  return row?.at ?? undefined;
}

interface GroupRow {
  readonly body: string;
}

/** The group of a name, or `undefined`. */
export async function findGroup(
  queries: Queries,
  { accountId, region }: Place,
  name: string,
): Promise<Group | undefined> {
  const row = await queries.get<GroupRow>(
    'SELECT body FROM scheduler_groups WHERE account_id = $1 AND region = $2 AND name = $3',
    accountId,
    region,
    name,
  );
  // What saveGroup has stored.
  return row && (JSON.parse(row.body) as Group);
}

/** All groups of an account and Region, by name. */
export async function listGroups(queries: Queries, { accountId, region }: Place): Promise<Group[]> {
  const rows = await queries.all<GroupRow>(
    'SELECT body FROM scheduler_groups WHERE account_id = $1 AND region = $2 ORDER BY name',
    accountId,
    region,
  );
  return rows.map(({ body }) => JSON.parse(body) as Group);
}

/** Adds a group, or replaces the one of its name. */
export async function saveGroup(
  tx: Transaction,
  { accountId, region }: Place,
  group: Group,
): Promise<void> {
  await tx.run(
    `INSERT INTO scheduler_groups (account_id, region, name, body) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, region, name) DO UPDATE SET body = excluded.body`,
    accountId,
    region,
    group.name,
    JSON.stringify(group),
  );
}

/** The group and all its schedules. */
export async function deleteGroupRows(
  tx: Transaction,
  { accountId, region }: Place,
  name: string,
): Promise<void> {
  await tx.run(
    `DELETE FROM scheduler_schedules
     WHERE account_id = $1 AND region = $2 AND group_name = $3`,
    accountId,
    region,
    name,
  );
  await tx.run(
    'DELETE FROM scheduler_groups WHERE account_id = $1 AND region = $2 AND name = $3',
    accountId,
    region,
    name,
  );
}
