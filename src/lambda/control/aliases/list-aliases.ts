import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { aliases } from '../../store.ts';
import { describeAlias } from './aliases.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';
import { pageOf } from '../page.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html */
export function listAliases(control: Control): Operations['ListAliases'] {
  return async (context, input) => {
    const { FunctionName, FunctionVersion } = input;
    const address = unqualified(addressOf(context, { FunctionName }, 'lambda:ListAliases'));
    const within = [address.functionName];
    const page = await control.database.read(async (queries) => {
      await loadFunction(queries, address);
      return pageOf(
        input,
        (after, limit) => aliases.page(queries, address, { within, after, limit }),
        (alias) => [alias.name],
      );
    });
    const wanted = page.items.filter(
      (alias) => FunctionVersion === undefined || alias.functionVersion === FunctionVersion,
    );
    return { Aliases: wanted.map((alias) => describeAlias(address, alias)), ...page.next };
  };
}
