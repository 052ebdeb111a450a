import { definePermissions, passRole, textOf, textsOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const CLOUDWATCH_PERMISSIONS: Permissions = definePermissions({
  prefix: 'cloudwatch',
  resourcesOf,
  keysOf: ({ operation, input }) =>
    operation === 'PutMetricData' ? { 'cloudwatch:namespace': textOf(input, 'Namespace') } : {},
  moreOf: ({ input }) =>
    passRole(textOf(input, 'RoleArn'), 'streams.metrics.cloudwatch.amazonaws.com'),
});

function resourcesOf({ operation, input, context }: Call): readonly string[] | undefined {
  const { accountId, region } = context;
  const arn = textOf(input, 'ResourceARN');
  if (arn !== undefined) return [arn];
  const of = (kind: string, names: readonly string[], place = region): readonly string[] =>
    names.map((name) => formatArn('cloudwatch', place, accountId, `${kind}${name}`));
  const alarms = namesOf(input, 'AlarmName');
  if (alarms.length > 0) return of('alarm:', alarms);
  const dashboards = namesOf(input, 'DashboardName');
  // Dashboards have no Region.
  if (dashboards.length > 0) return of('dashboard/', dashboards, '');
  const rules = namesOf(input, 'RuleName');
  if (rules.length > 0) return of('insight-rule/', rules);
  const streams = operation.includes('MetricStream') ? namesOf(input, 'Name') : [];
  return streams.length > 0 ? of('metric-stream/', streams) : undefined;
}

/** One name or several: `AlarmName`, `AlarmNames`. */
function namesOf(input: Call['input'], member: string): readonly string[] {
  const named = textOf(input, member);
  const names = textsOf(input, `${member}s`);
  return named === undefined ? names : [named, ...names];
}
