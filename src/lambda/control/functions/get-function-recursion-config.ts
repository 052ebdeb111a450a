import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html */
export function getFunctionRecursionConfig(
  control: Control,
): Operations['GetFunctionRecursionConfig'] {
  return async (context, { FunctionName }) => {
    const action = 'lambda:GetFunctionRecursionConfig';
    const address = unqualified(addressOf(context, { FunctionName }, action));
    const record = await control.database.read((queries) => loadFunction(queries, address));
    return { RecursiveLoop: record.recursiveLoop };
  };
}
