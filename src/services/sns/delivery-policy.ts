/**
 * How web servers are posted to: how often and when a post is tried again, and its content type.
 * @see https://docs.aws.amazon.com/sns/latest/dg/creating-delivery-policy.html
 */
import { isObject, parseJson, type Json } from '#kernel/json.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Subscription, Topic } from './model.ts';

/** Delays in seconds; retries come in the order none, least, growing, most. */
export interface RetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  /** All retries of a post. */
  readonly numRetries: number;
  readonly numMaxDelayRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly backoffFunction: string;
}

/** Three retries, twenty seconds apart. Recorded: `test_create_topic_test_arn`. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
};
const DEFAULT_REQUEST_POLICY = { headerContentType: 'text/plain; charset=UTF-8' };
const RETRIES_MAX = 100;
const DELAY_SECONDS_MAX = 3600;
const BACKOFF_FUNCTIONS: readonly unknown[] = ['arithmetic', 'exponential', 'geometric', 'linear'];

type Members = Readonly<Record<string, Json>>;

function membersOf(value: unknown): Members {
  // What JSON.parse made holds JSON.
  return isObject(value) ? (value as Members) : {};
}

function present(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

function topicPolicy(topic: Pick<Topic, 'attributes'>): Members {
  return membersOf(membersOf(parseJson(topic.attributes['DeliveryPolicy'] ?? ''))['http']);
}

/** What is kept of a topic's policy; recorded: `test_topic_delivery_policy_crud`. */
export function normalTopicPolicy(text: string): string {
  const http = present(membersOf(membersOf(parseJson(text))['http']));
  return JSON.stringify({ http: { disableSubscriptionOverrides: false, ...http } });
}

/** A topic's policy, completed by the defaults. */
export function effectiveTopicPolicy(topic: Pick<Topic, 'attributes'>): object {
  const http = topicPolicy(topic);
  const retries = present(membersOf(http['defaultHealthyRetryPolicy']));
  return {
    ...http,
    defaultHealthyRetryPolicy: { ...DEFAULT_RETRY_POLICY, ...retries },
    disableSubscriptionOverrides: http['disableSubscriptionOverrides'] ?? false,
    defaultRequestPolicy: {
      ...DEFAULT_REQUEST_POLICY,
      ...present(membersOf(http['defaultRequestPolicy'])),
    },
  };
}

/** A subscription's policy in AWS's form; recorded: `test_subscribe_external_http_endpoint_content_type`. */
export function normalSubscriptionPolicy(text: string): object {
  const given = membersOf(parseJson(text));
  return {
    healthyRetryPolicy: given['healthyRetryPolicy'] ?? null,
    sicklyRetryPolicy: given['sicklyRetryPolicy'] ?? null,
    throttlePolicy: given['throttlePolicy'] ?? null,
    requestPolicy: given['requestPolicy'] ?? null,
    guaranteed: given['guaranteed'] ?? false,
  };
}

export interface EffectivePolicy {
  readonly healthyRetryPolicy: RetryPolicy;
  readonly requestPolicy: { readonly headerContentType: string };
}

/** What holds for a subscription: its own policy, else its topic's, else the defaults. */
export function effectivePolicy(
  topic: Pick<Topic, 'attributes'>,
  subscription: Pick<Subscription, 'attributes'>,
): EffectivePolicy {
  const http = topicPolicy(topic);
  const mayOverride = http['disableSubscriptionOverrides'] !== true;
  const text = mayOverride ? (subscription.attributes['DeliveryPolicy'] ?? '') : '';
  const own = membersOf(parseJson(text));
  const retries = own['healthyRetryPolicy'] ?? http['defaultHealthyRetryPolicy'];
  const request = own['requestPolicy'] ?? http['defaultRequestPolicy'];
  return {
    ...normalSubscriptionPolicy(text),
    healthyRetryPolicy: { ...DEFAULT_RETRY_POLICY, ...present(membersOf(retries)) },
    requestPolicy: { ...DEFAULT_REQUEST_POLICY, ...present(membersOf(request)) },
  };
}

/** Why a policy of a topic or a subscription is refused, or `undefined`; the reasons are not recorded. */
export function deliveryPolicyRefusal(text: string): string | undefined {
  const policy = parseJson(text);
  if (!isObject(policy)) return 'failed to parse JSON.';
  const http = membersOf(policy['http']);
  const policies = { ...membersOf(policy), ...http };
  const retries = policies['healthyRetryPolicy'] ?? policies['defaultHealthyRetryPolicy'] ?? null;
  const request = policies['requestPolicy'] ?? policies['defaultRequestPolicy'] ?? null;
  const contentType = membersOf(request)['headerContentType'] ?? '';
  if (typeof contentType !== 'string') return 'headerContentType must be a string';
  return retries === null
    ? undefined
    : retryRefusal({ ...DEFAULT_RETRY_POLICY, ...membersOf(retries) });
}

function retryRefusal(policy: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(policy)) {
    if (name === 'backoffFunction') {
      if (!BACKOFF_FUNCTIONS.includes(value)) return `${name} is invalid`;
      continue;
    }
    const max = name.endsWith('DelayTarget') ? DELAY_SECONDS_MAX : RETRIES_MAX;
    const isNumber = typeof value === 'number' && Number.isInteger(value);
    if (!isNumber || value < 0 || value > max) return `${name} must be between 0 and ${max}`;
  }
  const [min, max] = [policy['minDelayTarget'], policy['maxDelayTarget']];
  return Number(min) > Number(max) ? 'minDelayTarget must not exceed maxDelayTarget' : undefined;
}

/**
 * How long a post waits before its retry of this number, in ms; `undefined` where there is none.
 * @param retry the first is 1
 */
export function retryDelayMs(policy: RetryPolicy, retry: number): number | undefined {
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy;
  if (retry > numRetries) return undefined;
  if (retry <= numNoDelayRetries) return 0;
  const { minDelayTarget: min, maxDelayTarget: max } = policy;
  const others = numNoDelayRetries + numMinDelayRetries;
  if (retry <= others) return min * SECOND_MS;
  const growing = numRetries - others - numMaxDelayRetries;
  const step = retry - others;
  if (step > growing) return max * SECOND_MS;
  const share = growing <= 1 ? 0 : (step - 1) / (growing - 1);
  return Math.round(grown(policy, share, step) * SECOND_MS);
}

/** Between the least and the most delay, in seconds; AWS publishes the names of the curves alone. */
function grown(policy: RetryPolicy, share: number, step: number): number {
  const { minDelayTarget: min, maxDelayTarget: max, backoffFunction } = policy;
  switch (backoffFunction) {
    case 'exponential':
      return Math.min(max, min * 2 ** (step - 1));
    case 'geometric':
      return min * (max / Math.max(1, min)) ** share;
    case 'arithmetic':
      return min + (max - min) * share ** 2;
    default:
      return min + (max - min) * share;
  }
}
