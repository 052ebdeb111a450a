import type { ListMessageMoveTasksResultEntry, Operations } from '#aws/models/sqs.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { SqsDependencies } from '../dependencies.ts';
import {
  invalidParameter,
  invalidValue,
  queueOfParameterNotFound,
  taskDoesNotExist,
} from '../errors.ts';
import { MOVE_TASKS_LISTED_MAX, MOVES_PER_SECOND_MAX } from '../limits.ts';
import type { Queue } from '../model.ts';
import { MOVE_TASKS_TOPIC } from '../move-loop.ts';
import { formatTaskHandle, parseTaskHandle, type MoveTask } from '../move-task.ts';
import { countMessages } from '../store-counts.ts';
import { findTask, forgetTasks, saveTask, tasksOf } from '../store-move-tasks.ts';
import { deadLetterSources, queueOfArn } from '../store-queues.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export function startMessageMoveTask({
  database,
  clock,
  random,
  wakeups,
}: SqsDependencies): Operations['StartMessageMoveTask'] {
  return async (_context, input) => {
    const { SourceArn: sourceArn, DestinationArn: destinationArn } = input;
    const { MaxNumberOfMessagesPerSecond: perSecond } = input;
    checkRange(perSecond, 'MaxNumberOfMessagesPerSecond', MOVES_PER_SECOND_MAX);
    const steadyMs = Math.floor(clock.steadyMs());
    const taskId = random.uuid();
    await database.transact(async (tx) => {
      const source = await requireArn(tx, sourceArn, 'SourceArn');
      if ((await deadLetterSources(tx, source)).length === 0) {
        throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
      }
      if (destinationArn !== undefined) await checkDestination(tx, source, destinationArn);
      await checkIdle(tx, source);
      const { visible, inFlight, delayed } = await countMessages(tx, source.queueId, steadyMs);
      await saveTask(tx, {
        taskId,
        sourceQueueId: source.queueId,
        sourceArn,
        status: 'RUNNING',
        moved: 0,
        toMove: visible + inFlight + delayed,
        startedAtMs: Math.floor(clock.now()),
        nextAtMs: steadyMs,
        ...(destinationArn === undefined ? {} : { destinationArn }),
        ...(perSecond === undefined ? {} : { perSecond }),
      });
      await forgetTasks(tx, source.queueId, MOVE_TASKS_LISTED_MAX);
      tx.afterCommit(() => wakeups.notify(MOVE_TASKS_TOPIC));
    });
    return { TaskHandle: formatTaskHandle({ taskId, sourceArn }) };
  };
}

function checkRange(value: number | undefined, parameter: string, max: number): void {
  if (value === undefined || (value >= 1 && value <= max)) return;
  throw invalidValue(value, parameter, `Must be between 1 and ${max}, if provided.`);
}

async function requireArn(
  queries: Queries,
  arn: string,
  parameter: 'SourceArn' | 'DestinationArn',
): Promise<Queue> {
  const queue = await queueOfArn(queries, arn);
  if (queue === undefined) throw queueOfParameterNotFound(parameter);
  return queue;
}

/** The words of these two refusals are not recorded. */
async function checkDestination(queries: Queries, source: Queue, arn: string): Promise<void> {
  const destination = await requireArn(queries, arn, 'DestinationArn');
  if (destination.queueId === source.queueId) {
    throw invalidParameter('Source queue and destination queue must not be the same.');
  }
  if (destination.isFifo !== source.isFifo) {
    throw invalidParameter('Source queue and destination queue must be of the same type.');
  }
}

/** `test_start_multiple_move_tasks`. */
async function checkIdle(queries: Queries, source: Queue): Promise<void> {
  const [latest] = await tasksOf(queries, source.queueId, 1);
  if (latest?.status !== 'RUNNING') return;
  throw invalidParameter(
    'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
  );
}

/**
 * Ends a task; what it has moved stays moved.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CancelMessageMoveTask.html
 */
export function cancelMessageMoveTask({
  database,
}: SqsDependencies): Operations['CancelMessageMoveTask'] {
  return async (_context, { TaskHandle: handle }) => {
    const parsed = parseTaskHandle(handle);
    // test_cancel_with_invalid_task_handle
    if (parsed === undefined) throw invalidParameter('Value for parameter TaskHandle is invalid.');
    const moved = await database.transact(async (tx) => {
      const source = await requireArn(tx, parsed.sourceArn, 'SourceArn');
      const task = await findTask(tx, parsed.taskId);
      if (task?.sourceQueueId !== source.queueId) throw taskDoesNotExist();
      if (task.status !== 'RUNNING') throw invalidParameter('Only active tasks can be cancelled.');
      await saveTask(tx, { ...task, status: 'CANCELLED' });
      return task.moved;
    });
    return { ApproximateNumberOfMessagesMoved: moved };
  };
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html */
export function listMessageMoveTasks({
  database,
}: SqsDependencies): Operations['ListMessageMoveTasks'] {
  return async (_context, { SourceArn: sourceArn, MaxResults: limit = 1 }) => {
    checkRange(limit, 'MaxResults', MOVE_TASKS_LISTED_MAX);
    const tasks = await database.read(async (queries) => {
      const source = await requireArn(queries, sourceArn, 'SourceArn');
      return tasksOf(queries, source.queueId, limit);
    });
    return { Results: tasks.map(described) };
  };
}

/** Only a task that runs has a handle; `test_basic_move_task_workflow`. */
function described(task: MoveTask): ListMessageMoveTasksResultEntry {
  const { destinationArn, perSecond, failureReason } = task;
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: formatTaskHandle(task) } : {}),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(destinationArn === undefined ? {} : { DestinationArn: destinationArn }),
    ...(perSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(failureReason === undefined ? {} : { FailureReason: failureReason }),
    StartedTimestamp: task.startedAtMs,
  };
}
