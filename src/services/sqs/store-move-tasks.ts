/** SQL of message move tasks. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { MoveTask } from './move-task.ts';

interface TaskRow {
  readonly task_handle: string;
  readonly source_queue_id: string;
  readonly source_arn: string;
  readonly destination_arn: string | null;
  readonly status: string;
  readonly per_second: number | null;
  readonly moved: number;
  readonly to_move: number;
  readonly started_ms: number;
  readonly next_ms: number;
  readonly failure_reason: string | null;
}

const COLUMNS = `task_handle, source_queue_id, source_arn, destination_arn, status, per_second, moved,
  to_move, started_ms, next_ms, failure_reason`;

function taskOf(row: TaskRow): MoveTask {
  return {
    taskId: row.task_handle,
    sourceQueueId: row.source_queue_id,
    sourceArn: row.source_arn,
    // Written by saveTask.
    status: row.status as MoveTask['status'],
    moved: row.moved,
    toMove: row.to_move,
    startedAtMs: row.started_ms,
    nextAtMs: row.next_ms,
    ...(row.destination_arn === null ? {} : { destinationArn: row.destination_arn }),
    ...(row.per_second === null ? {} : { perSecond: row.per_second }),
    ...(row.failure_reason === null ? {} : { failureReason: row.failure_reason }),
  };
}

/** Adds a task, or writes how far it has come. */
export async function saveTask(tx: Transaction, task: MoveTask): Promise<void> {
  await tx.run(
    `INSERT INTO sqs_move_tasks (${COLUMNS})
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (task_handle) DO UPDATE SET status = excluded.status, moved = excluded.moved,
       next_ms = excluded.next_ms, failure_reason = excluded.failure_reason`,
    task.taskId,
    task.sourceQueueId,
    task.sourceArn,
    task.destinationArn ?? null,
    task.status,
    task.perSecond ?? null,
    task.moved,
    task.toMove,
    task.startedAtMs,
    task.nextAtMs,
    task.failureReason ?? null,
  );
}

/** A task by its id, or `undefined`. */
export async function findTask(queries: Queries, taskId: string): Promise<MoveTask | undefined> {
  const row = await queries.get<TaskRow>(
    `SELECT ${COLUMNS} FROM sqs_move_tasks WHERE task_handle = $1`,
    taskId,
  );
  return row && taskOf(row);
}

/** A queue's tasks, the latest first. */
export async function tasksOf(
  queries: Queries,
  sourceQueueId: string,
  limit: number,
): Promise<MoveTask[]> {
  const rows = await queries.all<TaskRow>(
    `SELECT ${COLUMNS} FROM sqs_move_tasks WHERE source_queue_id = $1
     ORDER BY started_ms DESC, task_handle LIMIT $2`,
    sourceQueueId,
    limit,
  );
  return rows.map(taskOf);
}

/** Every task that runs, the next to be due first. */
export async function runningTasks(queries: Queries): Promise<MoveTask[]> {
  const rows = await queries.all<TaskRow>(
    `SELECT ${COLUMNS} FROM sqs_move_tasks WHERE status = 'RUNNING' ORDER BY next_ms`,
  );
  return rows.map(taskOf);
}

/** Forgets all of a queue's tasks but the latest `kept`. */
export async function forgetTasks(
  tx: Transaction,
  sourceQueueId: string,
  kept: number,
): Promise<void> {
  await tx.run(
    `DELETE FROM sqs_move_tasks WHERE source_queue_id = $1 AND task_handle NOT IN
       (SELECT task_handle FROM sqs_move_tasks WHERE source_queue_id = $1
        ORDER BY started_ms DESC, task_handle LIMIT $2)`,
    sourceQueueId,
    kept,
  );
}
