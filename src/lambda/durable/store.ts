/** Rows of durable executions. */
import type { Queries, SqlValue, Transaction } from '#ports/world/database.ts';

import type { FunctionAddress } from '../model/address.ts';
import type { Scope } from '../model/records.ts';
import type { Execution, ExecutionDetails, ExecutionOutcome, ExecutionStatus } from './model.ts';
import { isOver } from './model.ts';

interface ExecutionRow {
  readonly id: string;
  readonly account_id: string;
  readonly region: string;
  readonly function_name: string;
  readonly version: string;
  readonly name: string;
  readonly status: string;
  readonly started_at_ms: number;
  readonly ended_at_ms: number | null;
  readonly invocation_id: string;
  readonly invoke_at_ms: number | null;
  readonly deadline_ms: number;
  readonly details: string;
  readonly outcome: string | null;
}

const EXECUTION_COLUMNS =
  'id, account_id, region, function_name, version, name, status, started_at_ms, ended_at_ms, invocation_id, ' +
  'invoke_at_ms, deadline_ms, details, outcome';

/** An execution by its id. */
export async function findExecution(queries: Queries, id: string): Promise<Execution | undefined> {
  const row = await queries.get<ExecutionRow>(
    `SELECT ${EXECUTION_COLUMNS} FROM durable_executions WHERE id = $1`,
    id,
  );
  return row === undefined ? undefined : executionOf(row);
}

/** An execution of a function by its name, whatever its version. */
export async function findNamed(
  queries: Queries,
  scope: Scope,
  functionName: string,
  name: string,
): Promise<Execution | undefined> {
  const row = await queries.get<ExecutionRow>(
    `SELECT ${EXECUTION_COLUMNS} FROM durable_executions
     WHERE account_id = $1 AND region = $2 AND function_name = $3 AND name = $4`,
    scope.accountId,
    scope.region,
    functionName,
    name,
  );
  return row === undefined ? undefined : executionOf(row);
}

/** Whether an execution of a function has begun with a request that did not name it, and is not over. */
export async function isExecutionUnderWay(
  queries: Queries,
  address: FunctionAddress,
  requestId: string,
): Promise<boolean> {
  const found = await findNamed(queries, address, address.functionName, requestId);
  return found !== undefined && !isOver(found.status);
}

// What `saveExecution` wrote.
function executionOf(row: ExecutionRow): Execution {
  const { ended_at_ms: endedAtMs, invocation_id: invocationId, invoke_at_ms: invokeAtMs } = row;
  return {
    id: row.id,
    accountId: row.account_id,
    region: row.region,
    functionName: row.function_name,
    version: row.version,
    name: row.name,
    status: row.status as ExecutionStatus,
    startedAtMs: row.started_at_ms,
    ...(endedAtMs === null ? {} : { endedAtMs }),
    ...(invocationId === '' ? {} : { invocationId }),
    ...(invokeAtMs === null ? {} : { invokeAtMs }),
    deadlineMs: row.deadline_ms,
    details: JSON.parse(row.details) as ExecutionDetails,
    ...(row.outcome === null ? {} : { outcome: JSON.parse(row.outcome) as ExecutionOutcome }),
  };
}

/** Writes an execution, new or not, and when it is due. */
export async function saveExecution(
  tx: Transaction,
  execution: Execution,
  dueAtMs: number | undefined,
): Promise<void> {
  const { details, outcome } = execution;
  await tx.run(
    `INSERT INTO durable_executions (${EXECUTION_COLUMNS}, due_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, ended_at_ms = excluded.ended_at_ms,
       invocation_id = excluded.invocation_id, invoke_at_ms = excluded.invoke_at_ms,
       deadline_ms = excluded.deadline_ms, details = excluded.details, outcome = excluded.outcome,
       due_at_ms = excluded.due_at_ms`,
    execution.id,
    execution.accountId,
    execution.region,
    execution.functionName,
    execution.version,
    execution.name,
    execution.status,
    execution.startedAtMs,
    execution.endedAtMs ?? null,
    execution.invocationId ?? '',
    execution.invokeAtMs ?? null,
    execution.deadlineMs,
    JSON.stringify(details),
    outcome === undefined ? null : JSON.stringify(outcome),
    dueAtMs ?? null,
  );
}

/** Takes an execution off with all that is its own. */
export async function deleteExecution(tx: Transaction, id: string): Promise<void> {
  await tx.run('DELETE FROM durable_events WHERE execution_id = $1', id);
  await tx.run('DELETE FROM durable_operations WHERE execution_id = $1', id);
  await tx.run('DELETE FROM durable_executions WHERE id = $1', id);
}

export interface Listing {
  readonly functionName: string;
  readonly version?: string;
  readonly name?: string;
  readonly statuses?: readonly string[];
  /** Dates; both are left out themselves. */
  readonly startedAfterMs?: number;
  readonly startedBeforeMs?: number;
  /** The last of the page before: its start and its id. */
  readonly after: readonly SqlValue[];
  readonly isOldestFirst: boolean;
  readonly limit: number;
}

// Nobody lists results, of which a page would have gigabytes.
const LISTED_COLUMNS = EXECUTION_COLUMNS.replace(' outcome', ' NULL AS outcome');

/** Executions of a function, by their start; without their outcomes. */
export async function listExecutions(
  queries: Queries,
  scope: Scope,
  listing: Listing,
): Promise<Execution[]> {
  const values: SqlValue[] = [scope.accountId, scope.region, listing.functionName];
  const place = (value: SqlValue): string => `$${values.push(value)}`;
  const where = ['account_id = $1', 'region = $2', 'function_name = $3'];
  const { version, name, statuses, startedAfterMs, startedBeforeMs, after } = listing;
  if (version !== undefined) where.push(`version = ${place(version)}`);
  if (name !== undefined) where.push(`name = ${place(name)}`);
  if (statuses !== undefined) where.push(`status IN (${statuses.map(place).join(', ')})`);
  if (startedAfterMs !== undefined) where.push(`started_at_ms > ${place(startedAfterMs)}`);
  if (startedBeforeMs !== undefined) where.push(`started_at_ms < ${place(startedBeforeMs)}`);
  const [passes, direction] = listing.isOldestFirst ? ['>', ''] : ['<', ' DESC'];
  if (after.length > 0) {
    where.push(`(started_at_ms, id) ${passes} (${after.map(place).join(', ')})`);
  }
  const rows = await queries.all<ExecutionRow>(
    `SELECT ${LISTED_COLUMNS} FROM durable_executions WHERE ${where.join(' AND ')}
     ORDER BY started_at_ms${direction}, id${direction} LIMIT ${place(listing.limit)}`,
    ...values,
  );
  return rows.map(executionOf);
}

/** Executions for which something is to be done, those that are due longest first. */
export async function dueExecutions(
  queries: Queries,
  nowMs: number,
  limit: number,
): Promise<string[]> {
  const rows = await queries.all<{ readonly id: string }>(
    'SELECT id FROM durable_executions WHERE due_at_ms <= $1 ORDER BY due_at_ms LIMIT $2',
    nowMs,
    limit,
  );
  return rows.map(({ id }) => id);
}

/** When something is next to be done, in ms of `steadyMs`. */
export async function nextDue(queries: Queries): Promise<number | undefined> {
  const row = await queries.get<{ readonly at: number | null }>(
    'SELECT MIN(due_at_ms) AS at FROM durable_executions WHERE due_at_ms IS NOT NULL',
  );
  return row?.at ?? undefined;
}

/** As `nextDue`; while functions run for an execution, that is since ever. */
export async function nextOrUnderWay(queries: Queries): Promise<number | undefined> {
  const running =
    (await queries.get("SELECT id FROM durable_executions WHERE invocation_id <> '' LIMIT 1")) ??
    (await queries.get('SELECT execution_id FROM durable_operations WHERE claimed = 1 LIMIT 1'));
  return running === undefined ? nextDue(queries) : 0;
}

/** What ran in a process that is gone runs again. */
export async function releaseAll(tx: Transaction, nowMs: number): Promise<void> {
  await tx.run(
    `UPDATE durable_executions SET invocation_id = '', invoke_at_ms = $1, due_at_ms = $1
     WHERE invocation_id <> ''`,
    nowMs,
  );
  await tx.run(
    `UPDATE durable_executions SET due_at_ms = $1
     WHERE id IN (SELECT execution_id FROM durable_operations WHERE claimed = 1)`,
    nowMs,
  );
  await tx.run(
    'UPDATE durable_operations SET due_at_ms = $1, claimed = 0 WHERE claimed = 1',
    nowMs,
  );
}
