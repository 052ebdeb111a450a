/** Operations on functions of other accounts, which the function's own policy opens. */
import type { Operation } from '#aws/operation.ts';

import { parseFunctionReference } from '../../model/address.ts';
import type { Control } from '../control.ts';
import { addressOf, authorise } from '../control.ts';

/**
 * Operations that a function's policy can open to another account.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html
 */
const SHAREABLE: ReadonlySet<string> = new Set([
  'CreateAlias',
  'DeleteAlias',
  'DeleteFunction',
  'DeleteFunctionConcurrency',
  'DeleteFunctionEventInvokeConfig',
  'DeleteProvisionedConcurrencyConfig',
  'GetAlias',
  'GetFunctionConcurrency',
  'GetFunctionEventInvokeConfig',
  'GetPolicy',
  'GetProvisionedConcurrencyConfig',
  'ListAliases',
  'ListFunctionEventInvokeConfigs',
  'ListProvisionedConcurrencyConfigs',
  'ListTags',
  'ListVersionsByFunction',
  'PublishVersion',
  'PutFunctionConcurrency',
  'PutFunctionEventInvokeConfig',
  'PutProvisionedConcurrencyConfig',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'UpdateFunctionCode',
  'UpdateFunctionEventInvokeConfig',
]);

/** What names a function in the inputs of these operations. */
interface SharedInput {
  readonly FunctionName?: string;
  readonly Qualifier?: string;
  readonly Resource?: string;
}

/** The operation, and for callers of other accounts on the owner's account once the function's policy lets them in. */
export function shared<Input extends SharedInput, Output>(
  control: Control,
  name: string,
  operation: Operation<Input, Output>,
): Operation<Input, Output> {
  if (!SHAREABLE.has(name)) return operation;
  return async (context, input) => {
    const FunctionName = input.FunctionName ?? input.Resource ?? '';
    const owner = parseFunctionReference(FunctionName)?.accountId ?? context.accountId;
    if (owner === context.accountId) return await operation(context, input);
    const { Qualifier } = input;
    const named = Qualifier === undefined ? { FunctionName } : { FunctionName, Qualifier };
    const address = addressOf(context, named);
    await control.database.read((queries) =>
      authorise(queries, context, address, `lambda:${name}`),
    );
    return await operation({ ...context, accountId: owner }, input);
  };
}
