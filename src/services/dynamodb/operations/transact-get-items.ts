import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { AwsError } from '#aws/errors.ts';
import { transactionCanceled, validation } from '../errors.ts';
import type { CancellationReason } from '../errors.ts';
import { parseExpressions, project } from '../expressions/index.ts';
import { readUnits } from '../items/capacity.ts';
import { parseKey } from '../items/item-key.ts';
import { assertOneKind } from '../legacy/index.ts';
import { TRANSACTION_BYTES_MAX } from '../limits.ts';
import { getItem } from '../store/items.ts';
import type { StoredItem } from '../store/items.ts';
import type { Table } from '../tables/table.ts';
import { parseAttributes } from '../value/parse-value.ts';
import type { Attributes } from '../value/value.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import { CapacityTally } from './capacity-tally.ts';

/** A transaction reads, or writes, everything twice. */
export const TRANSACTION_FACTOR = 2;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html */
export function transactGetItems(dynamodb: Dynamodb): Operations['TransactGetItems'] {
  return async (context, input) => {
    const gets = input.TransactItems.map(({ Get: get }) => {
      assertOneKind(get, { expressions: ['ProjectionExpression'], legacy: [] });
      const key = parseAttributes(get.Key);
      return { name: get.TableName, key, paths: parseExpressions(get).projection };
    });
    return dynamodb.database.read(async (queries) => {
      const found = await readAll(dynamodb, queries, context, gets);
      const bytes = found.reduce((sum, { stored }) => sum + (stored?.bytes ?? 0), 0);
      if (bytes > TRANSACTION_BYTES_MAX) {
        throw validation(
          'One or more parameter values were invalid: Aggregated size of the items in the ' +
            'transaction has exceeded the limit of 4 MB',
        );
      }
      const tally = new CapacityTally(input.ReturnConsumedCapacity, 'read');
      for (const { table, stored } of found) {
        const units = readUnits(stored?.bytes ?? 0, true) * TRANSACTION_FACTOR;
        tally.add(table, { table: units, indexes: new Map() });
      }
      return {
        Responses: found.map(({ stored }, index) => {
          const paths = gets[index]?.paths;
          if (!stored) return {};
          return { Item: paths ? project(paths, stored.item) : stored.item };
        }),
        ...tally.output(),
      };
    });
  };
}

async function readAll(
  dynamodb: Dynamodb,
  queries: Queries,
  context: RequestContext,
  gets: readonly { readonly name: string; readonly key: Attributes }[],
) {
  const found: { readonly table: Table; readonly stored: StoredItem | undefined }[] = [];
  const reasons: CancellationReason[] = [];
  for (const { name, key } of gets) {
    const table = await requireTable(dynamodb, queries, context, name);
    try {
      const stored = await getItem(queries, table.number, parseKey(table.keys, key));
      found.push({ table, stored });
      reasons.push({ Code: 'None' });
    } catch (error) {
      reasons.push(validationReason(error));
    }
  }
  if (reasons.some((reason) => reason.Code !== 'None')) throw transactionCanceled(reasons);
  return found;
}

/** A refusal of one action, as the transaction's reason; anything else is thrown on. */
export function validationReason(error: unknown): CancellationReason {
  if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
  // AWS refuses an empty key before the transaction begins.
  if (error.message.includes('for a key attribute cannot contain an empty')) throw error;
  return { Code: 'ValidationError', Message: error.message };
}
