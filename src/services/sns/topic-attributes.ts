/** Which attributes a topic has, which values they take, and how they are described. */
import { isObject, parseJson } from '#kernel/json.ts';
import {
  deliveryPolicyRefusal,
  effectiveTopicPolicy,
  normalTopicPolicy,
} from './delivery-policy.ts';
import { invalidParameter } from './errors.ts';
import { topicArn, type Subscription, type Topic } from './model.ts';
import { policyOf } from './policy.ts';

const BOOLEAN = /^(true|false)$/i;
const FEEDBACK =
  /^(Application|HTTP|Lambda|SQS|Firehose)(Success|Failure)Feedback(RoleArn|SampleRate)$/;

/** Checks of a value, by name; an attribute that is not here is refused. */
const CHECKS: Readonly<Record<string, (value: string) => boolean>> = {
  ArchivePolicy: isJsonObject,
  ContentBasedDeduplication: (value) => BOOLEAN.test(value),
  DeliveryPolicy: (value) => isNothing(value) || deliveryPolicyRefusal(value) === undefined,
  // A control character could not stand in the answers that tell the name.
  DisplayName: (value) => value.length <= 100 && !/\p{Cc}/u.test(value),
  FifoThroughputScope: (value) => /^(Topic|MessageGroup)$/.test(value),
  FifoTopic: (value) => BOOLEAN.test(value),
  KmsMasterKeyId: () => true,
  Policy: isJsonObject,
  SignatureVersion: (value) => /^[12]$/.test(value),
  TracingConfig: (value) => /^(PassThrough|Active)$/.test(value),
};

/** Takes a delivery policy away. */
function isNothing(value: string): boolean {
  return value === '' || value === 'null';
}

/** The attributes as they are kept once they were checked. */
export function keptTopicAttributes(
  attributes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { DeliveryPolicy: policy, ...others } = attributes;
  if (policy === undefined || isNothing(policy)) return others;
  return { ...others, DeliveryPolicy: normalTopicPolicy(policy) };
}

function isJsonObject(value: string): boolean {
  return isObject(parseJson(value));
}

/** @throws AwsError InvalidParameter */
export function checkTopicAttribute(
  name: string,
  value: string,
  { isAtCreation, isFifo }: { readonly isAtCreation: boolean; readonly isFifo: boolean },
): void {
  if (FEEDBACK.test(name)) return;
  // `constructor` and its like are names that anybody may send.
  const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
  // Recorded: test_topic_get_attributes_with_fifo_false.
  if (check === undefined || (name === 'FifoTopic' && !isAtCreation)) {
    throw invalidParameter(
      isAtCreation ? `Attributes Reason: Unknown attribute ${name}` : 'AttributeName',
    );
  }
  if (name === 'ContentBasedDeduplication' && !isFifo && value.toLowerCase() === 'true') {
    const reason = 'Content-based deduplication can only be set for FIFO topics';
    throw invalidParameter(`Attributes Reason: ${reason}`);
  }
  if (!check(value)) throw invalidParameter(`Attributes Reason: Invalid value for ${name}`);
}

/** Recorded: `test_create_topic_test_arn`, `test_create_topic_with_attributes`. */
export function describeTopic(
  topic: Topic,
  subscriptions: readonly Subscription[],
): Record<string, string> {
  const pending = subscriptions.filter(({ isPending }) => isPending).length;
  const { FifoTopic: _fifo, ...attributes } = topic.attributes;
  return {
    DisplayName: '',
    ...(topic.isFifo ? { FifoTopic: 'true', ContentBasedDeduplication: 'false' } : {}),
    ...attributes,
    Policy: policyOf(topic),
    EffectiveDeliveryPolicy: JSON.stringify({ http: effectiveTopicPolicy(topic) }),
    Owner: topic.accountId,
    SubscriptionsConfirmed: String(subscriptions.length - pending),
    SubscriptionsDeleted: '0',
    SubscriptionsPending: String(pending),
    TopicArn: topicArn(topic),
  };
}
