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
  configMissing,
  describeEventInvoke,
  givenOf,
  qualifiedAddress,
} from './event-invoke-configs.ts';

/**
 * Changes what is given and keeps the rest; destinations count as one.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html
 */
export function updateFunctionEventInvokeConfig(
  control: Control,
): Operations['UpdateFunctionEventInvokeConfig'] {
  return async (context, input) => {
    checkGiven(input);
    const action = 'lambda:UpdateFunctionEventInvokeConfig';
    const address = qualifiedAddress(addressOf(context, input, action));
    const { functionName, qualifier } = address;
    const updated = await control.database.transact(async (tx) => {
      await checkSubject(tx, address);
      const record = await eventInvokeConfigs.get(tx, address, functionName, qualifier);
      if (record === undefined) throw configMissing(address);
      await checkDestinations(tx, address, input);
      const { onSuccess, onFailure, ...rest } = record;
      const destinations = input.DestinationConfig === undefined ? { onSuccess, onFailure } : {};
      const lastModifiedMs = control.clock.now();
      const given = omitUndefined(givenOf(input));
      const next: EventInvokeRecord = omitUndefined({
        ...rest,
        ...destinations,
        ...given,
        lastModifiedMs,
      });
      await eventInvokeConfigs.put(tx, address, next);
      return next;
    });
    return describeEventInvoke(address, updated);
  };
}
