import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { resourceNotFound } from '../../errors.ts';
import { LATEST } from '../../model/address.ts';
import { urls } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionUrlConfig.html */
export function deleteFunctionUrlConfig(control: Control): Operations['DeleteFunctionUrlConfig'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:DeleteFunctionUrlConfig');
    const { functionName, qualifier = LATEST } = address;
    const count = await control.database.transact((tx) =>
      urls.delete(tx, address, functionName, qualifier),
    );
    if (count === 0) throw resourceNotFound();
    return {};
  };
}
