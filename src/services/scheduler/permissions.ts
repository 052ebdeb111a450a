import { definePermissions, passRole, textOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import { isObject } from '#kernel/json.ts';
import { groupArn, scheduleArn } from './model.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html */
export const SCHEDULER_PERMISSIONS: Permissions = definePermissions({
  prefix: 'scheduler',
  resourcesOf,
  moreOf: ({ input: { Target: target } }) =>
    isObject(target) ? passRole(textOf(target, 'RoleArn'), 'scheduler.amazonaws.com') : [],
});

function resourcesOf({ operation, input, context }: Call): string | undefined {
  const arn = textOf(input, 'ResourceArn');
  const name = textOf(input, 'Name');
  if (arn !== undefined || name === undefined) return arn;
  const { accountId, region } = context;
  if (operation.endsWith('ScheduleGroup')) return groupArn({ accountId, region }, name);
  const group = textOf(input, 'GroupName') ?? 'default';
  return scheduleArn({ accountId, region, group, name });
}
