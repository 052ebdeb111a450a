import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html */
export function getFunctionConcurrency(control: Control): Operations['GetFunctionConcurrency'] {
  return async (context, { FunctionName }) => {
    const action = 'lambda:GetFunctionConcurrency';
    const address = unqualified(addressOf(context, { FunctionName }, action));
    const record = await control.database.read((queries) => loadFunction(queries, address));
    const { reservedConcurrency } = record;
    return reservedConcurrency === undefined
      ? {}
      : { ReservedConcurrentExecutions: reservedConcurrency };
  };
}
