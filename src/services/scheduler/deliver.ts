/** One firing of a schedule, handed to its target or to its dead-letter queue. */
import { parseArn } from '#kernel/arn.ts';
import { utf8 } from '#kernel/bytes.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type {
  Delivery,
  DeliveryAttribute,
  DeliveryCheck,
  DeliveryOptions,
} from '#ports/peers/deliverer.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { SchedulerDependencies } from './dependencies.ts';
import { EVENT_AGE_SECONDS_DEFAULT } from './limits.ts';
import { scheduleArn } from './model.ts';
import type { DueSchedule } from './store.ts';
import { handoversOf, universalOperation } from './universal-target.ts';

/** Delivers in the caller's transaction; what is too old or refused goes to the dead-letter queue, and is counted. */
export async function deliverFiring(
  dependencies: SchedulerDependencies,
  tx: Transaction,
  due: DueSchedule,
): Promise<void> {
  const { clock, random } = dependencies;
  const executionId = random.uuid();
  const { RetryPolicy, DeadLetterConfig } = due.schedule.target;
  const ageMaxMs = (RetryPolicy?.MaximumEventAgeInSeconds ?? EVENT_AGE_SECONDS_DEFAULT) * SECOND_MS;
  const isExpired = clock.now() - due.firing.dueAtMs > ageMaxMs;
  const result = isExpired ? 'expired' : await handOver(dependencies, tx, due, executionId);
  count(dependencies, due, 'InvocationAttemptCount');
  if (result === 'deliverable') return;
  count(dependencies, due, 'TargetErrorCount');
  if (DeadLetterConfig?.Arn === undefined) {
    count(dependencies, due, 'InvocationDroppedCount');
    return;
  }
  const attributes = deadLetterAttributes(due, executionId, result);
  const payload = utf8(payloadOf(due, executionId));
  const letter = {
    ...sourceOf(due),
    targetArn: DeadLetterConfig.Arn,
    payload,
    options: { attributes },
  };
  const isKept = (await dependencies.deliverer.deliver(letter, tx)) === 'deliverable';
  count(
    dependencies,
    due,
    isKept ? 'InvocationsSentToDeadLetterCount' : 'InvocationsFailedToBeSentToDeadLetterCount',
  );
}

/** Hands a firing to its target, or what a universal target's call comes to; the first refusal is the answer. */
async function handOver(
  { deliverer }: SchedulerDependencies,
  tx: Transaction,
  due: DueSchedule,
  executionId: string,
): Promise<DeliveryCheck> {
  const { target } = due.schedule;
  const operation = universalOperation(target.Arn);
  const payload = payloadOf(due, executionId);
  const options = optionsOf(due, executionId);
  const handovers =
    operation === undefined
      ? [{ targetArn: target.Arn, payload, options }]
      : (handoversOf(operation, payload, due, timeOf(due.firing.scheduledAtMs)) ?? []);
  let result: DeliveryCheck = handovers.length === 0 ? 'unsupported' : 'deliverable';
  for (const one of handovers) {
    const delivery: Delivery = {
      ...sourceOf(due),
      targetArn: one.targetArn,
      payload: utf8(one.payload),
      options: { ...one.options, ...(options.retry === undefined ? {} : { retry: options.retry }) },
    };
    const check = await deliverer.deliver(delivery, tx);
    if (result === 'deliverable') result = check;
  }
  return result;
}

function sourceOf(
  due: DueSchedule,
): Pick<Delivery, 'sourceArn' | 'sourceService' | 'sourceAccountId' | 'roleArn'> {
  return {
    sourceArn: scheduleArn(due),
    sourceService: 'scheduler.amazonaws.com',
    sourceAccountId: due.accountId,
    roleArn: due.schedule.target.RoleArn,
  };
}

function optionsOf({ schedule: { target } }: DueSchedule, executionId: string): DeliveryOptions {
  const { RetryPolicy, DeadLetterConfig, SqsParameters, KinesisParameters } = target;
  const attempts = RetryPolicy?.MaximumRetryAttempts;
  const ageSeconds = RetryPolicy?.MaximumEventAgeInSeconds;
  const groupId = SqsParameters?.MessageGroupId;
  return {
    ...(groupId === undefined ? {} : { messageGroupId: groupId }),
    partitionKey: KinesisParameters?.PartitionKey ?? executionId,
    retry: {
      ...(attempts === undefined ? {} : { attemptsMax: attempts }),
      ...(ageSeconds === undefined ? {} : { ageMsMax: ageSeconds * SECOND_MS }),
      ...(DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: DeadLetterConfig.Arn }),
    },
  };
}

/**
 * The target's input with its context attributes filled in; an event of Scheduler's own where it has none.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function payloadOf(due: DueSchedule, executionId: string): string {
  const { target } = due.schedule;
  const scheduledAt = timeOf(due.firing.scheduledAtMs);
  const attributes: Readonly<Record<string, string>> = {
    'aws.scheduler.schedule-arn': scheduleArn(due),
    'aws.scheduler.scheduled-time': scheduledAt,
    'aws.scheduler.execution-id': executionId,
    'aws.scheduler.attempt-number': '1',
  };
  const input = target.Input?.replaceAll(
    /<(aws\.scheduler\.[a-z-]+)>/g,
    (whole, name: string) => attributes[name] ?? whole,
  );
  const envelope = {
    version: '0',
    id: executionId,
    'detail-type': target.EventBridgeParameters?.DetailType ?? 'Scheduled Event',
    source: target.EventBridgeParameters?.Source ?? 'aws.scheduler',
    account: due.accountId,
    time: scheduledAt,
    region: due.region,
    resources: [scheduleArn(due)],
  };
  if (parseArn(target.Arn)?.service === 'events') {
    const detail: unknown = JSON.parse(input ?? '{}');
    return JSON.stringify({ ...envelope, detail });
  }
  if (universalOperation(target.Arn) !== undefined) return input ?? '{}';
  return input ?? JSON.stringify({ ...envelope, detail: '{}' });
}

function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

type Failure = Exclude<DeliveryCheck, 'deliverable'> | 'expired';

const FAILURES: Readonly<Record<Failure, readonly [code: string, message: string]>> = {
  missing: ['ResourceNotFoundException', 'The target does not exist.'],
  forbidden: ['AccessDeniedException', 'The target does not allow the delivery.'],
  unsupported: ['ValidationException', 'The target does not take this payload.'],
  expired: ['MaximumEventAgeInSeconds', 'The firing was older than its maximum age.'],
};

function deadLetterAttributes(
  due: DueSchedule,
  executionId: string,
  failure: Failure,
): Readonly<Record<string, DeliveryAttribute>> {
  const [code, message] = FAILURES[failure];
  const text = (value: string): DeliveryAttribute => ({ type: 'String', value });
  return {
    ERROR_CODE: text(code),
    ERROR_MESSAGE: text(message),
    EXECUTION_ID: text(executionId),
    RETRY_ATTEMPTS: text('0'),
    SCHEDULED_TIME: text(timeOf(due.firing.scheduledAtMs)),
    SCHEDULE_ARN: text(scheduleArn(due)),
    TARGET_ARN: text(due.schedule.target.Arn),
  };
}

/** One count of a metric of AWS/Scheduler. */
function count({ clock, metricSink }: SchedulerDependencies, due: DueSchedule, name: string): void {
  metricSink.put([
    {
      accountId: due.accountId,
      region: due.region,
      namespace: 'AWS/Scheduler',
      name,
      dimensions: { ScheduleGroup: due.group },
      value: 1,
      unit: 'Count',
      timestampMs: clock.now(),
    },
  ]);
}
