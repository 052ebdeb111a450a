/** Filter policies: EventBridge's language in its older form, over a message's attributes or body. */
import {
  compilePattern,
  matchPattern,
  PatternRefused,
  type EventPattern,
  type PatternCache,
  type PatternLeaf,
} from '#kernel/event-pattern/index.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { invalidParameter } from './errors.ts';
import { FILTER_POLICY_COMBINATIONS_MAX, FILTER_POLICY_KEYS_MAX } from './limits.ts';
import { textFor, type Message, type MessageAttributes, type Subscription } from './model.ts';

const REDACTED = 'REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)';

/**
 * Checks a policy.
 * @param context `Attributes Reason: FilterPolicy` for Subscribe, `FilterPolicy` for SetSubscriptionAttributes
 * @throws AwsError InvalidParameter; recorded in sns_filter_policy and `test_subscribe_invalid_filter_policy`
 */
export function checkFilterPolicy(text: string, scope: string, context: string): void {
  const pattern = compile(text, context);
  const leaves = [...leavesOf(pattern)];
  if (scope !== 'MessageBody' && leaves.some(({ path }) => path.length > 1)) {
    const message = 'Filter policy scope MessageAttributes does not support nested filter policy';
    throw invalidParameter(message);
  }
  if (leaves.length > FILTER_POLICY_KEYS_MAX) {
    throw invalidParameter(
      `${context}: Filter policy can not have more than ${FILTER_POLICY_KEYS_MAX} keys`,
    );
  }
  const combinations = leaves.reduce(
    (product, { path, conditions }) => product * conditions.length * path.length,
    1,
  );
  if (combinations > FILTER_POLICY_COMBINATIONS_MAX) {
    throw invalidParameter(`${context}: Filter policy is too complex`);
  }
}

function compile(text: string, context: string): EventPattern {
  try {
    return compilePattern(text, 'sns');
  } catch (error) {
    if (!(error instanceof PatternRefused)) throw error;
    if (parseJson(text) !== undefined) throw invalidParameter(`${context}: ${error.message}`);
    const reason = error.message.replace(
      /\[Source: [\s\S]*; line:/,
      () => `[Source: ${REDACTED}; line:`,
    );
    throw invalidParameter(`${context}: failed to parse JSON. ${reason}`);
  }
}

function* leavesOf(pattern: EventPattern): Iterable<PatternLeaf> {
  for (const node of pattern.fields.values()) {
    if ('conditions' in node) yield node;
    else yield* leavesOf(node);
  }
  for (const alternative of pattern.anyOf.flat()) yield* leavesOf(alternative);
}

/**
 * Whether a subscription wants a message; `policies` keeps what was compiled. A body that is no JSON object is wanted
 * by no policy over bodies.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
 */
export function wants(
  policies: PatternCache,
  { attributes, protocol }: Subscription,
  message: Message,
): boolean {
  const { FilterPolicy: policy, FilterPolicyScope: scope } = attributes;
  if (policy === undefined) return true;
  const pattern = policies.get(policy);
  if (scope !== 'MessageBody') return matchPattern(pattern, valuesOf(message.attributes));
  const body = parseJson(textFor(message, protocol));
  return isObject(body) && matchPattern(pattern, body);
}

/** Attributes as values: numbers, texts, and what arrays have in them; bytes match nothing. */
function valuesOf(attributes: MessageAttributes): Readonly<Record<string, unknown>> {
  const entries = Object.entries(attributes).flatMap(([name, { DataType, StringValue }]) => {
    if (StringValue === undefined) return [];
    if (DataType.startsWith('Number')) return [[name, Number(StringValue)] as const];
    if (DataType === 'String.Array') return [[name, parseJson(StringValue)] as const];
    return [[name, StringValue] as const];
  });
  return Object.fromEntries(entries);
}
