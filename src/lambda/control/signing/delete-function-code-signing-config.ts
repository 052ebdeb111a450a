import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { functions } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionCodeSigningConfig.html */
export function deleteFunctionCodeSigningConfig(
  control: Control,
): Operations['DeleteFunctionCodeSigningConfig'] {
  return async (context, { FunctionName }) => {
    const action = 'lambda:DeleteFunctionCodeSigningConfig';
    const address = unqualified(addressOf(context, { FunctionName }, action));
    await control.database.transact(async (tx) => {
      const { codeSigningConfigArn: _, ...rest } = await loadFunction(tx, address);
      await functions.put(tx, address, rest);
    });
    return {};
  };
}
