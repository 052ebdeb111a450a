import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { functions } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, noteChange, unqualified } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html */
export function deleteFunctionConcurrency(
  control: Control,
): Operations['DeleteFunctionConcurrency'] {
  return async (context, { FunctionName }) => {
    const action = 'lambda:DeleteFunctionConcurrency';
    const address = unqualified(addressOf(context, { FunctionName }, action));
    await control.database.transact(async (tx) => {
      const { reservedConcurrency: _, ...rest } = await loadFunction(tx, address);
      await functions.put(tx, address, rest);
      noteChange(control, tx, address, false);
      tx.afterCommit(() => void control.catalog.refreshReservations());
    });
    return {};
  };
}
