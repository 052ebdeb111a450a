import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { resourceNotFound } from '../../errors.ts';
import { LATEST } from '../../model/address.ts';
import { urls } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';
import { describeUrl } from './function-urls.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionUrlConfig.html */
export function getFunctionUrlConfig(control: Control): Operations['GetFunctionUrlConfig'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:GetFunctionUrlConfig');
    const { functionName, qualifier = LATEST } = address;
    const record = await control.database.read((queries) =>
      urls.get(queries, address, functionName, qualifier),
    );
    if (record === undefined) throw resourceNotFound();
    return describeUrl(control, record);
  };
}
