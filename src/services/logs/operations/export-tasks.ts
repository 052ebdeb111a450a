/** Exports of a group's events to a bucket. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html */
import type {
  CancelExportTaskRequest,
  CreateExportTaskRequest,
  CreateExportTaskResponse,
  DescribeExportTasksRequest,
  DescribeExportTasksResponse,
  ExportTask,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { LogsDependencies } from '../dependencies.ts';
import {
  exportIsOver,
  invalidParameter,
  limitExceeded,
  noExportBucket,
  noExportTask,
} from '../errors.ts';
import { EXPORT_TASKS_KEPT_MAX } from '../limits.ts';
import { pageByName } from '../paging.ts';
import { bucketDelivery } from '../run-exports.ts';
import type { ExportRunner, ExportSettings } from '../run-exports.ts';
import { deleteSetting, findSetting, listSettings, putSetting } from '../store-filters.ts';
import type { StoredSetting } from '../store-filters.ts';
import { requireGroup } from '../store-groups.ts';

/** The operations on them. */
export function exportTaskOperations(
  dependencies: LogsDependencies,
  runner: ExportRunner,
): Service['operations'] {
  return {
    CancelExportTask: cancelExportTask(dependencies),
    CreateExportTask: createExportTask(dependencies, runner),
    DescribeExportTasks: describeExportTasks(dependencies),
  };
}

function createExportTask(
  { database, clock, random, deliverer }: LogsDependencies,
  runner: ExportRunner,
): Operation<CreateExportTaskRequest, CreateExportTaskResponse> {
  return (context, input) => {
    if (input.from >= input.to) {
      throw invalidParameter('The parameter "from" must be less than the parameter "to".');
    }
    return database.transact(async (tx) => {
      const group = await requireGroup(tx, context, input.logGroupName);
      const target = bucketDelivery(group, input.destination);
      if ((await deliverer.check(target, tx)) === 'missing') throw noExportBucket();
      const tasks = await listSettings<ExportSettings>(tx, context, 'export-task');
      // One task of an account runs at a time.
      if (tasks.some(({ settings }) => settings.status === 'PENDING')) throw limitExceeded();
      const oldest = tasks.toSorted((a, b) => a.changedAtMs - b.changedAtMs)[0];
      if (tasks.length >= EXPORT_TASKS_KEPT_MAX && oldest !== undefined) {
        await deleteSetting(tx, context, 'export-task', oldest.name);
      }
      const taskId = random.uuid();
      const settings: ExportSettings = { ...input, status: 'PENDING' };
      const changedAtMs = Math.floor(clock.now());
      await putSetting(tx, context, 'export-task', { name: taskId, changedAtMs, settings });
      tx.afterCommit(() => runner.notify());
      return { taskId };
    });
  };
}

function describeExportTasks({
  database,
}: LogsDependencies): Operation<DescribeExportTasksRequest, DescribeExportTasksResponse> {
  return async (context, { taskId, statusCode, limit, nextToken: token }) => {
    const all = await database.read((queries) =>
      listSettings<ExportSettings>(queries, context, 'export-task'),
    );
    const wanted = all.filter(
      ({ name, settings }) =>
        name === (taskId ?? name) && settings.status === (statusCode ?? settings.status),
    );
    const { page, nextToken } = pageByName(wanted, ({ name }) => name, {
      ...(token === undefined ? {} : { nextToken: token }),
      ...(limit === undefined ? {} : { limit }),
    });
    return {
      exportTasks: page.map(describe),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  };
}

function describe({ name, changedAtMs, settings }: StoredSetting<ExportSettings>): ExportTask {
  const { status, completedAtMs, taskName, logGroupName, from, to, destination } = settings;
  return {
    taskId: name,
    ...(taskName !== undefined && { taskName }),
    logGroupName,
    from,
    to,
    destination,
    destinationPrefix: settings.destinationPrefix ?? 'exportedlogs',
    status: {
      code: status,
      ...(status === 'COMPLETED' && { message: 'Completed successfully' }),
      ...(status === 'CANCELLED' && { message: 'Export task was cancelled' }),
    },
    executionInfo: {
      creationTime: changedAtMs,
      ...(completedAtMs !== undefined && { completionTime: completedAtMs }),
    },
  };
}

function cancelExportTask({
  database,
}: LogsDependencies): Operation<CancelExportTaskRequest, void> {
  return (context, { taskId }) =>
    database.transact(async (tx) => {
      const task = await findSetting<ExportSettings>(tx, context, 'export-task', taskId);
      if (task === undefined) throw noExportTask();
      if (task.settings.status !== 'PENDING') throw exportIsOver();
      const settings: ExportSettings = { ...task.settings, status: 'CANCELLED' };
      await putSetting(tx, context, 'export-task', { ...task, settings });
    });
}
