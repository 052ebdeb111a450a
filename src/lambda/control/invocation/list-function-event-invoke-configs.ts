import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { eventInvokeConfigs, functions } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, unqualified } from '../control.ts';
import { describeEventInvoke, functionMissing } from './event-invoke-configs.ts';
import { pageOf } from '../page.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html */
export function listFunctionEventInvokeConfigs(
  control: Control,
): Operations['ListFunctionEventInvokeConfigs'] {
  return async (context, input) => {
    const action = 'lambda:ListFunctionEventInvokeConfigs';
    const address = unqualified(addressOf(context, input, action));
    const within = [address.functionName];
    const page = await control.database.read(async (queries) => {
      const found = await functions.get(queries, address, address.functionName);
      if (found === undefined) throw functionMissing();
      return pageOf(
        input,
        (after, limit) => eventInvokeConfigs.page(queries, address, { within, after, limit }),
        (record) => [record.qualifier],
      );
    });
    const described = page.items.map((record) => describeEventInvoke(address, record));
    return { FunctionEventInvokeConfigs: described, ...page.next };
  };
}
