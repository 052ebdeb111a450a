import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { eventInvokeConfigs } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';
import { configMissing, qualifiedAddress } from './event-invoke-configs.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html */
export function deleteFunctionEventInvokeConfig(
  control: Control,
): Operations['DeleteFunctionEventInvokeConfig'] {
  return async (context, input) => {
    const action = 'lambda:DeleteFunctionEventInvokeConfig';
    const address = qualifiedAddress(addressOf(context, input, action));
    const { functionName, qualifier } = address;
    const count = await control.database.transact((tx) =>
      eventInvokeConfigs.delete(tx, address, functionName, qualifier),
    );
    if (count === 0) throw configMissing(address);
    return {};
  };
}
