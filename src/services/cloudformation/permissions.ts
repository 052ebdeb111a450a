import { definePermissions, passRole, textOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import { stackArn } from './model.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export const CLOUDFORMATION_PERMISSIONS: Permissions = definePermissions({
  prefix: 'cloudformation',
  resourcesOf,
  moreOf: ({ input }) => passRole(textOf(input, 'RoleARN'), 'cloudformation.amazonaws.com'),
});

function resourcesOf({ input, context }: Call): string | undefined {
  const name = textOf(input, 'StackName') ?? textOf(input, 'ChangeSetName');
  if (name === undefined || name.startsWith('arn:')) return name;
  return stackArn(context, name, '*');
}
