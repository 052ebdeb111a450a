import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { settled, versionName } from '../../model/lifecycle.ts';
import { functions, versions } from '../../store.ts';
import type { Control } from '../control.ts';
import { listVersion } from './describe-function.ts';
import { pageOf } from '../page.ts';

/**
 * The functions of the account and Region, or with FunctionVersion ALL every version of them.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
export function listFunctions(control: Control): Operations['ListFunctions'] {
  return async (context, input) => {
    const { accountId, region } = context;
    const scope = { accountId, region };
    const isAll = input.FunctionVersion === 'ALL';
    const page = await control.database.read((queries) =>
      pageOf(
        input,
        async (after, limit) => {
          if (isAll) return versions.page(queries, scope, { after, limit });
          const records = await functions.page(queries, scope, { after, limit });
          const latest = await Promise.all(
            records.map((record) => versions.get(queries, scope, record.functionName, 0)),
          );
          return latest.filter((version) => version !== undefined);
        },
        (item) => (isAll ? [item.functionName, item.number] : [item.functionName]),
        { itemsMax: 50, keyParts: isAll ? 2 : 1 },
      ),
    );
    const steadyMs = control.clock.steadyMs();
    const described = page.items.map((item) => {
      const { functionName } = item;
      const qualifier = isAll ? { qualifier: versionName(item.number) } : {};
      return listVersion({ ...scope, functionName, ...qualifier }, settled(item, steadyMs));
    });
    return { Functions: described, ...page.next };
  };
}
