/** Amazon SQS. */
import { sqs as model } from '#aws/models/sqs.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { steadyAgenda, type Agenda } from '#ports/peers/agenda.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { EventSource } from '#ports/peers/event-source.ts';
import type { Schema } from '#ports/world/database.ts';
import { createSqsDeliverer } from './delivery.ts';
import type { SqsParts, SqsDependencies } from './dependencies.ts';
import { createSqsEventSource } from './event-source.ts';
import { runGauges } from './gauges.ts';
import { createInFlight } from './in-flight.ts';
import { createQueueMeter } from './meter.ts';
import { deleted, deletedBatch, measured, received } from './metrics.ts';
import { runMoveTasks } from './move-loop.ts';
import { changeMessageVisibilityBatch } from './operations/change-message-visibility-batch.ts';
import { changeMessageVisibility } from './operations/change-message-visibility.ts';
import { createQueue } from './operations/create-queue.ts';
import { deleteMessageBatch } from './operations/delete-message-batch.ts';
import { deleteMessageOperation } from './operations/delete-message.ts';
import { deleteQueue } from './operations/delete-queue.ts';
import { getQueueAttributes } from './operations/get-queue-attributes.ts';
import { getQueueUrl } from './operations/get-queue-url.ts';
import { listDeadLetterSourceQueues } from './operations/list-dead-letter-source-queues.ts';
import { listQueuesOperation } from './operations/list-queues.ts';
import {
  cancelMessageMoveTask,
  listMessageMoveTasks,
  startMessageMoveTask,
} from './operations/message-move-tasks.ts';
import { addPermission, removePermission } from './operations/permissions.ts';
import { purgeQueue } from './operations/purge-queue.ts';
import { receiveMessage } from './operations/receive-message.ts';
import { sendMessageBatch } from './operations/send-message-batch.ts';
import { sendMessage } from './operations/send-message.ts';
import { setQueueAttributes } from './operations/set-queue-attributes.ts';
import { listQueueTags, tagQueue, untagQueue } from './operations/tags.ts';
import { runPurges } from './purge.ts';
import { QUEUE_POLICIES, SQS_PERMISSIONS } from './permissions.ts';
import { completeInput } from './queue-url.ts';
import { runningTasks } from './store-move-tasks.ts';
import { sqsSchema } from './store-schema.ts';
import { runSweep } from './sweep.ts';

export type { SqsDependencies } from './dependencies.ts';

export interface Sqs {
  readonly service: Service;
  readonly schema: Schema;
  /** Takes events for `arn:aws:sqs:...`. */
  readonly deliverer: Deliverer;
  /** Queues' policies, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  /** Polls the queue of an ARN, for Lambda's event source mappings. */
  eventSource(queueArn: string): EventSource;
  /** When messages are moved next. */
  readonly agenda: Agenda;
  /** Forgets what is past its time and moves what is redriven, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Amazon SQS over a database whose schema was migrated. */
export function createSqs(world: SqsDependencies): Sqs {
  const dependencies = { ...world, inFlight: createInFlight(), meter: createQueueMeter(world) };
  return {
    service: {
      model,
      operations: operationsOf(dependencies),
      complete: completeInput,
      permissions: SQS_PERMISSIONS,
    },
    schema: sqsSchema,
    resourcePolicies: QUEUE_POLICIES,
    deliverer: createSqsDeliverer(dependencies),
    eventSource: (queueArn) => createSqsEventSource(dependencies, queueArn),
    agenda: steadyAgenda(
      dependencies.clock,
      async (queries) => (await runningTasks(queries))[0]?.nextAtMs,
    ),
    run: async (signal) => {
      await Promise.all([
        runSweep(dependencies, signal),
        runMoveTasks(dependencies, signal),
        runPurges(dependencies, signal),
        runGauges(dependencies, signal),
      ]);
    },
  };
}

function operationsOf(dependencies: SqsParts): Service['operations'] {
  return {
    AddPermission: addPermission(dependencies),
    CancelMessageMoveTask: cancelMessageMoveTask(dependencies),
    ChangeMessageVisibility: changeMessageVisibility(dependencies),
    ChangeMessageVisibilityBatch: changeMessageVisibilityBatch(dependencies),
    CreateQueue: createQueue(dependencies),
    DeleteMessage: measured(dependencies, deleteMessageOperation(dependencies), deleted),
    DeleteMessageBatch: measured(dependencies, deleteMessageBatch(dependencies), deletedBatch),
    DeleteQueue: deleteQueue(dependencies),
    GetQueueAttributes: getQueueAttributes(dependencies),
    GetQueueUrl: getQueueUrl(dependencies),
    ListDeadLetterSourceQueues: listDeadLetterSourceQueues(dependencies),
    ListMessageMoveTasks: listMessageMoveTasks(dependencies),
    ListQueues: listQueuesOperation(dependencies),
    ListQueueTags: listQueueTags(dependencies),
    PurgeQueue: purgeQueue(dependencies),
    ReceiveMessage: measured(dependencies, receiveMessage(dependencies), received),
    RemovePermission: removePermission(dependencies),
    SendMessage: sendMessage(dependencies),
    SendMessageBatch: sendMessageBatch(dependencies),
    SetQueueAttributes: setQueueAttributes(dependencies),
    StartMessageMoveTask: startMessageMoveTask(dependencies),
    TagQueue: tagQueue(dependencies),
    UntagQueue: untagQueue(dependencies),
  };
}
