import type { Operations } from '#aws/models/cloudformation.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { noSuchStack, validation } from '../errors.ts';
import { POLICY_BYTES_MAX } from '../limits.ts';
import { findStack, saveStack } from '../store-stacks.ts';
import { requireStack } from './begin.ts';
import { logicalIdsOf, requireKnownIds } from './policy-ids.ts';
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
  if (TemplateBody !== undefined && TemplateURL !== undefined) {
    throw validation('You cannot specify both StackPolicyURL and StackPolicyBody');
  }
  const text = await templateText(dependencies, context, {
    ...(TemplateBody === undefined ? {} : { TemplateBody }),
    ...(TemplateURL === undefined ? {} : { TemplateURL }),
  });
  if (text === undefined) return undefined;
  if (Buffer.byteLength(text) > POLICY_BYTES_MAX) {
    throw validation(`A stack policy has ${POLICY_BYTES_MAX} bytes at the most.`);
  }
  if (isPolicy(parseJson(text))) return text;
  throw validation('Error validating stack policy: Invalid stack policy');
}

/** An empty policy is none. A statement that could not be followed would be passed over: one that denies, too. */
function isPolicy(document: unknown): boolean {
  if (!isObject(document)) return false;
  const { Statement: statement } = document;
  if (statement === undefined) return Object.keys(document).length === 0;
  return [statement].flat().every(isStatement);
}

function isStatement(statement: unknown): boolean {
  if (!isObject(statement)) return false;
  const {
    Effect: effect,
    Principal: principal,
    Action,
    NotAction,
    Resource,
    NotResource,
  } = statement;
  const actions = [Action ?? NotAction].flat();
  const resources = [Resource ?? NotResource].flat();
  return (
    (effect === 'Allow' || effect === 'Deny') &&
    principal === '*' &&
    actions.every((one) => typeof one === 'string' && /^Update:/i.test(one)) &&
    resources.every((one) => typeof one === 'string')
  );
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
      const stack = await requireStack(tx, context, StackName);
      requireKnownIds(policy, logicalIdsOf(stack, stack.goal));
      await saveStack(tx, { ...stack, policy });
    });
    return {};
  };
}

/** The policy of a stack, while an update runs that which holds for it; nothing where it has none. */
export function getStackPolicy({
  database,
}: CloudformationDependencies): Operations['GetStackPolicy'] {
  return async (context, { StackName }) => {
    const stack = await database.read((queries) => findStack(queries, context, StackName));
    if (stack === undefined) throw noSuchStack(StackName);
    const policy = stack.operation?.policy ?? stack.policy;
    return policy === undefined ? {} : { StackPolicyBody: policy };
  };
}
