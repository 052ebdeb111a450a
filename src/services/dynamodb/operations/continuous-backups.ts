import type { ContinuousBackupsDescription, Operations } from '#aws/models/dynamodb.types.gen.ts';
import { resourceNotFound } from '../errors.ts';
import { updateTable } from '../store/tables.ts';
import { tableAddress } from '../tables/table-address.ts';
import type { Table } from '../tables/table.ts';
import type { Queries } from '#ports/world/database.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Dynamodb } from './dependencies.ts';

const RECOVERY_DAYS = 35;

/**
 * Kept and shown; only the latest point in time can be restored.
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
 */
export function describeContinuousBackups(
  dynamodb: Dynamodb,
): Operations['DescribeContinuousBackups'] {
  return async (context, input) =>
    dynamodb.database.read(async (queries) => {
      const table = await requireBackedTable(dynamodb, queries, context, input.TableName);
      return { ContinuousBackupsDescription: describe(table, dynamodb.clock.now()) };
    });
}

/**
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
 */
export function updateContinuousBackups(dynamodb: Dynamodb): Operations['UpdateContinuousBackups'] {
  return async (context, input) => {
    const { PointInTimeRecoveryEnabled: isEnabled, RecoveryPeriodInDays: days = RECOVERY_DAYS } =
      input.PointInTimeRecoverySpecification;
    return dynamodb.database.transact(async (tx) => {
      const table = await requireBackedTable(dynamodb, tx, context, input.TableName);
      const { recoveryPeriodDays: _before, ...rest } = table;
      const updated = isEnabled ? { ...rest, recoveryPeriodDays: days } : rest;
      await updateTable(tx, updated);
      return { ContinuousBackupsDescription: describe(updated, dynamodb.clock.now()) };
    });
  };
}

async function requireBackedTable(
  { tables }: Dynamodb,
  queries: Queries,
  context: RequestContext,
  name: string,
): Promise<Table> {
  const address = tableAddress(context, name);
  const table = await tables.find(queries, address);
  if (table) return table;
  const error = resourceNotFound(`Table not found: ${address.name}`);
  throw error;
}

function describe(table: Table, nowMs: number): ContinuousBackupsDescription {
  const days = table.recoveryPeriodDays;
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription:
      days === undefined
        ? { PointInTimeRecoveryStatus: 'DISABLED' }
        : {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: days,
            EarliestRestorableDateTime: nowMs,
            LatestRestorableDateTime: nowMs,
          },
  };
}
