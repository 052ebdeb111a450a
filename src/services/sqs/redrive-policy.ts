/** Where a queue's poison goes. */
import { parseArn } from '#kernel/arn.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { Queries } from '#ports/world/database.ts';
import { invalidRedrivePolicy, invalidValue } from './errors.ts';
import { REDRIVE_SOURCES_MAX } from './limits.ts';
import { queueArn, redrivePolicy, type Queue } from './model.ts';
import { queueOfArn } from './store-queues.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const RECEIVE_COUNT_MAX = 1000;

/**
 * Checks what can be told without the store; an empty policy takes the policy away.
 * @throws AwsError InvalidParameterValue; `test_invalid_dead_letter_arn_rejected_before_lookup`
 */
export function checkRedrivePolicy(text: string): void {
  if (text === '') return;
  const policy = parseJson(text);
  if (!isObject(policy)) {
    throw invalidRedrivePolicy(text, 'Redrive policy is not a valid JSON map.');
  }
  const { deadLetterTargetArn: arn, maxReceiveCount } = policy;
  for (const [name, value] of Object.entries({ deadLetterTargetArn: arn, maxReceiveCount })) {
    if (value !== undefined) continue;
    const reason = `Redrive policy does not contain mandatory attribute: ${name}.`;
    throw invalidRedrivePolicy(text, reason);
  }
  if (typeof arn !== 'string' || parseArn(arn)?.service !== 'sqs') {
    throw invalidRedrivePolicy(text, 'Invalid value for deadLetterTargetArn.');
  }
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > RECEIVE_COUNT_MAX) {
    throw invalidRedrivePolicy(
      text,
      `Invalid value for maxReceiveCount: ${String(maxReceiveCount)}, valid values are from 1 to ${RECEIVE_COUNT_MAX} both inclusive.`,
    );
  }
}

/** @throws AwsError InvalidParameterValue where a policy says what no policy can; the reasons are not recorded */
export function checkRedriveAllowPolicy(text: string): void {
  if (text === '') return;
  const policy = parseJson(text);
  const refuse = (reason: string): Error => invalidValue(text, 'RedriveAllowPolicy', reason);
  if (!isObject(policy)) throw refuse('Redrive allow policy is not a valid JSON map.');
  const { redrivePermission: permission, sourceQueueArns: sources } = policy;
  if (permission !== 'allowAll' && permission !== 'denyAll' && permission !== 'byQueue') {
    throw refuse('redrivePermission must be allowAll, denyAll or byQueue.');
  }
  if (permission !== 'byQueue') {
    if (sources === undefined) return;
    throw refuse('sourceQueueArns can be specified only with byQueue.');
  }
  const isList = Array.isArray(sources) && sources.length > 0;
  if (!isList || sources.length > REDRIVE_SOURCES_MAX) {
    throw refuse(`sourceQueueArns must name 1 to ${REDRIVE_SOURCES_MAX} queues.`);
  }
}

/** Whether a dead-letter queue takes what comes from a source; all do where nothing is said. */
function isAllowed(target: Queue, sourceArn: string): boolean {
  const policy = parseJson(target.attributes['RedriveAllowPolicy'] ?? '');
  if (!isObject(policy)) return true;
  const { redrivePermission: permission, sourceQueueArns: sources } = policy;
  if (permission === 'byQueue') return Array.isArray(sources) && sources.includes(sourceArn);
  return permission !== 'denyAll';
}

/** The queue that takes another's poison, which has to be of the same account and Region. */
export async function deadLetterQueue(
  queries: Queries,
  { accountId, region }: Queue,
  arn: string,
): Promise<Queue | undefined> {
  const target = await queueOfArn(queries, arn);
  return target?.accountId === accountId && target.region === region ? target : undefined;
}

/**
 * Checks that the queue that a policy names is there, of the same type, and willing.
 * @throws AwsError InvalidParameterValue
 */
export async function checkDeadLetterTarget(queries: Queries, queue: Queue): Promise<void> {
  const policy = redrivePolicy(queue);
  if (policy === undefined) return;
  const text = queue.attributes['RedrivePolicy'] ?? '';
  const target = await deadLetterQueue(queries, queue, policy.deadLetterTargetArn);
  if (target === undefined) throw invalidRedrivePolicy(text, 'Dead letter target does not exist.');
  if (target.isFifo !== queue.isFifo) {
    const reason = 'Dead letter target should be of the same type of queue as the source.';
    throw invalidRedrivePolicy(text, reason);
  }
  if (!isAllowed(target, queueArn(queue))) {
    throw invalidRedrivePolicy(
      text,
      "Dead letter target's redrive allow policy forbids this source.",
    );
  }
}
