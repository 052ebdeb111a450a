/** What operations on mappings need beside their own ARN: the function that is mapped may narrow who changes one. */
import { textOf } from '#aws/access/index.ts';
import type { Permissions } from '#aws/operation.ts';
import type { Database } from '#ports/world/database.ts';

import { functionArn } from '../model/address.ts';
import { mappings } from './store.ts';

/**
 * Adds the function that a mapping has to what the control plane's table asks of it. One that is to have another
 * function is asked about both.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-permissions-user-function.html
 */
export function mappingPermissions(table: Permissions, database: Database): Permissions {
  return {
    ...table,
    async needsOf(call) {
      const needs = await table.needsOf(call);
      const uuid = textOf(call.input, 'UUID');
      if (uuid === undefined) return needs;
      const mapping = await database.read((queries) => mappings.get(queries, call.context, uuid));
      if (mapping === undefined) return needs;
      const own = { 'lambda:FunctionArn': functionArn(mapping.target) };
      const known = needs.map((need) => ({ ...need, keys: { ...need.keys, ...own } }));
      return textOf(call.input, 'FunctionName') === undefined ? known : [...known, ...needs];
    },
  };
}
