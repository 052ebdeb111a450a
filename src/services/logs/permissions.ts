import { definePermissions, passRole, textOf, textsOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import { formatArn, parseArn } from '#kernel/arn.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { groupNameOf, logStreamArn } from './model.ts';
import type { PolicySettings } from './operations/resource-policies.ts';
import { listSettings } from './store-filters.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export const LOGS_PERMISSIONS: Permissions = definePermissions({
  prefix: 'logs',
  resourcesOf,
  moreOf: ({ input }) => passRole(textOf(input, 'roleArn'), 'logs.amazonaws.com'),
});

/** Operations that are about groups in general have a group without a name. */
const ABOUT_GROUPS: ReadonlySet<string> = new Set(['DescribeLogGroups', 'DescribeMetricFilters']);

/** A group's ARN goes on to its streams: policies name it with `:*`. */
function resourcesOf({ operation, input, context }: Call): readonly string[] | undefined {
  const tagged = textOf(input, 'resourceArn');
  if (tagged !== undefined) return [tagged];
  const destination = textOf(input, 'destinationName');
  if (destination !== undefined) {
    return [formatArn('logs', context.region, context.accountId, `destination:${destination}`)];
  }
  const named = textOf(input, 'logGroupName') ?? textOf(input, 'logGroupIdentifier');
  const stream = textOf(input, 'logStreamName') ?? '';
  if (named !== undefined) return [logStreamArn(context, groupNameOf(named), stream)];
  const several = [...textsOf(input, 'logGroupIdentifiers'), ...textsOf(input, 'logGroupNames')];
  if (several.length > 0) {
    return several.map((one) => logStreamArn(context, groupNameOf(one), ''));
  }
  return ABOUT_GROUPS.has(operation) ? [logStreamArn(context, '', '')] : undefined;
}

/** The account's policies: each holds for the groups that it names. */
export const LOG_POLICIES: ResourcePolicies = {
  async find(queries, _action, text) {
    const { accountId = '', region = '' } = parseArn(text) ?? {};
    const policies = await listSettings<PolicySettings>(
      queries,
      { accountId, region },
      'resource-policy',
    );
    const documents = policies.map(({ settings }) => parseJson(settings.policyDocument));
    const Statement = documents.flatMap((one) => (isObject(one) ? [one['Statement']].flat() : []));
    return { accountId, policy: JSON.stringify({ Statement }) };
  },
};
