import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { eventInvokeConfigs } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';
import { configMissing, describeEventInvoke, qualifiedAddress } from './event-invoke-configs.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html */
export function getFunctionEventInvokeConfig(
  control: Control,
): Operations['GetFunctionEventInvokeConfig'] {
  return async (context, input) => {
    const action = 'lambda:GetFunctionEventInvokeConfig';
    const address = qualifiedAddress(addressOf(context, input, action));
    const { functionName, qualifier } = address;
    const record = await control.database.read((queries) =>
      eventInvokeConfigs.get(queries, address, functionName, qualifier),
    );
    if (record === undefined) throw configMissing(address);
    return describeEventInvoke(address, record);
  };
}
