import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { functions, urls } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, unqualified } from '../control.ts';
import { describeUrl, functionDoesNotExist } from './function-urls.ts';
import { pageOf } from '../page.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionUrlConfigs.html */
export function listFunctionUrlConfigs(control: Control): Operations['ListFunctionUrlConfigs'] {
  return async (context, input) => {
    const address = unqualified(addressOf(context, input, 'lambda:ListFunctionUrlConfigs'));
    const within = [address.functionName];
    const page = await control.database.read(async (queries) => {
      const found = await functions.get(queries, address, address.functionName);
      if (found === undefined) throw functionDoesNotExist();
      return pageOf(
        input,
        (after, limit) => urls.page(queries, address, { within, after, limit }),
        (record) => [record.qualifier],
      );
    });
    const described = page.items.map((record) => describeUrl(control, record));
    return { FunctionUrlConfigs: described, ...page.next };
  };
}
