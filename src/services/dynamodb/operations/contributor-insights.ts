/** Contributor insights are turned on and off and shown; nothing is counted. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html */
import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { resourceNotFound } from '../errors.ts';
import { updateTable } from '../store/tables.ts';
import { findIndex } from '../tables/table.ts';
import type { Table } from '../tables/table.ts';
import { requireNamedTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';

/** The name under which the table itself is noted. */
const TABLE = '';

function subjectOf(table: Table, index: string | undefined): string {
  if (index === undefined) return TABLE;
  if (findIndex(table, index) !== undefined) return index;
  throw resourceNotFound(`Requested resource not found: Index: ${index} not found`);
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html */
export function updateContributorInsights(
  dynamodb: Dynamodb,
): Operations['UpdateContributorInsights'] {
  return (context, { TableName, IndexName, ContributorInsightsAction: action }) =>
    dynamodb.database.transact(async (tx) => {
      const table = await requireNamedTable(dynamodb, tx, context, TableName);
      const subject = subjectOf(table, IndexName);
      const others = (table.insights ?? []).filter((one) => one !== subject);
      const insights = action === 'ENABLE' ? [...others, subject] : others;
      await updateTable(tx, { ...table, insights });
      return {
        TableName: table.name,
        ...(IndexName !== undefined && { IndexName }),
        ContributorInsightsStatus: action === 'ENABLE' ? 'ENABLING' : 'DISABLING',
      };
    });
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContributorInsights.html */
export function describeContributorInsights(
  dynamodb: Dynamodb,
): Operations['DescribeContributorInsights'] {
  return (context, { TableName, IndexName }) =>
    dynamodb.database.read(async (queries) => {
      const table = await requireNamedTable(dynamodb, queries, context, TableName);
      const isEnabled = table.insights?.includes(subjectOf(table, IndexName)) ?? false;
      return {
        TableName: table.name,
        ...(IndexName !== undefined && { IndexName }),
        ContributorInsightsStatus: isEnabled ? 'ENABLED' : 'DISABLED',
      };
    });
}
