/** The attributes of a queue: which there are, their bounds and defaults. */
import { invalidAttributeName, invalidAttributeValue, twoEncryptions } from './errors.ts';
import { MESSAGE_BYTES_MAX } from './limits.ts';
import type { Queue } from './model.ts';
import { checkRedriveAllowPolicy, checkRedrivePolicy } from './redrive-policy.ts';

interface AttributeRule {
  readonly fallback?: string;
  readonly isFifoOnly?: boolean;
  readonly isValid: (value: string) => boolean;
}

const isFlag = (value: string): boolean => value === 'true' || value === 'false';
const isAnything = (): boolean => true;

function isWithin(min: number, max: number): (value: string) => boolean {
  return (value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
}

function isOneOf(...values: readonly string[]): (value: string) => boolean {
  return (value) => values.includes(value);
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const RULES: Readonly<Record<string, AttributeRule>> = {
  DelaySeconds: { fallback: '0', isValid: isWithin(0, 900) },
  MaximumMessageSize: {
    fallback: String(MESSAGE_BYTES_MAX),
    isValid: isWithin(1024, MESSAGE_BYTES_MAX),
  },
  MessageRetentionPeriod: { fallback: '345600', isValid: isWithin(60, 1_209_600) },
  ReceiveMessageWaitTimeSeconds: { fallback: '0', isValid: isWithin(0, 20) },
  VisibilityTimeout: { fallback: '30', isValid: isWithin(0, 43_200) },
  Policy: { isValid: isJsonOrEmpty },
  RedrivePolicy: { isValid: isAnything },
  RedriveAllowPolicy: { isValid: isAnything },
  KmsMasterKeyId: { isValid: isAnything },
  KmsDataKeyReusePeriodSeconds: { fallback: '300', isValid: isWithin(60, 86_400) },
  SqsManagedSseEnabled: { fallback: 'true', isValid: isFlag },
  FifoQueue: { isFifoOnly: true, isValid: isOneOf('true') },
  ContentBasedDeduplication: { fallback: 'false', isFifoOnly: true, isValid: isFlag },
  DeduplicationScope: {
    fallback: 'queue',
    isFifoOnly: true,
    isValid: isOneOf('queue', 'messageGroup'),
  },
  FifoThroughputLimit: {
    fallback: 'perQueue',
    isFifoOnly: true,
    isValid: isOneOf('perQueue', 'perMessageGroupId'),
  },
};

/** Set to nothing, these are taken away. */
const REMOVED_WHEN_EMPTY = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId'];

function isJsonOrEmpty(value: string): boolean {
  if (value === '') return true;
  try {
    return typeof JSON.parse(value) === 'object';
  } catch {
    return false;
  }
}

/**
 * Checks attributes to be set on a queue.
 * @throws AwsError InvalidAttributeName, InvalidAttributeValue
 */
export function checkAttributes(
  attributes: Readonly<Record<string, string>>,
  isFifo: boolean,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    // `__proto__` and its like are names that anybody may send.
    const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
    if (rule === undefined || (name === 'FifoQueue' && !isFifo)) {
      throw invalidAttributeName(`Unknown Attribute ${name}.`);
    }
    if (rule.isFifoOnly === true && !isFifo) throw fifoOnly(name);
    if (!rule.isValid(value)) throw invalidAttributeValue(name);
  }
  if (attributes['RedrivePolicy'] !== undefined) checkRedrivePolicy(attributes['RedrivePolicy']);
  const allowed = attributes['RedriveAllowPolicy'];
  if (allowed !== undefined) checkRedriveAllowPolicy(allowed);
  const isManaged = attributes['SqsManagedSseEnabled'] === 'true';
  if (isManaged && (attributes['KmsMasterKeyId'] ?? '') !== '') throw twoEncryptions();
  const isPerGroup = attributes['FifoThroughputLimit'] === 'perMessageGroupId';
  if (isPerGroup && attributes['DeduplicationScope'] === 'queue') {
    throw invalidAttributeValue('FifoThroughputLimit');
  }
}

/** Recorded in `test_create_standard_queue_with_fifo_attribute_raises_error`. */
function fifoOnly(name: string): Error {
  return name === 'ContentBasedDeduplication'
    ? invalidAttributeName(`Unknown Attribute ${name}.`)
    : invalidAttributeName(`You can specify the ${name} only when FifoQueue is set to true.`);
}

/**
 * The stored attributes after a change; empty policies and keys are taken away, and one way of encryption ends
 * the other. Recorded in `test_set_queue_attributes_default_values`.
 */
export function mergeAttributes(
  current: Readonly<Record<string, string>>,
  changed: Readonly<Record<string, string>>,
): Record<string, string> {
  const merged: Record<string, string> = { ...current, ...changed };
  if (changed['SqsManagedSseEnabled'] === 'true') delete merged['KmsMasterKeyId'];
  if ((changed['KmsMasterKeyId'] ?? '') !== '') merged['SqsManagedSseEnabled'] = 'false';
  for (const name of REMOVED_WHEN_EMPTY) if (merged[name] === '') delete merged[name];
  return merged;
}

/** The value in force: what was set, or the default. */
export function attributeOf(queue: Pick<Queue, 'attributes'>, name: string): string | undefined {
  return queue.attributes[name] ?? RULES[name]?.fallback;
}

/** A number that is always in force, in its own unit. */
export function numberOf(
  queue: Pick<Queue, 'attributes'>,
  name:
    | 'DelaySeconds'
    | 'MaximumMessageSize'
    | 'MessageRetentionPeriod'
    | 'ReceiveMessageWaitTimeSeconds'
    | 'VisibilityTimeout',
): number {
  return Number(attributeOf(queue, name));
}

/** Every attribute that a queue shows, but for its counts. */
export function describedAttributes(queue: Queue): Record<string, string> {
  const described: Record<string, string> = {};
  for (const [name, rule] of Object.entries(RULES)) {
    if (rule.isFifoOnly === true && !queue.isFifo) continue;
    if (name === 'KmsDataKeyReusePeriodSeconds' && !('KmsMasterKeyId' in queue.attributes))
      continue;
    const value = attributeOf(queue, name);
    if (value !== undefined) described[name] = value;
  }
  return described;
}
