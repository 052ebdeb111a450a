import { definePermissions, passRole, textOf } from '#aws/access/index.ts';
import type { Call, ParsedInput, Permissions } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import { isObject } from '#kernel/json.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { topicArn } from './model.ts';
import { policyOf } from './policy.ts';
import { findTopic } from './store.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export const SNS_PERMISSIONS: Permissions = definePermissions({
  prefix: 'sns',
  // Whoever holds the token of a confirmation may confirm.
  actions: { PublishBatch: 'Publish', ConfirmSubscription: [] },
  resourcesOf: resourceOf,
  keysOf: ({ input }) => ({
    'sns:Protocol': textOf(input, 'Protocol'),
    'sns:Endpoint': textOf(input, 'Endpoint'),
  }),
  moreOf: ({ operation, input, context }) => [
    ...(operation === 'CreateTopic' && input['Tags'] !== undefined
      ? [{ action: 'sns:TagResource', resource: namedTopic(input['Name'], context) }]
      : []),
    ...rolesOf(input).flatMap((role) => passRole(role, 'sns.amazonaws.com')),
  ],
  refusal: {
    code: 'AuthorizationError',
    status: 403,
    nameAction: (action) => action.replace(/^sns/, 'SNS'),
  },
});

/** The roles among attributes: with these deliveries are told of, and made to Firehose. */
function rolesOf({ Attributes: all, AttributeName: name, AttributeValue: value }: ParsedInput) {
  const attributes = { ...(isObject(all) ? all : {}), [String(name)]: value };
  const roles = Object.keys(attributes).filter((key) => key.endsWith('RoleArn'));
  return roles.map((key) => textOf(attributes, key)).filter((role) => role !== undefined);
}

const ARNS = ['TopicArn', 'TargetArn', 'ResourceArn', 'PlatformApplicationArn'] as const;

/** A subscription is its topic's. */
function resourceOf({ input, context }: Call): string | readonly string[] | undefined {
  const subscription = textOf(input, 'SubscriptionArn');
  if (subscription !== undefined) return subscription.split(':').slice(0, 6).join(':');
  const arns = ARNS.flatMap((member) => textOf(input, member) ?? []);
  if (arns.length > 0) return arns;
  if (input['Platform'] !== undefined) return undefined;
  const endpoint = textOf(input, 'EndpointArn');
  if (endpoint !== undefined) return endpoint;
  return input['Name'] === undefined ? undefined : namedTopic(input['Name'], context);
}

function namedTopic(name: unknown, { accountId, region }: Call['context']): string {
  return topicArn({ accountId, region, topic: String(name) });
}

/** Topics' own policies; each has AWS's default until it is given another. */
export const TOPIC_POLICIES: ResourcePolicies = {
  async find(queries, _action, text) {
    const arn = parseArn(text);
    if (arn?.service !== 'sns') return undefined;
    const { accountId, region, resource: topic } = arn;
    const found = await findTopic(queries, { accountId, region, topic });
    return found && { accountId, tags: found.tags, policy: policyOf(found) };
  },
};
