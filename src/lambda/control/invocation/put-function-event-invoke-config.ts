import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { omitUndefined } from '../../model/omit-undefined.ts';
import type { EventInvokeRecord } from '../../model/records.ts';
import { eventInvokeConfigs } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';
import {
  checkDestinations,
  checkGiven,
  checkSubject,
  describeEventInvoke,
  givenOf,
  qualifiedAddress,
} from './event-invoke-configs.ts';

/**
 * Replaces the whole configuration.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
 */
export function putFunctionEventInvokeConfig(
  control: Control,
): Operations['PutFunctionEventInvokeConfig'] {
  return async (context, input) => {
    checkGiven(input);
    const action = 'lambda:PutFunctionEventInvokeConfig';
    const address = qualifiedAddress(addressOf(context, input, action));
    const { functionName, qualifier } = address;
    const lastModifiedMs = control.clock.now();
    const record: EventInvokeRecord = omitUndefined({
      functionName,
      qualifier,
      lastModifiedMs,
      ...givenOf(input),
    });
    await control.database.transact(async (tx) => {
      await checkSubject(tx, address);
      await checkDestinations(tx, address, input);
      await eventInvokeConfigs.put(tx, address, record);
    });
    return describeEventInvoke(address, record);
  };
}
