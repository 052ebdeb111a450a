import { definePermissions, passRole, textOf, textsOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import type { Database } from '#ports/world/database.ts';
import { stackArn } from './model.ts';
import { changeSetOfId } from './store-links.ts';

const NAMED: Permissions = definePermissions({
  prefix: 'cloudformation',
  resourcesOf,
  keysOf: ({ input }) => ({
    'cloudformation:ChangeSetName': textOf(input, 'ChangeSetName'),
    'cloudformation:ResourceTypes':
      'ResourceTypes' in input ? textsOf(input, 'ResourceTypes') : undefined,
    'cloudformation:RoleArn': textOf(input, 'RoleARN'),
    'cloudformation:StackPolicyUrl': textOf(input, 'StackPolicyURL'),
    'cloudformation:TemplateUrl': textOf(input, 'TemplateURL'),
  }),
  moreOf: ({ input }) => passRole(textOf(input, 'RoleARN'), 'cloudformation.amazonaws.com'),
});

/**
 * What is done to a change set is done to its stack, also where only the change set is named.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
 */
export function cloudformationPermissions({
  database,
}: {
  readonly database: Database;
}): Permissions {
  return {
    async needsOf(call) {
      const id = textOf(call.input, 'ChangeSetName');
      if (textOf(call.input, 'StackName') !== undefined || id?.startsWith('arn:') !== true) {
        return NAMED.needsOf(call);
      }
      const set = await database.read((queries) => changeSetOfId(queries, id));
      const input = set === undefined ? call.input : { ...call.input, StackName: set.stackId };
      return NAMED.needsOf({ ...call, input });
    },
  };
}

function resourcesOf({ input, context }: Call): string | undefined {
  const name = textOf(input, 'StackName') ?? textOf(input, 'ChangeSetName');
  if (name === undefined || name.startsWith('arn:')) return name;
  return stackArn(context, name, '*');
}
