/**
 * Moves messages out of dead-letter queues, a batch in a transaction.
 * I1 A message and its task's count move in one transaction: a server that dies moves none twice, and the
 * next one goes on. I2 A task never moves faster than its rate, also after a restart.
 */
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import type { Transaction } from '#ports/world/database.ts';
import { numberOf } from './attributes.ts';
import type { SqsDependencies } from './dependencies.ts';
import type { Queue, StoredMessage } from './model.ts';
import type { MoveTask } from './move-task.ts';
import { candidateMessages } from './receive.ts';
import { queueTopic } from './send.ts';
import { findTask, runningTasks, saveTask } from './store-move-tasks.ts';
import { deleteMessage } from './store-messages.ts';
import { findQueueById, queueOfArn } from './store-queues.ts';
import { transferMessage } from './transfer.ts';

export const MOVE_TASKS_TOPIC = 'sqs/move-tasks';
/** Bounds how long others wait for the database. */
const MESSAGES_PER_TRANSACTION = 100;
/** A limited task moves a tenth of a second's messages at a time. */
const STEPS_PER_SECOND = 10;

/** Moves until the signal aborts. */
export function runMoveTasks(dependencies: SqsDependencies, signal: AbortSignal): Promise<void> {
  const { clock, wakeups, database } = dependencies;
  return runDueLoop({
    clock,
    wakeups,
    topic: MOVE_TASKS_TOPIC,
    intervalMs: MINUTE_MS,
    signal,
    now: () => clock.steadyMs(),
    work: async () => {
      const nowMs = clock.steadyMs();
      for (const { taskId, nextAtMs } of await database.read(runningTasks)) {
        if (nextAtMs > nowMs) break;
        await database.transact((tx) => advance(dependencies, tx, taskId));
      }
      return (await database.read(runningTasks))[0]?.nextAtMs;
    },
  });
}

/** One batch of a task that still runs. */
async function advance(
  dependencies: SqsDependencies,
  tx: Transaction,
  taskId: string,
): Promise<void> {
  const task = await findTask(tx, taskId);
  if (task?.status !== 'RUNNING') return;
  const source = await findQueueById(tx, task.sourceQueueId);
  if (source === undefined) return saveTask(tx, failed(task, NO_QUEUE));
  const nowMs = Math.ceil(dependencies.clock.steadyMs());
  const limit = batchOf(task);
  const messages = await candidateMessages(tx, source, nowMs, limit);
  if (messages.length === 0) return saveTask(tx, { ...task, status: 'COMPLETED' });
  const end = await moveAll(dependencies, tx, { task, source, messages, nowMs });
  await saveTask(tx, end);
}

/** AWS's reasons. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html */
const NO_QUEUE = 'AWS.SimpleQueueService.NonExistentQueue';
const NO_SOURCE = 'CouldNotDetermineMessageSource';

function failed(task: MoveTask, failureReason: string): MoveTask {
  return { ...task, status: 'FAILED', failureReason };
}

function batchOf({ perSecond }: MoveTask): number {
  if (perSecond === undefined) return MESSAGES_PER_TRANSACTION;
  return Math.max(1, Math.floor(perSecond / STEPS_PER_SECOND));
}

interface Step {
  readonly task: MoveTask;
  readonly source: Queue;
  readonly messages: readonly StoredMessage[];
  readonly nowMs: number;
}

/** @returns the task as it is then; what was moved before a failure stays moved */
async function moveAll(
  dependencies: SqsDependencies,
  tx: Transaction,
  { task, source, messages, nowMs }: Step,
): Promise<MoveTask> {
  const sentAfterMs =
    dependencies.clock.now() - numberOf(source, 'MessageRetentionPeriod') * SECOND_MS;
  let { moved } = task;
  for (const message of messages) {
    if (message.sentAtMs <= sentAfterMs) {
      await deleteMessage(tx, message);
      continue;
    }
    const arn = task.destinationArn ?? message.deadLetterSourceArn;
    if (arn === undefined) return failed({ ...task, moved }, NO_SOURCE);
    const target = await queueOfArn(tx, arn);
    if (target?.isFifo !== source.isFifo) return failed({ ...task, moved }, NO_QUEUE);
    await moveOne(dependencies, tx, { message, target, nowMs });
    moved += 1;
  }
  const { perSecond } = task;
  const pauseMs = perSecond === undefined ? 0 : (messages.length * SECOND_MS) / perSecond;
  return { ...task, moved, nextAtMs: nowMs + Math.ceil(pauseMs) };
}

/** A moved message is a new one, with an id and a time of its own. */
async function moveOne(
  { clock, random, wakeups }: SqsDependencies,
  tx: Transaction,
  {
    message,
    target,
    nowMs,
  }: { readonly message: StoredMessage; readonly target: Queue; readonly nowMs: number },
): Promise<void> {
  const { firstReceivedAtMs: _first, deadLetterSourceArn: _source, ...kept } = message;
  await transferMessage(tx, message, target, {
    ...kept,
    messageId: random.uuid(),
    sentAtMs: Math.ceil(clock.now()),
    visibleAtMs: nowMs + numberOf(target, 'DelaySeconds') * SECOND_MS,
    receiveCount: 0,
  });
  tx.afterCommit(() => wakeups.notify(queueTopic(target.queueId)));
}
