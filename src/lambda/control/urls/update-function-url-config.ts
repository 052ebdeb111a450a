import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { resourceNotFound } from '../../errors.ts';
import { LATEST } from '../../model/address.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { UrlRecord } from '../../model/records.ts';
import { aliases, functions, urls } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';
import { describeNewUrl, describeUrl, functionDoesNotExist } from './function-urls.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionUrlConfig.html */
export function updateFunctionUrlConfig(control: Control): Operations['UpdateFunctionUrlConfig'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:UpdateFunctionUrlConfig');
    const { functionName, qualifier = LATEST } = address;
    const updated = await control.database.transact(async (tx) => {
      const found = await functions.get(tx, address, functionName);
      if (found === undefined) throw functionDoesNotExist();
      const isAlias = qualifier !== LATEST;
      if (isAlias && (await aliases.get(tx, address, functionName, qualifier)) === undefined) {
        throw functionDoesNotExist();
      }
      const record = await urls.get(tx, address, functionName, qualifier);
      if (record === undefined) throw resourceNotFound();
      const { AuthType, InvokeMode, Cors } = input;
      const change = { authType: AuthType, invokeMode: InvokeMode, cors: Cors };
      const lastModifiedMs = control.clock.now();
      const next: UrlRecord = { ...record, ...omitUndefined(change), lastModifiedMs };
      await urls.put(tx, address, next);
      return next;
    });
    const { LastModifiedTime } = describeUrl(control, updated);
    return { ...describeNewUrl(control, updated), LastModifiedTime };
  };
}
