import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { functions } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html */
export function putFunctionRecursionConfig(
  control: Control,
): Operations['PutFunctionRecursionConfig'] {
  return async (context, { FunctionName, RecursiveLoop }) => {
    const action = 'lambda:PutFunctionRecursionConfig';
    const address = unqualified(addressOf(context, { FunctionName }, action));
    await control.database.transact(async (tx) => {
      const record = await loadFunction(tx, address);
      await functions.put(tx, address, { ...record, recursiveLoop: RecursiveLoop });
    });
    return { RecursiveLoop };
  };
}
