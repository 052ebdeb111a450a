/** Which attributes a subscription has, which values they take, and how they are described. */
import { parseArn } from '#kernel/arn.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import {
  deliveryPolicyRefusal,
  effectivePolicy,
  normalSubscriptionPolicy,
} from './delivery-policy.ts';
import { invalidParameter } from './errors.ts';
import { checkFilterPolicy } from './filter-policy.ts';
import { subscriptionArn, topicArn, type Subscription, type Topic } from './model.ts';

const NAMES: readonly string[] = [
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'ReplayPolicy',
  'SubscriptionRoleArn',
];
const RAW_PROTOCOLS: readonly string[] = ['sqs', 'http', 'https'];

/** @throws AwsError InvalidParameter */
export function checkAttributeName(name: string): void {
  if (!NAMES.includes(name)) throw invalidParameter('AttributeName');
}

export interface CheckContext {
  readonly protocol: string;
  /** Subscribe says `Attributes Reason: ` before the attribute's name. */
  readonly isAtCreation: boolean;
}

/**
 * Checks a set of attributes as a whole.
 * @throws AwsError InvalidParameter
 */
export function checkSubscriptionAttributes(
  attributes: Readonly<Record<string, string>>,
  { protocol, isAtCreation }: CheckContext,
): void {
  const prefix = isAtCreation ? 'Attributes Reason: ' : '';
  for (const [name, value] of Object.entries(attributes)) {
    if (!NAMES.includes(name))
      throw invalidParameter(isAtCreation ? 'Attributes' : 'AttributeName');
    const reason = refusalOf(name, value, protocol);
    if (reason !== undefined) throw invalidParameter(`${prefix}${name}: ${reason}`);
  }
  const { FilterPolicy: policy, FilterPolicyScope: scope = 'MessageAttributes' } = attributes;
  if (policy !== undefined) checkFilterPolicy(policy, scope, `${prefix}FilterPolicy`);
}

/** The attributes as they are kept once they were checked. */
export function keptSubscriptionAttributes(
  attributes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const raw = attributes['RawMessageDelivery'];
  return raw === undefined ? attributes : { ...attributes, RawMessageDelivery: raw.toLowerCase() };
}

function refusalOf(name: string, value: string, protocol: string): string | undefined {
  switch (name) {
    case 'RawMessageDelivery':
      if (!/^(true|false)$/i.test(value)) {
        return `Invalid value [${value}]. Must be true or false.`;
      }
      return value.toLowerCase() === 'false' || RAW_PROTOCOLS.includes(protocol)
        ? undefined
        : `not supported for protocol [${protocol}]`;
    case 'FilterPolicyScope':
      return /^Message(Attributes|Body)$/.test(value)
        ? undefined
        : `Invalid value [${value}]. Please use either MessageBody or MessageAttributes`;
    case 'RedrivePolicy':
      return redriveRefusalOf(value);
    case 'DeliveryPolicy':
      return deliveryPolicyRefusal(value);
    case 'ReplayPolicy':
      return isObject(parseJson(value)) ? undefined : 'failed to parse JSON.';
    default:
      return undefined;
  }
}

function redriveRefusalOf(value: string): string | undefined {
  const policy = parseJson(value);
  if (!isObject(policy)) return 'failed to parse JSON.';
  const { deadLetterTargetArn: arn } = policy;
  if (typeof arn === 'string' && parseArn(arn)?.service === 'sqs') return undefined;
  return 'deadLetterTargetArn is an invalid arn';
}

/** Recorded: `test_publish_sqs_from_sns`, `test_subscribe_sms_endpoint`. */
export function describeSubscription(
  subscription: Subscription,
  topic: Pick<Topic, 'attributes'>,
): Record<string, string> {
  const { attributes, isPending } = subscription;
  return {
    ConfirmationWasAuthenticated: String(!isPending),
    Endpoint: subscription.endpoint,
    Owner: subscription.ownerId,
    PendingConfirmation: String(isPending),
    Protocol: subscription.protocol,
    RawMessageDelivery: 'false',
    SubscriptionArn: subscriptionArn(subscription),
    SubscriptionPrincipal: subscription.principalArn,
    TopicArn: topicArn(subscription),
    ...(attributes['FilterPolicy'] === undefined ? {} : { FilterPolicyScope: 'MessageAttributes' }),
    ...attributes,
    ...describeDelivery(subscription, topic),
  };
}

/** Of web servers alone. Recorded: `test_subscribe_external_http_endpoint_content_type`. */
function describeDelivery(
  subscription: Subscription,
  topic: Pick<Topic, 'attributes'>,
): Record<string, string> {
  if (!subscription.protocol.startsWith('http')) return {};
  const policy = subscription.attributes['DeliveryPolicy'];
  const own = policy && { DeliveryPolicy: JSON.stringify(normalSubscriptionPolicy(policy)) };
  return {
    ...own,
    EffectiveDeliveryPolicy: JSON.stringify(effectivePolicy(topic, subscription)),
  };
}
