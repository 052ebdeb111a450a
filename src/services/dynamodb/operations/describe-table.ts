import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import { readCounts } from '../store/items.ts';
import { listTableNames } from '../store/tables.ts';
import { describeTable as describe } from '../tables/describe-table.ts';
import type { Counts } from '../tables/describe-table.ts';
import type { Table } from '../tables/table.ts';
import { requireNamedTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';

const NAMES_MAX = 100;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html */
export function describeTable(dynamodb: Dynamodb): Operations['DescribeTable'] {
  return async (context, input) =>
    dynamodb.database.read(async (queries) => {
      const table = await requireNamedTable(dynamodb, queries, context, input.TableName);
      return { Table: describe(table, 'described', await countsOf(queries, table)) };
    });
}

/**
 * Counts of a table and its indexes. AWS brings its own up to date every six hours, these are
 * exact.
 */
export async function countsOf(queries: Queries, table: Table): Promise<Counts> {
  const counts = new Map<number, { readonly items: number; readonly bytes: number }>();
  for (const { number } of [table, ...table.indexes]) {
    counts.set(number, await readCounts(queries, number));
  }
  return counts;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html */
export function listTables(dynamodb: Dynamodb): Operations['ListTables'] {
  return async ({ accountId, region }, input) => {
    const limit = input.Limit ?? NAMES_MAX;
    const address = { accountId, region, name: input.ExclusiveStartTableName ?? '' };
    const found = await dynamodb.database.read((queries) =>
      listTableNames(queries, address, limit + 1),
    );
    const names = found.slice(0, limit);
    const last = names.at(-1);
    return {
      TableNames: names,
      ...(found.length > limit && last !== undefined && { LastEvaluatedTableName: last }),
    };
  };
}
