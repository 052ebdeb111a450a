/** What CreateSchedule and UpdateSchedule have in common: checks, and defaults. */
import type { CreateScheduleInput, Target } from '#aws/models/scheduler.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import { parseJson } from '#kernel/json.ts';
import { isTimeZone, parseSchedulerExpression } from '#kernel/schedule/index.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import { invalidExpression, validation } from './errors.ts';
import { EVENT_AGE_SECONDS_DEFAULT, RETRY_ATTEMPTS_DEFAULT } from './limits.ts';
import type { Place, Schedule } from './model.ts';
import { handoversOf, UNIVERSAL_OPERATIONS, universalOperation } from './universal-target.ts';

const START_AGE_MS_MAX = 5 * MINUTE_MS;

/**
 * The schedule that an input describes.
 * @throws AwsError ValidationException
 */
export function scheduleOf(input: CreateScheduleInput, place: Place, nowMs: number): Schedule {
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timeZone = 'UTC' } = input;
  if (parseSchedulerExpression(expression) === undefined) throw invalidExpression(expression);
  if (!isTimeZone(timeZone)) throw validation(`Invalid Schedule Expression Timezone ${timeZone}.`);
  checkDates(input, nowMs);
  checkWindow(input);
  checkTarget(input.Target, place);
  const { StartDate, EndDate, Description, KmsKeyArn, ClientToken } = input;
  return {
    expression,
    timeZone,
    ...(StartDate === undefined ? {} : { startAtMs: StartDate }),
    ...(EndDate === undefined ? {} : { endAtMs: EndDate }),
    ...(Description === undefined ? {} : { description: Description }),
    state: input.State ?? 'ENABLED',
    ...(KmsKeyArn === undefined ? {} : { kmsKeyArn: KmsKeyArn }),
    target: withRetryPolicy(input.Target),
    window: input.FlexibleTimeWindow,
    afterCompletion: input.ActionAfterCompletion ?? 'NONE',
    ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
  };
}

function checkDates({ StartDate, EndDate }: CreateScheduleInput, nowMs: number): void {
  if (StartDate !== undefined && StartDate < nowMs - START_AGE_MS_MAX) {
    throw validation('The StartDate you specify cannot be earlier than 5 minutes ago.');
  }
  if (EndDate === undefined) return;
  if (EndDate < nowMs) throw validation('The EndDate you specify cannot be in the past.');
  if (StartDate !== undefined && EndDate <= StartDate) {
    throw validation('The StartDate must be before the EndDate.');
  }
}

function checkWindow({ FlexibleTimeWindow: window }: CreateScheduleInput): void {
  const isFlexible = window.Mode === 'FLEXIBLE';
  if (isFlexible && window.MaximumWindowInMinutes === undefined) {
    throw validation('MaximumWindowInMinutes must be provided when the mode is FLEXIBLE.');
  }
  if (!isFlexible && window.MaximumWindowInMinutes !== undefined) {
    throw validation('MaximumWindowInMinutes must not be provided when the mode is OFF.');
  }
}

/** Which parameters a target needs beside its ARN. */
const REQUIRED = {
  kinesis: 'KinesisParameters',
  events: 'EventBridgeParameters',
  ecs: 'EcsParameters',
} as const satisfies Readonly<Record<string, keyof Target>>;

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html */
const TEMPLATED_TARGETS: ReadonlySet<string> = new Set([
  'codebuild',
  'codepipeline',
  'ecs',
  'events',
  'firehose',
  'inspector',
  'kinesis',
  'lambda',
  'sagemaker',
  'sns',
  'sqs',
  'states',
]);

/** Whose input AWS wants to be JSON. @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html */
const JSON_TARGETS: ReadonlySet<string> = new Set(['events', 'lambda', 'states']);

function checkTarget(target: Target, place: Place): void {
  const arn = parseArn(target.Arn);
  if (arn === undefined) throw validation('Provided Arn is not in correct format.');
  const operation = universalOperation(target.Arn);
  if (operation !== undefined) {
    checkCall(operation, target, place);
    return;
  }
  const { service, resource } = arn;
  if (!TEMPLATED_TARGETS.has(service)) throw validation('Provided Arn is not in correct format.');
  if (service === 'sqs' && resource.endsWith('.fifo') && !target.SqsParameters?.MessageGroupId) {
    throw validation('SqsParameters must be specified for a FIFO queue.');
  }
  const required = Object.entries(REQUIRED).find(([name]) => name === service)?.[1];
  if (required !== undefined && target[required] === undefined) {
    throw validation(`${required} must be specified for the target ${target.Arn}.`);
  }
  const { Input: input } = target;
  if (JSON_TARGETS.has(service) && input !== undefined && parseJson(input) === undefined) {
    throw validation(`Input must be JSON for the target ${target.Arn}.`);
  }
}

/** A universal target calls an operation: one that can be called, with what it takes. */
function checkCall(operation: string, { Arn, Input = '{}' }: Target, place: Place): void {
  if (!UNIVERSAL_OPERATIONS.includes(operation)) {
    const names = UNIVERSAL_OPERATIONS.join(', ');
    throw validation(`${Arn} is not supported: universal targets can call ${names}.`);
  }
  // Context attributes stand inside of texts, and do not matter here.
  if (handoversOf(operation, Input, place, '') === undefined) {
    throw validation(`Input is not what ${operation} takes here.`);
  }
}

function withRetryPolicy(target: Target): Target {
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = target.RetryPolicy ?? {};
  return {
    ...target,
    RetryPolicy: {
      MaximumEventAgeInSeconds: MaximumEventAgeInSeconds ?? EVENT_AGE_SECONDS_DEFAULT,
      MaximumRetryAttempts: MaximumRetryAttempts ?? RETRY_ATTEMPTS_DEFAULT,
    },
  };
}
