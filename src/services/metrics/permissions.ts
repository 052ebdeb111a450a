import { definePermissions, textOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const CLOUDWATCH_PERMISSIONS: Permissions = definePermissions({
  prefix: 'cloudwatch',
  resourcesOf,
  keysOf: ({ operation, input }) =>
    operation === 'PutMetricData' ? { 'cloudwatch:namespace': textOf(input, 'Namespace') } : {},
});

function resourcesOf({ operation, input, context }: Call): readonly string[] | undefined {
  const { accountId, region } = context;
  const arn = textOf(input, 'ResourceARN');
  if (arn !== undefined) return [arn];
  const of = (kind: string, names: readonly string[], place = region): readonly string[] =>
    names.map((name) => formatArn('cloudwatch', place, accountId, `${kind}${name}`));
  const alarms = textsOf(input, 'AlarmName', 'AlarmNames');
  if (alarms.length > 0) return of('alarm:', alarms);
  const dashboards = textsOf(input, 'DashboardName', 'DashboardNames');
  // Dashboards have no Region.
  if (dashboards.length > 0) return of('dashboard/', dashboards, '');
  const rules = textsOf(input, 'RuleName', 'RuleNames');
  if (rules.length > 0) return of('insight-rule/', rules);
  const streams = operation.includes('MetricStream') ? textsOf(input, 'Name', 'Names') : [];
  return streams.length > 0 ? of('metric-stream/', streams) : undefined;
}

function textsOf(input: Call['input'], one: string, several: string): readonly string[] {
  const list = input[several];
  const named = textOf(input, one);
  const names = Array.isArray(list) ? list.map(String) : [];
  return named === undefined ? names : [named, ...names];
}
