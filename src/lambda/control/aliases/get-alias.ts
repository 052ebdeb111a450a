import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { aliasNotFound } from '../../errors.ts';
import { aliases } from '../../store.ts';
import { describeAlias } from './aliases.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html */
export function getAlias(control: Control): Operations['GetAlias'] {
  return async (context, { FunctionName, Name }) => {
    const address = unqualified(addressOf(context, { FunctionName }, 'lambda:GetAlias'));
    const alias = await control.database.read(async (queries) => {
      await loadFunction(queries, address);
      return aliases.get(queries, address, address.functionName, Name);
    });
    if (alias === undefined) throw aliasNotFound({ ...address, qualifier: Name });
    return describeAlias(address, alias);
  };
}
