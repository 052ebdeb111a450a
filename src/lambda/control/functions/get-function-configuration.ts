import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { Control } from '../control.ts';
import { addressOf, authorise, loadVersion } from '../control.ts';
import { describeVersion } from './describe-function.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
export function getFunctionConfiguration(control: Control): Operations['GetFunctionConfiguration'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { version } = await control.database.read(async (queries) => {
      await authorise(queries, context, address, 'lambda:GetFunctionConfiguration');
      return loadVersion(control, queries, address);
    });
    return describeVersion(address, version);
  };
}
