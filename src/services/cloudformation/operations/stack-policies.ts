import type { Operations } from '#aws/models/cloudformation.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { noSuchStack, validation } from '../errors.ts';
import { findStack, saveStack } from '../store-stacks.ts';
import { requireStack } from './begin.ts';
import { templateText } from './template-source.ts';

/**
 * The text of a policy, as a request gives it or where it stands in S3; `undefined` where there is none.
 * @throws AwsError ValidationError
 */
export async function policyText(
  dependencies: CloudformationDependencies,
  context: RequestContext,
  TemplateBody: string | undefined,
  TemplateURL: string | undefined,
): Promise<string | undefined> {
  const text = await templateText(dependencies, context, {
    ...(TemplateBody === undefined ? {} : { TemplateBody }),
    ...(TemplateURL === undefined ? {} : { TemplateURL }),
  });
  if (text === undefined) return undefined;
  const policy = parseJson(text);
  if (isObject(policy) && policy['Statement'] !== undefined) return text;
  throw validation('Error validating stack policy: Invalid stack policy');
}

/** What updates of a stack may do to its resources. */
export function setStackPolicy(
  dependencies: CloudformationDependencies,
): Operations['SetStackPolicy'] {
  return async (context, { StackName, StackPolicyBody, StackPolicyURL }) => {
    const policy = await policyText(dependencies, context, StackPolicyBody, StackPolicyURL);
    if (policy === undefined) {
      throw validation('Either StackPolicyBody or StackPolicyURL must be specified.');
    }
    await dependencies.database.transact(async (tx) => {
      await saveStack(tx, { ...(await requireStack(tx, context, StackName)), policy });
    });
    return {};
  };
}

/** The policy of a stack; nothing where it has none. */
export function getStackPolicy({
  database,
}: CloudformationDependencies): Operations['GetStackPolicy'] {
  return async (context, { StackName }) => {
    const stack = await database.read((queries) => findStack(queries, context, StackName));
    if (stack === undefined) throw noSuchStack(StackName);
    return stack.policy === undefined ? {} : { StackPolicyBody: stack.policy };
  };
}
