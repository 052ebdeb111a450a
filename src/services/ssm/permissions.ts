import { definePermissions, textOf, textsOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import { addressOf, parameterArn } from './model.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
export const SSM_PERMISSIONS: Permissions = definePermissions({ prefix: 'ssm', resourcesOf });

function resourcesOf({ operation, input, context }: Call): readonly string[] | undefined {
  if (operation === 'DescribeParameters') return undefined;
  const one = textOf(input, 'Name') ?? textOf(input, 'Path') ?? textOf(input, 'ResourceId');
  const names = one === undefined ? textsOf(input, 'Names') : [one];
  return names.map((name) => parameterArn(context, addressOf(name).name));
}
